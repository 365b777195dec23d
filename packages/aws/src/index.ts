export { type AwsClients, createAwsClients } from './aws-clients.ts';
export { type AwsOperation, callAws, classifyAwsError } from './classify-aws-error.ts';
export { type AwsClientOptions, type AwsClientSettings, createAwsClientSettings } from './client-settings.ts';
export { readExposedPorts } from './default-container.ts';
export { createEcsTaskRunner } from './ecs-task-runner.ts';
export { createTargetRegistry } from './elb-target-registry.ts';
export { createOutcomeBus, type OutcomeBus, type OutcomeBusOptions, type OutcomeEvent } from './outcome-bus.ts';
export { readTask } from './read-task.ts';
export { createStopNotes, type StopNotesOptions } from './ssm-stop-notes.ts';
