// The managed Node.js runtime from the function's perspective. Plain JavaScript, so that cold starts include no type
// stripping. It communicates with the sandbox only over the process's IPC channel.
import { describeError, RuntimeError } from './errors.mjs';
import { createContext, setTraceId } from './invocation-context.mjs';
import { installConsole } from './lambda-console.mjs';
import { loadHandler, takesCallback } from './load-handler.mjs';
import { createSandboxTime } from './sandbox-time.mjs';

const send = process.send.bind(process);
const writeOut = process.stdout.write.bind(process.stdout);
const writeErr = process.stderr.write.bind(process.stderr);
// The function must not see the channel to the sandbox.
process.send = undefined;

let handler;
let time;
let marker;
let current;
const lambdaConsole = installConsole(() => current?.requestId);

// The sandbox has exited, so this process must exit too.
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  lambdaConsole.error(`Uncaught Exception \t${JSON.stringify(describeForLog(error))}`);
  endWith(describeError(error), 129);
});
process.on('unhandledRejection', (reason) => {
  const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason?.stack ? reason : reason));
  lambdaConsole.error(`Unhandled Promise Rejection \t${JSON.stringify({ ...describeForLog(error), reason })}`);
  endWith(describeError(error), 128);
});
process.on('message', (message) => {
  if (message.kind === 'init') void initialise(message);
  else if (message.kind === 'invoke') void invoke(message);
});

async function initialise(message) {
  marker = message.marker;
  time = createSandboxTime(message.time);
  const taskRoot = process.env.LAMBDA_TASK_ROOT;
  try {
    handler = await loadHandler(taskRoot, message.handler, message.allowsCallback);
    report({ kind: 'ready' });
  } catch (error) {
    lambdaConsole.error(`Uncaught Exception \t${JSON.stringify(describeForLog(error))}`);
    report({ kind: 'init-failed', error: describeError(error) });
  }
}

async function invoke(message) {
  current = message;
  time.moveTo(message.now);
  setTraceId(message.traceId);
  try {
    const payload = stringify(await callHandler(message));
    finish({ kind: 'succeeded', payload });
  } catch (error) {
    lambdaConsole.error(`Invoke Error \t${JSON.stringify(describeForLog(error))}`);
    finish({ kind: 'failed', error: describeError(error) });
  }
}

function callHandler(message) {
  const context = createContext(message);
  const event = JSON.parse(message.payload);
  if (!takesCallback(handler)) return handler(event, context);
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
}

function stringify(value) {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body', { cause });
  }
}

function finish(outcome) {
  const { requestId } = current;
  current = undefined;
  report({ ...outcome, requestId });
}

function endWith(error, exitCode) {
  const outcome = current === undefined ? { kind: 'init-failed', error } : { kind: 'failed', error };
  report({ ...outcome, requestId: current?.requestId, exits: true }, () => process.exit(exitCode));
}

/** Reports the result after all output of the function: pipes and the IPC channel are not ordered with each other. */
function report(message, then = () => {}) {
  const { user, system } = process.cpuUsage();
  const usage = {
    cpuUserMs: user / 1000,
    cpuSystemMs: system / 1000,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  writeOut(`${marker}\n`, () => writeErr(`${marker}\n`, () => send({ ...message, usage }, then)));
}

function describeForLog(error) {
  const { errorType, errorMessage, trace } = describeError(error);
  return { errorType, errorMessage, stack: trace };
}
