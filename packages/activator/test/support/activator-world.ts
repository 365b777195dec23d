import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { type ActivatorUnderTest, parameterPath, startActivator } from './activator-under-test.ts';

/** The activator with a sandbox as AWS. */
export interface ActivatorWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly activator: ActivatorUnderTest;
  put(name: string, value: unknown): Promise<void>;
  /** The events on the bus, with their parsed detail. @param after only those of calls after this one */
  wakes(after?: number): readonly Readonly<Record<string, unknown>>[];
}

/** The `wake` of the service `auth` in most tests. */
export const authWake = { paths: ['/api/auth'], title: 'Sign-in' };

/** @param mappings service → its document; default `auth` and `pdf` */
export async function openActivatorWorld(
  mappings: Readonly<Record<string, unknown>> = { auth: { wake: authWake }, pdf: { wake: { paths: ['/api/pdf'] } } },
): Promise<ActivatorWorld> {
  const sandbox = await startSandbox({ durations: 'none', consistency: 'strong' });
  const { endpoint, region } = sandbox;
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };
  const ssm = new SSMClient({ endpoint, region, credentials });
  const put = async (name: string, value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    await ssm.send(
      new PutParameterCommand({ Name: `${parameterPath}/${name}`, Value: text, Type: 'String', Overwrite: true }),
    );
  };
  for (const [service, mapping] of Object.entries(mappings)) await put(`services/${service}`, mapping);
  const activator = await startActivator(endpoint);
  return {
    sandbox,
    activator,
    put,
    wakes: (after = 0) =>
      sandbox.calls
        .list({ service: 'events', operation: 'PutEvents', after })
        .flatMap(({ input }) => input.Entries as readonly Readonly<Record<string, string>>[])
        .map(({ Detail = '', ...entry }) => ({ ...entry, Detail: JSON.parse(Detail) })),
    async [Symbol.asyncDispose]() {
      await activator[Symbol.asyncDispose]();
      ssm.destroy();
      await sandbox.close();
    },
  };
}
