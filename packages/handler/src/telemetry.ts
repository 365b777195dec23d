import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** One JSON object a line. Namespace, service and level come from the standard Powertools variables. */
export const logger = new Logger();

/** Metrics in the embedded metric format, which CloudWatch reads out of the log. */
export const metrics = new Metrics({ logger });
