import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { callAws } from '@start-engines/aws';
import { parametersBelow, StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { type MappingName, parameterOf } from './mapping-name.ts';
import { createMappingStore, type MappingStore, type StoredVersion } from './mapping-store.ts';

type Sdk = typeof import('../sdk/ssm.ts');

/** An older claim was left by a command that died between claiming and writing. */
const claimLivesMs = 60_000;

/**
 * Writes a mapping if its newest version is still `base`. Parameter Store cannot compare and write in one step, but it can
 * create a parameter only if it does not exist, for one caller alone. So a writer of version n + 1 first creates the claim
 * on it (docs/adr/0012), and no other writer with a claim can write meanwhile. A writer without a claim is detected by the
 * version that PutParameter returns, and its text is restored.
 *
 * @param base Undefined if the parameter does not exist.
 * @returns the new version
 * @throws CliError `Overtaken` when someone else has changed it; their change is kept
 */
export async function compareAndPut(
  aws: Pick<AwsAccess, 'steadySsm'>,
  parameterPath: string,
  name: MappingName,
  base: Pick<StoredVersion, 'version' | 'text'> | undefined,
  text: string,
): Promise<number> {
  const sdk = await import('../sdk/ssm.ts');
  const client = await aws.steadySsm();
  const writer = new Writer(sdk, client, await createMappingStore({ ssm: aws.steadySsm }, parameterPath), name);
  return base === undefined ? writer.create(text) : writer.replace(base, text);
}

class Writer {
  readonly #sdk: Sdk;
  readonly #client: SSMClient;
  readonly #store: MappingStore;
  readonly #name: MappingName;
  readonly #parameter: string;
  /** The KMS key of a SecureString. Parameter Store would encrypt a version without it with the account's default key. */
  #keyId: string | undefined;

  constructor(sdk: Sdk, client: SSMClient, store: MappingStore, name: MappingName) {
    this.#sdk = sdk;
    this.#client = client;
    this.#store = store;
    this.#name = name;
    this.#parameter = parameterOf(store.parameterPath, name);
  }

  async create(text: string): Promise<number> {
    const version = await this.#put(this.#parameter, text, false);
    if (version !== undefined) return version;
    const present = await this.#store.read(this.#name);
    // After a lost answer the SDK retries, and finds the parameter that it has created.
    if (present?.text === text) return present.version;
    throw overtaken(`${this.#parameter} was created by someone else in the meantime.`, this.#name);
  }

  async replace(base: Pick<StoredVersion, 'version' | 'text'>, text: string): Promise<number> {
    const claim = `${parametersBelow(this.#store.parameterPath).claims}/${this.#name}/${base.version + 1}`;
    await this.#claim(claim, base.version + 1);
    let isDone = false;
    try {
      const present = await this.#store.read(this.#name);
      if (present?.version !== base.version || present.text !== base.text) {
        isDone = true;
        throw changed(this.#parameter, this.#name, base.version, present?.version);
      }
      if (present.encrypted) this.#keyId = await this.#readKeyId();
      const written = (await this.#put(this.#parameter, text, true)) ?? 0;
      isDone = true;
      if (written !== base.version + 1) await this.#yieldTo(base.version + 1, written, text);
      return written;
    } catch (error) {
      // A refused write took no effect, so no other writer has to wait until the claim is old.
      if (error instanceof StartEnginesError && /^Aws(AccessDenied|Rejected)$/.test(error.code)) isDone = true;
      throw error;
    } finally {
      // If it is unknown whether the write took effect, the claim stays until it is old.
      if (isDone) await this.#release(claim);
    }
  }

  async #readKeyId(): Promise<string | undefined> {
    const filter = { Key: 'Name', Option: 'Equals', Values: [this.#parameter] };
    const command = new this.#sdk.DescribeParametersCommand({ ParameterFilters: [filter] });
    const about = { parameter: this.#parameter };
    const reply = await callAws({ service: 'SSM', operation: 'DescribeParameters', about }, () =>
      this.#client.send(command),
    );
    return reply.Parameters?.[0]?.KeyId;
  }

  async #claim(claim: string, version: number): Promise<void> {
    const mine = JSON.stringify({ id: randomUUID(), by: whoAmI() });
    if ((await this.#put(claim, mine, false)) !== undefined) return;
    const held = await this.#readClaim(claim);
    if (held?.text === mine) return;
    const ageMs = held === undefined ? 0 : Date.now() - held.modifiedAt;
    if (held !== undefined && ageMs > claimLivesMs) {
      // Several commands may take over an old claim; the first one to write it has it.
      if ((await this.#put(claim, mine, true)) === held.version + 1) return;
    }
    const by = held === undefined ? 'Someone' : ((JSON.parse(held.text) as { by?: string }).by ?? 'Someone');
    throw overtaken(`${by} is writing version ${version} of ${this.#parameter} right now.`, this.#name);
  }

  async #readClaim(claim: string) {
    const command = new this.#sdk.GetParametersCommand({ Names: [claim] });
    const reply = await callAws({ service: 'SSM', operation: 'GetParameters', about: { parameter: claim } }, () =>
      this.#client.send(command),
    );
    const found = reply.Parameters?.[0];
    if (found === undefined) return undefined;
    const { Value = '', Version = 0, LastModifiedDate } = found;
    return { text: Value, version: Version, modifiedAt: LastModifiedDate?.getTime() ?? 0 };
  }

  async #release(claim: string): Promise<void> {
    const command = new this.#sdk.DeleteParameterCommand({ Name: claim });
    // A leftover claim does no harm: its version has been written, or it expires.
    await this.#client.send(command).catch(() => undefined);
  }

  /** Someone wrote without a claim between our read and our write. They were first, so their text is restored. */
  async #yieldTo(first: number, written: number, text: string): Promise<void> {
    for (let version = written - 1; version >= first; version -= 1) {
      const between = await this.#store.read(this.#name, version);
      // The same text is our own write, repeated because its first answer was lost.
      if (between === undefined || between.text === text) continue;
      const restored = await this.#put(this.#parameter, between.text, true);
      throw overtaken(
        `Someone else changed ${this.#parameter} at the same time (version ${version}). Their change was restored as version ${restored}; yours is version ${written}.`,
        this.#name,
      );
    }
  }

  /** @returns the version; undefined when the parameter exists and may not be overwritten */
  async #put(Name: string, Value: string, Overwrite: boolean): Promise<number | undefined> {
    const command = new this.#sdk.PutParameterCommand({
      Name,
      Value,
      Overwrite,
      ...(Overwrite ? {} : { Type: 'String' }),
      ...(Name === this.#parameter && this.#keyId !== undefined ? { Type: 'SecureString', KeyId: this.#keyId } : {}),
    });
    try {
      const reply = await callAws({ service: 'SSM', operation: 'PutParameter', about: { parameter: Name } }, () =>
        this.#client.send(command),
      );
      return reply.Version ?? 0;
    } catch (error) {
      const code = error instanceof StartEnginesError ? error.context.awsCode : undefined;
      if (code === 'ParameterAlreadyExists' && !Overwrite) return undefined;
      throw error;
    }
  }
}

/** @throws CliError `Overtaken` always: the parameter is not at the expected version */
export function changed(parameter: string, name: MappingName, base: number, present: number | undefined): CliError {
  const now = present === undefined ? 'no longer exists' : `is now at version ${present}`;
  return overtaken(`Someone else has changed ${parameter}: it was read at version ${base} and ${now}.`, name);
}

function overtaken(message: string, name: MappingName): CliError {
  return new CliError('Overtaken', `${message} Their change was not overwritten.`, {
    exitCode: exitCodes.overtaken,
    hint: `To see their change: engines mappings diff ${name}`,
  });
}

function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run as a user without a name.
    return hostname();
  }
}
