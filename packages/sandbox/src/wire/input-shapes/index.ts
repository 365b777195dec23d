import type { ServiceName } from '../../operation.ts';
import type { InputShapes } from '../shape.ts';
import { ecsInputShapes } from './ecs.ts';
import { elasticLoadBalancingInputShapes } from './elastic-load-balancing.ts';
import { eventsInputShapes } from './events.ts';
import { lambdaInputShapes } from './lambda.ts';
import { ssmInputShapes } from './ssm.ts';

/** What each service's operations take. An operation that is not in here is read without a check. */
export const inputShapes: Readonly<Record<ServiceName, InputShapes>> = {
  ecs: ecsInputShapes,
  elasticloadbalancing: elasticLoadBalancingInputShapes,
  events: eventsInputShapes,
  lambda: lambdaInputShapes,
  ssm: ssmInputShapes,
};
