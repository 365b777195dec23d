// Runs the unpacked function like Lambda's runtime, one invocation after the other, for the process that forked it.
import { pathToFileURL } from 'node:url';
import { createSandboxTime } from '../../../sandbox/src/lambda/runtime/sandbox-time.mjs';

const [script, options] = process.argv.slice(2);
const time = createSandboxTime(JSON.parse(options));
const { handler } = await import(pathToFileURL(script).href);
const send = process.send.bind(process);

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ event, requestId, remainingMs, now }) => {
  time.moveTo(now);
  const deadline = Date.now() + remainingMs;
  const context = {
    awsRequestId: requestId,
    functionName: 'start-engines-lambda-test',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-2:111122223333:function:start-engines-lambda-test',
    memoryLimitInMB: '128',
    // Without it the function has an unexpected defect.
    ...(remainingMs === null ? {} : { getRemainingTimeInMillis: () => deadline - Date.now() }),
  };
  let outcome;
  try {
    outcome = { value: await handler(event, context) };
  } catch (error) {
    outcome = { thrown: { name: error?.name, message: error?.message } };
  }
  // Pipes keep their order, so all earlier log lines are read before this one.
  process.stdout.write(`END ${requestId}\n`);
  process.stderr.write(`END ${requestId}\n`);
  send(outcome);
});
send('ready');
