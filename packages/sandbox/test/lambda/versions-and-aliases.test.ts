import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { call, deploy, invoke, startLambda, until, zip } from './lambda-fixture.ts';

const enginesArn = 'arn:aws:lambda:us-east-2:123456789012:function:engines';
const say = (word: string) =>
  `export const handler = async (event, context) => {
    if (event.fail) throw new Error('down');
    return { word: '${word}', version: context.functionVersion, arn: context.invokedFunctionArn };
  };`;

describe('the versions and aliases of a function', () => {
  let lambda: LambdaService;
  beforeEach(async () => {
    lambda = startLambda({ asynchronousRetryMs: [1, 1] });
    await deploy(lambda, say('first'), { FunctionName: 'engines' });
  });
  afterEach(() => lambda.close());

  const publish = (members = {}) => call(lambda, 'PublishVersion', { FunctionName: 'engines', ...members });
  const change = (word: string, members = {}) =>
    call(lambda, 'UpdateFunctionCode', {
      FunctionName: 'engines',
      ZipFile: zip({ 'index.mjs': say(word) }),
      ...members,
    });
  const point = (operation: 'CreateAlias' | 'UpdateAlias', FunctionVersion: string) =>
    call(lambda, operation, { FunctionName: 'engines', Name: 'live', FunctionVersion });
  const fails = (operation: string, members: Readonly<Record<string, unknown>>) =>
    call(lambda, operation, { FunctionName: 'engines', ...members }).then(
      () => 'nothing',
      (error: unknown) => error,
    );

  it('stay unchanged when the function changes', async () => {
    expect(await publish({ Description: 'one' })).toMatchObject({
      FunctionArn: `${enginesArn}:1`,
      Version: '1',
      Description: 'one',
    });
    await change('second');
    expect((await invoke(lambda, 'engines:1')).payload).toEqual({
      word: 'first',
      version: '1',
      arn: `${enginesArn}:1`,
    });
    expect((await invoke(lambda, 'engines')).payload).toEqual({ word: 'second', version: '$LATEST', arn: enginesArn });
    expect((await invoke(lambda, 'engines:1')).log).toContain('Version: 1\n');
  });

  it('get a new number only after a change', async () => {
    expect((await publish()).Version).toBe('1');
    expect((await publish()).Version).toBe('1');
    await call(lambda, 'UpdateFunctionConfiguration', { FunctionName: 'engines', Timeout: 20 });
    expect((await publish()).Version).toBe('2');
    expect(await change('third', { Publish: true })).toMatchObject({ FunctionArn: `${enginesArn}:3`, Version: '3' });
    await call(lambda, 'DeleteFunction', { FunctionName: 'engines', Qualifier: '3' });
    expect((await publish()).Version).toBe('4');
    const { Versions } = await call(lambda, 'ListVersionsByFunction', { FunctionName: 'engines' });
    expect(Versions).toMatchObject([{ Version: '$LATEST' }, { Version: '1' }, { Version: '2' }, { Version: '4' }]);
  });

  it('are invoked by every form of their name', async () => {
    await publish();
    expect(await point('CreateAlias', '1')).toMatchObject({
      AliasArn: `${enginesArn}:live`,
      Name: 'live',
      FunctionVersion: '1',
    });
    for (const FunctionName of ['engines:live', '123456789012:function:engines:live', `${enginesArn}:live`]) {
      expect((await invoke(lambda, FunctionName)).payload).toEqual({
        word: 'first',
        version: '1',
        arn: `${enginesArn}:live`,
      });
    }
    const reply = await call(lambda, 'Invoke', { FunctionName: 'engines', Qualifier: 'live' });
    expect(reply.ExecutedVersion).toBe('1');
    expect(
      await call(lambda, 'GetFunctionConfiguration', { FunctionName: 'engines', Qualifier: 'live' }),
    ).toMatchObject({ FunctionArn: `${enginesArn}:live`, Version: '1' });
  });

  it('can be exchanged by changing the alias', async () => {
    await publish();
    await point('CreateAlias', '1');
    await change('second');
    expect((await invoke(lambda, 'engines:live')).payload.word).toBe('first');
    await publish();
    await point('UpdateAlias', '2');
    expect((await invoke(lambda, 'engines:live')).payload).toMatchObject({ word: 'second', version: '2' });
    await point('UpdateAlias', '1');
    expect((await invoke(lambda, 'engines:live')).payload).toMatchObject({ word: 'first', version: '1' });
  });

  it('keep their warm processes if only the function changes', async () => {
    await publish();
    await invoke(lambda, 'engines:1');
    await invoke(lambda, 'engines');
    await change('second');
    await invoke(lambda, 'engines:1');
    expect(lambda.processes().map(({ version, state }) => [version, state])).toEqual([
      ['1', 'idle'],
      ['$LATEST', expect.stringMatching(/^(idle|ended)$/)],
    ]);
  });

  it('have their own configuration for failed events, and appear in the records', async () => {
    await publish();
    await point('CreateAlias', '1');
    const Destination = 'arn:aws:sqs:us-east-2:123456789012:failed';
    await call(lambda, 'PutFunctionEventInvokeConfig', {
      FunctionName: 'engines',
      Qualifier: 'live',
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination } },
    });
    expect(await fails('GetFunctionEventInvokeConfig', {})).toMatchObject({ code: 'ResourceNotFoundException' });
    lambda.invokeAsync(`${enginesArn}:live`, '{"fail":true}');
    lambda.invokeAsync('engines', '{"fail":true}');
    await until(() => lambda.pendingEvents() === 0);
    const records = lambda.onFailureRecords().map(({ destinationArn, record }) => ({
      destinationArn,
      functionArn: record.requestContext.functionArn,
      attempts: record.requestContext.approximateInvokeCount,
      executedVersion: record.responseContext?.executedVersion,
    }));
    expect(records).toHaveLength(2);
    expect(records).toContainEqual({
      destinationArn: Destination,
      functionArn: `${enginesArn}:live`,
      attempts: 1,
      executedVersion: '1',
    });
    expect(records).toContainEqual({
      destinationArn: undefined,
      functionArn: `${enginesArn}:$LATEST`,
      attempts: 3,
      executedVersion: '$LATEST',
    });
  });

  it('are listed by their aliases, and cannot be deleted while they have one', async () => {
    await publish();
    await point('CreateAlias', '1');
    expect(await call(lambda, 'ListAliases', { FunctionName: 'engines', FunctionVersion: '1' })).toMatchObject({
      Aliases: [{ Name: 'live' }],
    });
    expect(await fails('DeleteFunction', { Qualifier: '1' })).toMatchObject({ code: 'ResourceConflictException' });
    await call(lambda, 'DeleteAlias', { FunctionName: 'engines', Name: 'live' });
    await call(lambda, 'DeleteFunction', { FunctionName: 'engines', Qualifier: '1' });
    expect(await fails('Invoke', { Qualifier: '1' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Function not found: ${enginesArn}:1`,
    });
  });

  it.each([
    ['an alias of an unknown version', 'CreateAlias', { Name: 'live', FunctionVersion: '9' }, 404],
    ['an alias that looks like a version', 'CreateAlias', { Name: '12', FunctionVersion: '$LATEST' }, 400],
    ['an unknown alias', 'GetAlias', { Name: 'live' }, 404],
    ['a version of other code', 'PublishVersion', { CodeSha256: 'other' }, 400],
    ['a version of another revision', 'PublishVersion', { RevisionId: 'other' }, 412],
    ['an unknown qualifier', 'Invoke', { Qualifier: 'live' }, 404],
    ['two qualifiers', 'Invoke', { FunctionName: 'engines:$LATEST', Qualifier: '1' }, 400],
    ['a change of one version', 'UpdateFunctionConfiguration', { FunctionName: 'engines:1', Timeout: 20 }, 400],
    ['the deletion of only $LATEST', 'DeleteFunction', { Qualifier: '$LATEST' }, 400],
  ])('are rejected as %s', async (_what, operation, members, httpStatus) => {
    expect(await fails(operation, members)).toMatchObject({ httpStatus });
  });
});
