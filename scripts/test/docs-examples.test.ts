import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf, readPages } from './markdown.ts';
import { mayRun, whyNot } from './missing-program.ts';
import { openRunningSandbox, type RunningSandbox } from './running-sandbox.ts';

const python = process.platform === 'win32' ? 'python' : 'python3';
const noBoto3 = whyNot([python, '-c', 'import boto3']);

function readmeExample(language: string): string {
  const readme = readPages().find(({ path }) => path === 'README.md');
  const [only, ...others] = (readme === undefined ? [] : blocksOf(readme)).filter((one) => one.language === language);
  if (only === undefined || others.length > 0) throw new Error(`README.md has not exactly one example in ${language}`);
  return only.code;
}

async function eventsPut(sandbox: RunningSandbox): Promise<unknown[]> {
  const { calls } = (await sandbox.ask('calls?service=events&operation=PutEvents')) as {
    calls: { input: { Entries: unknown[] } }[];
  };
  return calls.flatMap(({ input }) => input.Entries);
}

test('README.md: the TypeScript puts the event, and throws when it is refused', async () => {
  await using sandbox = await openRunningSandbox();
  const code = readmeExample('ts');
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
  expect(refused.output).toContain('Error: The event was refused: InvalidArgument');
});

test(`README.md: the Python puts the event, and raises when it is refused${noBoto3}`, async ({ skip }) => {
  skip(!mayRun(noBoto3));
  await using sandbox = await openRunningSandbox();
  const code = readmeExample('python');

  const taken = await sandbox.run(python, ['-'], code);
  const refused = await sandbox.run(python, ['-'], code.replace('"Start ECS Task"', '""'));

  expect(taken).toEqual({ status: 0, output: '' });
  expect((await eventsPut(sandbox))[0]).toEqual({
    Source: 'custom.app',
    DetailType: 'Start ECS Task',
    Detail: '{"service": "auth", "workspace": "dev"}',
  });
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('RuntimeError: The event was refused: InvalidArgument');
});
