import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { call, deploy, startLambda, zip } from './lambda-fixture.ts';

const roleArn = 'arn:aws:iam::123456789012:role/start-engines-lambda-role-dev';
const zipFile = zip({ 'index.mjs': 'export const handler = async () => 1;' });
const functionArnPrefix = 'arn:aws:lambda:us-east-2:123456789012:function';

describe('the functions of the sandbox', () => {
  let lambda: LambdaService;
  beforeAll(() => {
    lambda = startLambda();
  });
  afterAll(() => lambda.close());

  const create = (members: Readonly<Record<string, unknown>>) =>
    call(lambda, 'CreateFunction', {
      FunctionName: 'other',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: roleArn,
      Code: { ZipFile: zipFile },
      ...members,
    });

  it('are described as they were created', async () => {
    const created = await create({ FunctionName: 'engines', Timeout: 900, MemorySize: 512, Architectures: ['arm64'] });
    expect(created).toMatchObject({
      FunctionName: 'engines',
      FunctionArn: `${functionArnPrefix}:engines`,
      Runtime: 'nodejs22.x',
      Role: roleArn,
      Handler: 'index.handler',
      CodeSize: zipFile.byteLength,
      Timeout: 900,
      MemorySize: 512,
      CodeSha256: createHash('sha256').update(zipFile).digest('base64'),
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      Architectures: ['arm64'],
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
    });
    expect(await call(lambda, 'GetFunctionConfiguration', { FunctionName: 'engines' })).toEqual(created);
    const found = await call(lambda, 'GetFunction', { FunctionName: `${functionArnPrefix}:engines:$LATEST` });
    expect(found.Configuration).toEqual({ ...created, FunctionArn: `${functionArnPrefix}:engines:$LATEST` });
  });

  it.each(['engines', '123456789012:function:engines', `${functionArnPrefix}:engines`])(
    'are found as %s',
    async (FunctionName) => {
      const { FunctionArn } = await call(lambda, 'GetFunctionConfiguration', { FunctionName });
      expect(FunctionArn).toBe(`${functionArnPrefix}:engines`);
    },
  );

  it('keep the members that an update omits, and get a new revision', async () => {
    const name = await deploy(lambda, '', { Environment: { Variables: { A1: 'x' } }, MemorySize: 256 });
    const before = await call(lambda, 'GetFunctionConfiguration', { FunctionName: name });
    const after = await call(lambda, 'UpdateFunctionConfiguration', { FunctionName: name, Timeout: 30 });
    expect(after).toMatchObject({ Timeout: 30, MemorySize: 256, Environment: { Variables: { A1: 'x' } } });
    expect(after.RevisionId).not.toBe(before.RevisionId);
    await expect(
      call(lambda, 'UpdateFunctionCode', { FunctionName: name, ZipFile: zipFile, RevisionId: before.RevisionId }),
    ).rejects.toMatchObject({ code: 'PreconditionFailedException', httpStatus: 412 });
  });

  it('do not exist after they are deleted', async () => {
    const name = await deploy(lambda, '');
    await call(lambda, 'DeleteFunction', { FunctionName: name });
    await expect(call(lambda, 'GetFunction', { FunctionName: name })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      httpStatus: 404,
      message: `Function not found: ${functionArnPrefix}:${name}`,
    });
  });

  it('lose their permissions when they are deleted', async () => {
    const name = await deploy(lambda, '');
    const permission = {
      FunctionName: name,
      StatementId: 'events',
      Principal: 'events.amazonaws.com',
      Action: 'lambda:InvokeFunction',
    };
    await call(lambda, 'AddPermission', permission);
    await call(lambda, 'DeleteFunction', { FunctionName: name });
    await deploy(lambda, '', { FunctionName: name });
    await expect(call(lambda, 'GetPolicy', { FunctionName: name })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    await call(lambda, 'AddPermission', permission);
  });

  it.each([
    [
      'a name that is in use',
      { FunctionName: 'engines' },
      'ResourceConflictException',
      'Function already exist: engines',
    ],
    ['a malformed name', { FunctionName: 'a b' }, 'InvalidParameterValueException', /at 'functionName' failed/],
    ['no role', { Role: undefined }, 'InvalidParameterValueException', /Value null at 'role'/],
    ['a malformed role', { Role: 'admin' }, 'InvalidParameterValueException', /Value 'admin' at 'role' failed/],
    [
      'an ended runtime',
      { Runtime: 'nodejs20.x' },
      'InvalidParameterValueException',
      /nodejs20\.x is no longer supported/,
    ],
    [
      'an unknown runtime',
      { Runtime: 'python3.13' },
      'InvalidParameterValueException',
      /Value 'python3\.13' at 'runtime'/,
    ],
    ['no time-out', { Timeout: 0 }, 'InvalidParameterValueException', /greater than or equal to 1$/],
    ['a timeout over 15 minutes', { Timeout: 901 }, 'InvalidParameterValueException', /less than or equal to 900$/],
    ['too little memory', { MemorySize: 64 }, 'InvalidParameterValueException', /greater than or equal to 128$/],
    ['an unknown architecture', { Architectures: ['mips'] }, 'InvalidParameterValueException', /\[x86_64, arm64\]$/],
    [
      'code that is not a zip',
      { Code: { ZipFile: Buffer.from('no') } },
      'InvalidParameterValueException',
      /^Could not unzip/,
    ],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      /Reserved keys used in this request: AWS_REGION$/,
    ],
    [
      'variables over 4 KB',
      { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
      'InvalidParameterValueException',
      /exceeded the 4KB limit/,
    ],
  ])('cannot be created with %s', async (_what, members, code, message) => {
    const error: unknown = await create(members).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, members: { Type: 'User' } });
    expect((error as Error).message).toMatch(message);
  });

  it('store the configuration for failed events', async () => {
    const name = await deploy(lambda, '');
    await expect(call(lambda, 'GetFunctionEventInvokeConfig', { FunctionName: name })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: `The function ${functionArnPrefix}:${name}:$LATEST doesn't have an EventInvokeConfig`,
    });
    const DestinationConfig = { OnFailure: { Destination: 'arn:aws:sqs:us-east-2:123456789012:failed' } };
    await call(lambda, 'PutFunctionEventInvokeConfig', {
      FunctionName: name,
      MaximumRetryAttempts: 1,
      DestinationConfig,
    });
    expect(await call(lambda, 'GetFunctionEventInvokeConfig', { FunctionName: name })).toEqual({
      LastModified: expect.any(Date),
      FunctionArn: `${functionArnPrefix}:${name}:$LATEST`,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnSuccess: {}, ...DestinationConfig },
    });
    for (const members of [{ MaximumRetryAttempts: 3 }, { MaximumEventAgeInSeconds: 59 }]) {
      await expect(
        call(lambda, 'PutFunctionEventInvokeConfig', { FunctionName: name, ...members }),
      ).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
    }
  });

  it('are not run by a dry run or an invalid invocation', async () => {
    const name = await deploy(lambda, '');
    const before = lambda.processes().length;
    expect(await call(lambda, 'Invoke', { FunctionName: name, InvocationType: 'DryRun' })).toMatchObject({
      StatusCode: 204,
    });
    const refused = async (members: Readonly<Record<string, unknown>>) =>
      call(lambda, 'Invoke', { FunctionName: name, ...members }).catch((error: unknown) => error);
    expect(await refused({ Payload: Buffer.from('{') })).toMatchObject({ code: 'InvalidRequestContentException' });
    expect(await refused({ Payload: Buffer.alloc(6_291_457, 32) })).toMatchObject({
      code: 'RequestTooLargeException',
      httpStatus: 413,
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
    expect(await refused({ Qualifier: 'live' })).toMatchObject({
      code: 'ResourceNotFoundException',
      message: `Function not found: ${functionArnPrefix}:${name}:live`,
    });
    expect(lambda.processes()).toHaveLength(before);
  });
});
