// Runs the unpacked function for the process that forked it. Unlike Lambda it accepts several events at once, and its clock can
// be moved. Plain JavaScript, as Lambda runs it.
import { pathToFileURL } from 'node:url';

const realNow = Date.now;
let offsetMs = 0;
Date.now = () => realNow() + offsetMs;

const { handler } = await import(pathToFileURL(process.argv[2]).href);

process.on('disconnect', () => process.exit(0));
process.on('message', async ({ id, event, remainingMs, advanceMs }) => {
  if (advanceMs !== undefined) {
    offsetMs += advanceMs;
    process.send({ id, now: Date.now() });
    return;
  }
  const deadline = realNow() + remainingMs;
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - realNow() };
  const { user, system } = process.cpuUsage();
  try {
    const value = await handler(event, context);
    const used = process.cpuUsage({ user, system });
    process.send({ id, value, cpuMs: (used.user + used.system) / 1000 });
  } catch (error) {
    process.send({ id, thrown: `${error?.name}: ${error?.message}` });
  }
});
process.send('ready');
