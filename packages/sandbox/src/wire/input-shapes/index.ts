import type { ServiceName } from '../../operation.ts';
import type { InputShapes } from '../shape.ts';
import { cloudWatchInputShapes } from './cloudwatch.ts';
import { ec2InputShapes } from './ec2.ts';
import { elasticLoadBalancingInputShapes } from './elastic-load-balancing.ts';
import { eventsInputShapes } from './events.ts';
import { lambdaInputShapes } from './lambda.ts';
import { logsInputShapes } from './logs.ts';
import { ssmInputShapes } from './ssm.ts';

/**
 * Inputs of each service's operations. ECS has none here: its requests are JSON without dates or bytes, and its
 * model validates them.
 */
export const inputShapes: Readonly<Record<ServiceName, InputShapes>> = {
  ec2: ec2InputShapes,
  ecs: {},
  elasticloadbalancing: elasticLoadBalancingInputShapes,
  events: eventsInputShapes,
  lambda: lambdaInputShapes,
  logs: logsInputShapes,
  monitoring: cloudWatchInputShapes,
  ssm: ssmInputShapes,
};
