import { createSecretKey, randomBytes } from 'node:crypto';
import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type LaunchKey, type LaunchKeys, parametersBelow, StartEnginesError } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface LaunchKeysOptions {
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
  readonly workspace: string;
  /** The KMS key that encrypts a new key. Default: the account's `aws/ssm` key. */
  readonly kmsKey?: string | undefined;
}

const encodedKey = /^[\w-]{43}$/;

/**
 * The workspace's key in Parameter Store, the SecureString `<path>/keys/launch-facts`, encrypted with `kmsKey`. It is
 * read once for the life of the process; a failure is not remembered. Of several processes that create it at once one wins,
 * because nothing is overwritten, and all of them read it back.
 */
export function createLaunchKeys({ client, parameterPath, workspace, kmsKey }: LaunchKeysOptions): LaunchKeys {
  const Name = parametersBelow(parameterPath).launchKey;
  const about = { parameter: Name };
  let reading: Promise<LaunchKey> | undefined;

  async function find(): Promise<LaunchKey | undefined> {
    const operation = { service: 'SSM', operation: 'GetParameters', about } as const;
    // GetParameters, not GetParameter: what is not there is an answer and no error.
    const command = new GetParametersCommand({ Names: [Name], WithDecryption: true });
    const { Parameters = [] } = await callAws(operation, () => client.send(command));
    const [parameter] = Parameters;
    if (parameter === undefined) return undefined;
    const { Type, Value = '', LastModifiedDate } = parameter;
    if (Type !== 'SecureString' || !encodedKey.test(Value) || LastModifiedDate === undefined) {
      const message = `Parameter ${Name} is no SecureString of 256 bits in base64url. Delete it: the function creates it again.`;
      throw new StartEnginesError('LaunchKeyUnusable', message, { context: about });
    }
    const secret = createSecretKey(Buffer.from(Value, 'base64url'));
    return { workspace, secret, createdAt: LastModifiedDate.getTime() };
  }

  async function create(): Promise<void> {
    const operation = { service: 'SSM', operation: 'PutParameter', about } as const;
    const Description = 'Authenticates the launch facts of tasks. The function of start-engines created it.';
    const Value = randomBytes(32).toString('base64url');
    const input = { Name, Description, Type: 'SecureString', Overwrite: false, Value, KeyId: kmsKey } as const;
    try {
      await callAws(operation, () => client.send(new PutParameterCommand(input)));
    } catch (caught) {
      // AWS-058
      if (!(caught instanceof StartEnginesError) || caught.context.awsCode !== 'ParameterAlreadyExists') throw caught;
    }
  }

  async function findOrCreate(): Promise<LaunchKey> {
    const known = await find();
    if (known !== undefined) return known;
    await create();
    const created = await find();
    if (created !== undefined) return created;
    throw new StartEnginesError('AwsUnavailable', `Parameter Store does not show ${Name} yet.`, {
      context: { ...about, service: 'SSM', operation: 'GetParameters' },
    });
  }

  return {
    read() {
      reading ??= findOrCreate().catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    },
  };
}
