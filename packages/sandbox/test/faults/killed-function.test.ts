import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.ts';
import { zip } from '../lambda/lambda-fixture.ts';

/** Puts ten parameters at the same moment, each over its own open connection. */
const putTenAtOnce = `
  import { once } from 'node:events';
  import { connect } from 'node:net';
  export const handler = async () => {
    const { hostname, port, host } = new URL(process.env.AWS_ENDPOINT_URL);
    const scope = process.env.AWS_ACCESS_KEY_ID + '/20261123/us-east-2/ssm/aws4_request';
    const sockets = Array.from({ length: 10 }, () => connect(Number(port), hostname));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const [index, socket] of sockets.entries()) {
      const body = JSON.stringify({ Name: 'p' + index, Value: 'x', Type: 'String' });
      socket.write(
        'POST / HTTP/1.1\\r\\nhost: ' + host + '\\r\\nauthorization: AWS4-HMAC-SHA256 Credential=' + scope +
        '\\r\\nx-amz-target: AmazonSSM.PutParameter\\r\\ncontent-length: ' + body.length + '\\r\\n\\r\\n' + body,
      );
    }
    await Promise.all(sockets.map((socket) => once(socket, 'data')));
  };`;

let sandbox: Sandbox;
let lambda: LambdaClient;
let ssm: SSMClient;

beforeEach(async () => {
  sandbox = await startSandbox({ durations: 'none', seed: 3 });
  const { endpoint, region } = sandbox;
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
  lambda = new LambdaClient({ endpoint, region, credentials });
  ssm = new SSMClient({ endpoint, region, credentials });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'putter',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/putter',
      Timeout: 30,
      Code: { ZipFile: zip({ 'index.mjs': putTenAtOnce }) },
    }),
  );
});

afterEach(async () => {
  lambda.destroy();
  ssm.destroy();
  await sandbox.close();
});

const invoke = async () => {
  const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'putter' }));
  return { error: FunctionError, said: Buffer.from(Payload ?? []).toString() };
};
const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
const parametersThere = async () => {
  const found = await Promise.all(
    names.map((Name) =>
      ssm.send(new GetParameterCommand({ Name })).then(
        () => Name,
        () => undefined,
      ),
    ),
  );
  return found.filter((name) => name !== undefined).length;
};

describe('a function that a fault kills', () => {
  test.each([{ kind: 'kill-before', put: 3 } as const, { kind: 'kill-after', put: 4 } as const])(
    '$kind: is ended by SIGKILL, and its calls in transit have no effect',
    async ({ kind, put }) => {
      const planted = sandbox.faults.plant({ operation: 'PutParameter', nth: 4, fault: { kind } });
      const { error, said } = await invoke();

      expect([error, planted.consumed]).toEqual(['Unhandled', 1]);
      expect(said).toContain('Runtime.ExitError');
      expect(sandbox.lambda.processes()).toMatchObject([
        { accessKeyId: 'SANDBOXLAMBDA1', state: 'ended', exit: { exitCode: null, signal: 'SIGKILL' } },
      ]);
      const calls = sandbox.calls.list({ caller: 'SANDBOXLAMBDA1' });
      expect(calls.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined, kind]);
      expect(calls.at(-1)).toMatchObject({ outcome: 'dropped' });
      expect(await parametersThere()).toBe(put);
    },
  );

  test('its call that was delayed by a latency fault has no effect either', async () => {
    const { Name } = { Name: 'p0' };
    sandbox.faults.plant({ input: { Name }, fault: { kind: 'latency', delayMs: 300 } });
    sandbox.faults.plant({ input: { Name: 'p9' }, fault: { kind: 'kill-before' } });
    await invoke();
    const held = () => sandbox.calls.list({ operation: 'PutParameter' }).find(({ input }) => input.Name === Name);
    await vi.waitFor(() => expect(held()).toMatchObject({ fault: 'latency', outcome: 'dropped' }), 10_000);
    await expect(ssm.send(new GetParameterCommand({ Name }))).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('the next process of the function is not affected', async () => {
    sandbox.faults.plant({ operation: 'PutParameter', fault: { kind: 'kill-before' } });
    await invoke();
    expect(await invoke()).toEqual({ error: undefined, said: 'null' });
    expect(sandbox.calls.list({ caller: 'SANDBOXLAMBDA2' })).toHaveLength(10);
    expect(sandbox.lambda.processes()[1]).toMatchObject({ state: 'idle', exit: undefined });
  });
});
