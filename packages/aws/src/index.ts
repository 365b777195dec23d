export {
  type AwsClientOptions,
  type AwsClientSettings,
  type AwsClients,
  createAwsClientSettings,
  createAwsClients,
} from './aws-clients.ts';
export { type AwsOperation, classifyAwsError } from './classify-aws-error.ts';
export { createEcsTaskRunner } from './ecs-task-runner.ts';
export { createTargetRegistry } from './elb-target-registry.ts';
export { createOutcomeBus, type OutcomeBus, type OutcomeBusOptions, type OutcomeEvent } from './outcome-bus.ts';
