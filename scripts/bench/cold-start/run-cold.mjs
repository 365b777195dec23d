// One fresh process: imports the function's module, and then asks it for one start. Plain JavaScript, so that nobody pays
// for type stripping.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modulePath, event] = process.argv.slice(2);
const now = () => {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1000 };
};

// Lambda's own runtime talks to Lambda by `node:http`, so it is there before the function is.
createRequire(import.meta.url)('node:http');
// The SDK imports it as a module for plain HTTP alone, which only a sandbox speaks, and that makes Node load its fetch library.
// With AWS it speaks HTTPS. So that is done beforehand, and counted for nobody.
const booted = now();
await import('node:http');
const http = now();
const uncounted = (moment) => ({
  atMs: moment.atMs - (http.atMs - booted.atMs),
  cpuMs: moment.cpuMs - (http.cpuMs - booted.cpuMs),
});

const { handler } = await import(pathToFileURL(modulePath).href);
const imported = now();
const deadline = Date.now() + 60_000;
const context = {
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  functionName: 'start-engines-lambda-dev',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => deadline - Date.now(),
};
const reply = await handler(JSON.parse(event), context);
const answered = now();
const { maxRSS } = process.resourceUsage();
const moments = { before: booted, imported: uncounted(imported), answered: uncounted(answered) };
process.send({ ...moments, maxRssBytes: maxRSS * 1024, statusCode: reply?.statusCode }, () => process.exit(0));
