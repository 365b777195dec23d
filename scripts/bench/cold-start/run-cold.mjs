// A new process: imports the function's module, and then requests one start. Plain JavaScript, so that type stripping is not
// measured.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modulePath, event] = process.argv.slice(2);
const now = () => {
  const { user, system } = process.cpuUsage();
  return { atMs: performance.now(), cpuMs: (user + system) / 1000 };
};

// Lambda's runtime uses `node:http`, so it is loaded before the function.
createRequire(import.meta.url)('node:http');
// The SDK imports it as a module only for plain HTTP, which only the sandbox uses, and Node then loads its fetch library. AWS
// uses HTTPS. So it is imported in advance and not measured for any variant.
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
