import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { createLaunchKeys } from '../../src/index.ts';
import type { Behaviour } from './suite.ts';
import type { World } from './world.ts';

/** Declares the behaviour of the port `LaunchKeys` on AWS. */
export function describeLaunchKeys(behaviour: Behaviour): void {
  behaviour('two processes that create the key at the same time, and a later process, have one key', async (world) => {
    const [first, second] = await Promise.all([process(world, 'race').read(), process(world, 'race').read()]);
    const later = await process(world, 'race').read();
    expect(first.secret.export()).toHaveLength(32);
    expect(second).toEqual(first);
    expect(later).toEqual(first);
    expect(second.secret.equals(first.secret) && later.secret.equals(first.secret)).toBe(true);
    expect(first.createdAt).toBeGreaterThan(Date.UTC(2026, 0, 1));
    expect(first.workspace).toBe('dev');
  });

  behaviour('the key is a SecureString, and unreadable without decryption', async (world) => {
    const { secret } = await process(world, 'secure').read();
    const Name = '/start-engines/secure/keys/launch-facts';
    const { Parameter: hidden } = await ssmOf(world).send(new GetParameterCommand({ Name }));
    expect(hidden).toMatchObject({ Type: 'SecureString', Version: 1 });
    expect(hidden?.Value).not.toBe(secret.export().toString('base64url'));
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const { Parameter: open } = await ssmOf(world).send(command);
    expect(open?.Value).toBe(secret.export().toString('base64url'));
  });

  behaviour('the key is encrypted with the given KMS key', async (world) => {
    const kmsKey = 'arn:aws:kms:us-east-2:123456789012:key/0a1b2c3d';
    const path = '/start-engines/encrypted';
    const keys = createLaunchKeys({ client: ssmOf(world), parameterPath: path, workspace: 'dev', kmsKey });
    expect((await keys.read()).secret.export()).toHaveLength(32);
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [`${path}/keys/launch-facts`] }];
    const { Parameters } = await ssmOf(world).send(new DescribeParametersCommand({ ParameterFilters }));
    expect(Parameters).toMatchObject([{ Type: 'SecureString', KeyId: kmsKey }]);
  });

  behaviour('a process reads the key once, and only later processes use a later key', async (world) => {
    const keys = process(world, 'once');
    const { secret } = await keys.read();
    await ssmOf(world).send(new DeleteParameterCommand({ Name: '/start-engines/once/keys/launch-facts' }));
    expect((await keys.read()).secret.equals(secret)).toBe(true);
    expect((await process(world, 'once').read()).secret.equals(secret)).toBe(false);
  });

  behaviour('a parameter that is not a key is refused and not changed', async (world) => {
    const Name = '/start-engines/wrong/keys/launch-facts';
    const written = { Name, Type: 'String', Value: 'k'.repeat(43) } as const;
    await ssmOf(world).send(new PutParameterCommand(written));
    await expect(process(world, 'wrong').read()).rejects.toMatchObject({
      code: 'LaunchKeyUnusable',
      context: { parameter: Name },
    });
    const overwritten = { ...written, Type: 'SecureString', Value: 'short', Overwrite: true } as const;
    await ssmOf(world).send(new PutParameterCommand(overwritten));
    await expect(process(world, 'wrong').read()).rejects.toMatchObject({ code: 'LaunchKeyUnusable' });
  });
}

/** The key of another process of the function. */
function process(world: World, name: string) {
  return createLaunchKeys({ client: ssmOf(world), parameterPath: `/start-engines/${name}`, workspace: 'dev' });
}

function ssmOf({ clients }: World): SSMClient {
  return new SSMClient(clients.settings);
}
