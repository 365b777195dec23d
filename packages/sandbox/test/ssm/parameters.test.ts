import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/random.ts';
import { createSsmService } from '../../src/ssm/create-ssm-service.ts';
import { openTestApi, type TestApi } from '../wire/test-api.ts';

let api: TestApi;
let ssm: SSMClient;

async function openWith(emptyPageChance: number): Promise<void> {
  await api?.[Symbol.asyncDispose]();
  const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), after: () => () => {} };
  const service = createSsmService({ clock, random: createRandom(7), emptyPageChance });
  api = await openTestApi({ ssm: service.operations });
  ssm = new SSMClient(api.client);
}

beforeEach(() => openWith(0));
afterEach(async () => {
  ssm.destroy();
  await api[Symbol.asyncDispose]();
});

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => error.name,
  );

describe('PutParameter', () => {
  test('gives each new value the next version', async () => {
    expect(await put('/app/one', 'a')).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect(await put('/app/one', 'b', { Overwrite: true })).toMatchObject({ Version: 2 });
  });

  test('rejects an existing parameter without Overwrite, with the error of AWS', async () => {
    await put('/app/one', 'a');
    await expect(put('/app/one', 'b')).rejects.toMatchObject({
      name: 'ParameterAlreadyExists',
      message:
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    });
  });

  test.each([
    ['a value that nests another parameter', { Value: 'x {{other}}' }, 'ValidationException'],
    ['a new parameter without a type', { Type: undefined }, 'ValidationException'],
    ['an unknown type', { Type: 'Number' as 'String' }, 'ValidationException'],
    ['an empty value', { Value: '' }, 'ValidationException'],
    ['more than 4 KB in the standard tier', { Value: 'x'.repeat(4097) }, 'ValidationException'],
    [
      'more than 8 KB in the advanced tier',
      { Value: 'x'.repeat(8193), Tier: 'Advanced' as const },
      'ValidationException',
    ],
    ['a name with a prefix reserved for AWS', { Name: '/aws/service' }, 'ValidationException'],
    ['a path that does not begin with a slash', { Name: 'app/one' }, 'ValidationException'],
    ['a name with a colon', { Name: '/app/one:2' }, 'ValidationException'],
    ['more than 15 levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    ['a value that its pattern does not allow', { AllowedPattern: '[0-9]+' }, 'ParameterPatternMismatchException'],
  ])('rejects %s', async (_what, change, code) => {
    expect(await failure(put('/app/one', 'a', change))).toBe(code);
  });

  test('accepts 4 KB in the standard tier and 8 KB in the advanced tier, and no downgrade', async () => {
    expect(await put('/app/one', 'x'.repeat(4096))).toMatchObject({ Tier: 'Standard' });
    const more = { Overwrite: true, Tier: 'Intelligent-Tiering' } as const;
    expect(await put('/app/one', 'x'.repeat(8192), more)).toMatchObject({ Tier: 'Advanced' });
    expect(await failure(put('/app/one', 'x', { Overwrite: true, Tier: 'Standard' }))).toBe('ValidationException');
  });
});

describe('GetParameter', () => {
  test('returns the newest version with all its members', async () => {
    await put('/app/one', 'a');
    await put('/app/one', 'b', { Overwrite: true });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/one' }));
    expect(Parameter).toEqual({
      Name: '/app/one',
      Type: 'String',
      Value: 'b',
      Version: 2,
      LastModifiedDate: new Date('2026-01-02T03:04:05.678Z'),
      ARN: 'arn:aws:ssm:us-east-2:123456789012:parameter/app/one',
      DataType: 'text',
    });
  });

  test('returns an old version on request, with the selector', async () => {
    await put('/app/one', 'a');
    await put('/app/one', 'b', { Overwrite: true });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/one:1' }));
    expect(Parameter).toMatchObject({ Name: '/app/one', Value: 'a', Version: 1, Selector: ':1' });
  });

  test('fails for an unknown parameter or version', async () => {
    await put('/app/one', 'a');
    expect(await failure(ssm.send(new GetParameterCommand({ Name: '/app/two' })))).toBe('ParameterNotFound');
    await expect(ssm.send(new GetParameterCommand({ Name: '/app/one:9' }))).rejects.toMatchObject({
      name: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 9 of /app/one. Verify the version and try again.',
    });
  });

  test('decrypts a SecureString only on request', async () => {
    await put('/app/secret', 'hidden', { Type: 'SecureString' });
    const closed = await ssm.send(new GetParameterCommand({ Name: '/app/secret' }));
    const open = await ssm.send(new GetParameterCommand({ Name: '/app/secret', WithDecryption: true }));
    expect(closed.Parameter?.Value).toMatch(/^AQICAH/);
    expect(open.Parameter?.Value).toBe('hidden');
  });
});

describe('GetParameters', () => {
  test('returns existing parameters, and lists the others as invalid', async () => {
    await put('/app/one', 'a');
    const Names = ['/app/one', '/app/two', '/app/one:7'];
    const found = await ssm.send(new GetParametersCommand({ Names }));
    expect(found.Parameters?.map(({ Name }) => Name)).toEqual(['/app/one']);
    expect(found.InvalidParameters).toEqual(['/app/two', '/app/one:7']);
  });

  test('rejects more than ten names', async () => {
    const Names = Array.from({ length: 11 }, (_, index) => `/app/${index}`);
    expect(await failure(ssm.send(new GetParametersCommand({ Names })))).toBe('ValidationException');
  });
});

describe('GetParametersByPath', () => {
  const read = async (input: { Recursive?: boolean; MaxResults?: number }) => {
    const pages: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await ssm.send(
        new GetParametersByPathCommand({ Path: '/app', ...input, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      pages.push((page.Parameters ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return pages;
  };

  test('returns ten per page, in order of their names', async () => {
    for (let index = 10; index < 23; index += 1) await put(`/app/${index}`, 'x');
    expect((await read({})).map((page) => page.length)).toEqual([10, 3]);
    expect((await read({ MaxResults: 2 }))[1]).toEqual(['/app/12', '/app/13']);
  });

  test('returns deeper levels only with Recursive, and only below the path', async () => {
    await put('/app/one', 'x');
    await put('/app/deep/two', 'x');
    await put('/application/three', 'x');
    expect(await read({})).toEqual([['/app/one']]);
    expect(await read({ Recursive: true })).toEqual([['/app/deep/two', '/app/one']]);
  });

  test('can return an empty page with a token', async () => {
    await openWith(1);
    await put('/app/one', 'x');
    expect(await read({})).toEqual([[], ['/app/one']]);
  });

  test('rejects a page size of eleven, an unknown token and a path without a slash', async () => {
    const send = (input: { Path: string; MaxResults?: number; NextToken?: string }) =>
      failure(ssm.send(new GetParametersByPathCommand(input)));
    expect(await send({ Path: '/app', MaxResults: 11 })).toBe('ValidationException');
    expect(await send({ Path: '/app', NextToken: 'foreign' })).toBe('InvalidNextToken');
    expect(await send({ Path: 'app' })).toBe('ValidationException');
  });
});

test('GetParameterHistory pages through all versions, the oldest first', async () => {
  await put('/app/one', 'v1');
  for (const value of ['v2', 'v3']) await put('/app/one', value, { Overwrite: true });
  const first = await ssm.send(new GetParameterHistoryCommand({ Name: '/app/one', MaxResults: 2 }));
  expect(first.Parameters?.map(({ Value, Version }) => [Value, Version])).toEqual([
    ['v1', 1],
    ['v2', 2],
  ]);
  const NextToken = first.NextToken;
  const second = await ssm.send(new GetParameterHistoryCommand({ Name: '/app/one', MaxResults: 2, NextToken }));
  expect(second.Parameters?.map(({ Value }) => Value)).toEqual(['v3']);
  expect(second.NextToken).toBeUndefined();
  expect(await failure(ssm.send(new GetParameterHistoryCommand({ Name: '/app/one', MaxResults: 51 })))).toBe(
    'ValidationException',
  );
});

test('DescribeParameters lists metadata without values', async () => {
  await put('/app/one', 'a', { Description: 'the first' });
  const { Parameters } = await ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/app'] }] }),
  );
  expect(Parameters).toMatchObject([{ Name: '/app/one', Description: 'the first', Version: 1, Tier: 'Standard' }]);
});

test('a deleted parameter does not exist, and starts at version 1 when it is created again', async () => {
  await put('/app/one', 'a');
  await put('/app/one', 'b', { Overwrite: true });
  await ssm.send(new DeleteParameterCommand({ Name: '/app/one' }));
  expect(await failure(ssm.send(new GetParameterCommand({ Name: '/app/one' })))).toBe('ParameterNotFound');
  expect(await failure(ssm.send(new DeleteParameterCommand({ Name: '/app/one' })))).toBe('ParameterNotFound');
  expect(await put('/app/one', 'c')).toMatchObject({ Version: 1 });
  expect(await ssm.send(new DeleteParametersCommand({ Names: ['/app/one', '/app/two'] }))).toMatchObject({
    DeletedParameters: ['/app/one'],
    InvalidParameters: ['/app/two'],
  });
});
