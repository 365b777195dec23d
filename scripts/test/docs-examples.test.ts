import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf, readPages } from './markdown.ts';
import { mayRun, whyNot } from './missing-program.ts';
import { openRunningSandbox, type RunningSandbox } from './running-sandbox.ts';

const python = process.platform === 'win32' ? 'python' : 'python3';
const noBoto3 = whyNot([python, '-c', 'import boto3']);

function exampleIn(language: string): string {
  const page = readPages().find(({ path }) => path === 'docs/sending-events.md');
  const [only, ...others] = (page === undefined ? [] : blocksOf(page)).filter((one) => one.language === language);
  if (only === undefined || others.length > 0)
    throw new Error(`docs/sending-events.md must have exactly one example in ${language}`);
  return only.code;
}

async function eventsPut(sandbox: RunningSandbox): Promise<unknown[]> {
  const { calls } = (await sandbox.ask('calls?service=events&operation=PutEvents')) as {
    calls: { input: { Entries: unknown[] } }[];
  };
  return calls.flatMap(({ input }) => input.Entries);
}

test('docs/sending-events.md: the TypeScript puts the event, and throws if the bus rejects it', async () => {
  await using sandbox = await openRunningSandbox();
  const code = exampleIn('ts');
  const run = (source: string) => sandbox.run(process.execPath, ['--input-type=module-typescript', '-'], source, root);

  const taken = await run(code);
  const refused = await run(code.replace("'Start ECS Task'", "''"));

  expect(taken).toEqual({ status: 0, output: '' });
  expect((await eventsPut(sandbox))[0]).toEqual({
    Source: 'custom.app',
    DetailType: 'Start ECS Task',
    Detail: '{"service":"auth","workspace":"dev"}',
  });
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('Error: The event was rejected: InvalidArgument');
});

test(`docs/sending-events.md: the Python puts the event, and raises if the bus rejects it${noBoto3}`, async ({
  skip,
}) => {
  skip(!mayRun(noBoto3));
  await using sandbox = await openRunningSandbox();
  const code = exampleIn('python');

  const taken = await sandbox.run(python, ['-'], code);
  const refused = await sandbox.run(python, ['-'], code.replace('"Start ECS Task"', '""'));

  expect(taken).toEqual({ status: 0, output: '' });
  expect((await eventsPut(sandbox))[0]).toEqual({
    Source: 'custom.app',
    DetailType: 'Start ECS Task',
    Detail: '{"service": "auth", "workspace": "dev"}',
  });
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('RuntimeError: The event was rejected: InvalidArgument');
});
