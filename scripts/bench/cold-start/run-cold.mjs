// One fresh process: imports the function's module, and then asks it for one start. Plain JavaScript, so that nobody pays
// for type stripping.
import { pathToFileURL } from 'node:url';

const [modulePath, event] = process.argv.slice(2);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const before = { atMs: performance.now(), cpuMs: cpuMs() };
const { handler } = await import(pathToFileURL(modulePath).href);
const imported = { atMs: performance.now(), cpuMs: cpuMs() };
const deadline = Date.now() + 60_000;
const context = {
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  functionName: 'start-engines-lambda-dev',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => deadline - Date.now(),
};
// The log is the function's own cost; where it goes is not.
const reply = await handler(JSON.parse(event), context);
const answered = { atMs: performance.now(), cpuMs: cpuMs() };
const { maxRSS } = process.resourceUsage();
process.send({ before, imported, answered, maxRssBytes: maxRSS * 1024, statusCode: reply?.statusCode }, () =>
  process.exit(0),
);
