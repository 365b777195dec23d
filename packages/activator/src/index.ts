import { createActivations } from './activations.ts';
import { createActivator } from './activator.ts';
import { createAwsCaller } from './aws-call.ts';
import { readEnvironment } from './environment.ts';
import { loadAfterImport } from './load-after-import.ts';
import { writeLog } from './log.ts';
import { createServices } from './services.ts';
import { createWakes } from './wakes.ts';

const environment = readEnvironment(process.env);
const { parameterPath } = environment;
const call = createAwsCaller(
  loadAfterImport(async () => (await import('./aws-request.ts')).createAwsSender(environment)),
);

/** The Lambda function: answers for services that are down, and asks for them to be started. */
export const handler = createActivator({
  readServices: createServices(call, parameterPath, writeLog),
  readActivation: createActivations(call, parameterPath, writeLog),
  wakes: createWakes(call, environment, writeLog),
  loadAnswers: loadAfterImport(() => import('./answers.ts')),
});
