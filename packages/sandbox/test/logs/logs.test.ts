import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.ts';
import { compileFilterPattern } from '../../src/logs/filter-pattern.ts';

const logGroupName = '/aws/lambda/talker';
// It logs one word, and the next one only after the first has been read.
const source = `
import { existsSync } from 'node:fs';
export const handler = async ({ words, until }) => {
  console.log(words[0]);
  while (until !== undefined && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 20));
  for (const word of words.slice(1)) console.log(word);
};`;

let sandbox: Sandbox;
let logs: CloudWatchLogsClient;
let lambda: LambdaClient;
beforeAll(async () => {
  sandbox = await startSandbox({ durations: 'none' });
  const settings = {
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: { accessKeyId: 'READER', secretAccessKey: 'reader' },
    maxAttempts: 1,
  };
  logs = new CloudWatchLogsClient(settings);
  lambda = new LambdaClient(settings);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'talker',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/talker',
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(source) }) },
      Timeout: 30,
    }),
  );
});
afterAll(async () => {
  logs.destroy();
  lambda.destroy();
  await sandbox.close();
});

const say = (words: readonly string[], until?: string) =>
  lambda.send(new InvokeCommand({ FunctionName: 'talker', Payload: JSON.stringify({ words, until }) }));

async function messages(input: Partial<FilterLogEventsCommandInput>): Promise<string[]> {
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, ...input }));
  return events.map(({ message = '' }) => message);
}

describe('the log of a function', () => {
  test('has an event for each line, between Lambda’s own lines, in the stream of its process', async () => {
    const { $metadata } = await say(['apple', 'pear']);
    const requestId = $metadata.requestId;
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));

    expect(events.map(({ message }) => message)).toEqual([
      'INIT_START Runtime Version: nodejs:24.x',
      `START RequestId: ${requestId} Version: $LATEST`,
      expect.stringMatching(`^20.*\t${requestId}\tINFO\tapple$`),
      expect.stringMatching(`^20.*\t${requestId}\tINFO\tpear$`),
      `END RequestId: ${requestId}`,
      expect.stringMatching(`^REPORT RequestId: ${requestId}\tDuration: `),
    ]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(6);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    expect(logStreams).toMatchObject([
      {
        logStreamName: events[0]?.logStreamName,
        firstEventTimestamp: events[0]?.timestamp,
        lastEventTimestamp: events[5]?.timestamp,
      },
    ]);
  });

  test('can be read while the function is running', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'talker-'));
    const heard = join(folder, 'heard');
    const saying = say(['first-word', 'second-word'], heard);
    await expect.poll(() => messages({ filterPattern: '"first-word"' }), { timeout: 30_000 }).toHaveLength(1);
    expect(await messages({ filterPattern: '"second-word"' })).toEqual([]);
    await writeFile(heard, '');
    await saying;
    await rm(folder, { recursive: true });

    expect(await messages({ filterPattern: '"second-word"' })).toHaveLength(1);
  });

  test('supports pages and a time range', async () => {
    const before = sandbox.clock.now();
    await say(['plum', 'plum']);
    const all = await messages({ startTime: before });
    const first = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime: before, limit: 2 }));
    const rest = await messages({ startTime: before, ...(first.nextToken ? { nextToken: first.nextToken } : {}) });

    expect(first.events?.map(({ message = '' }) => message).concat(rest)).toEqual(all);
    expect(await messages({ endTime: before - 1, filterPattern: 'plum' })).toEqual([]);
  });
});

test('an unknown group and a duplicate group are errors', async () => {
  await expect(messages({ logGroupName: '/nosuch' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/once' }));
  await expect(logs.send(new CreateLogGroupCommand({ logGroupName: '/once' }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
  });
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/on' }));
  expect(logGroups).toMatchObject([{ logGroupName: '/once' }]);
});

describe('a filter pattern', () => {
  test.each([
    ['', 'anything', true],
    ['red', 'a red house', true],
    ['red house', 'house, red', true],
    ['red house', 'a red door', false],
    ['"red house"', 'a red house', true],
    ['"red house"', 'house, red', false],
    ['?red ?blue', 'blue', true],
    ['?red ?blue', 'green', false],
    ['red -house', 'a red house', false],
    ['"say \\"hi\\""', 'they say "hi"', true],
  ])('%s on %s: %s', (pattern, message, matches) => {
    expect(compileFilterPattern(pattern)(message)).toBe(matches);
  });

  test.each(['{ $.a = 1 }', '[a, b]', '%re%', 'a-b', '"open'])('%s is rejected, not ignored', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow('Invalid filter pattern');
  });
});
