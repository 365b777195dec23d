import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import type { Behaviour } from './suite.ts';

/** Declares the behaviour of the port `LaunchClaims` on AWS. */
export function describeLaunchClaims(behaviour: Behaviour): void {
  behaviour('claims are numbered, dated, and read back in the order in which they were written', async (world) => {
    const { launchClaims } = world;
    expect(await launchClaims.read('fa', 0)).toEqual([]);
    const newestSeen = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(await launchClaims.write('fa', { cluster: 'main', newestSeen: 0 })).toBe(1);
    expect(await launchClaims.write('fa', { cluster: 'spare', newestSeen })).toBe(2);
    expect(await launchClaims.write('fa', { cluster: 'main', newestSeen })).toBe(3);
    const claims = await launchClaims.read('fa', 2);
    expect(claims.map(({ at: _, ...claim }) => claim)).toEqual([
      { version: 1, cluster: 'main', newestSeen: 0 },
      { version: 2, cluster: 'spare', newestSeen },
    ]);
    expect(claims[0]?.at).toBeGreaterThan(Date.UTC(2026, 0, 1));
    expect(claims[1]?.at).toBeGreaterThanOrEqual(claims[0]?.at ?? Infinity);
  });

  behaviour(
    'one read shows ten claims, and a read before those shows the ten before them',
    async ({ launchClaims }) => {
      for (let written = 0; written < 12; written += 1) {
        await launchClaims.write('batch', { cluster: 'main', newestSeen: 0 });
      }
      const versions = async (newest: number) =>
        (await launchClaims.read('batch', newest)).map(({ version }) => version);
      expect(await versions(12)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(await versions(2)).toEqual([1, 2]);
    },
  );

  behaviour('a value in another format is not a claim', async ({ clients, launchClaims }) => {
    const Name = '/start-engines/contract/launches/users';
    const ssm = new SSMClient(clients.settings);
    await ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: 'something-else' }));
    expect(await launchClaims.read('users', 1)).toMatchObject([{ version: 1, cluster: '', newestSeen: 0 }]);
  });
}
