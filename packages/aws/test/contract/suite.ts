import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from './backend.ts';
import { describeLaunchClaims } from './describe-launch-claims.ts';
import { describeLaunchKeys } from './describe-launch-keys.ts';
import { describeOutcomes } from './describe-outcomes.ts';
import { describeRequests } from './describe-requests.ts';
import { describeStopNotes } from './describe-stop-notes.ts';
import { describeTargets } from './describe-targets.ts';
import { describeTasks } from './describe-tasks.ts';
import { createWorld, type World } from './world.ts';

/** Declares one behaviour of the ports. */
export type Behaviour = (name: string, run: (world: World) => Promise<void>) => void;

export interface SuiteOptions {
  readonly backend: Backend;
  /** Behaviours that the backend does not model, and why. */
  readonly notModelled?: Readonly<Record<string, string>>;
}

/** The contract of the ports, on one backend. */
export function describeContract({ backend, notModelled = {} }: SuiteOptions): void {
  const { unavailable } = backend;
  if (unavailable !== undefined) {
    const inCi = process.env.CI === 'true';
    test.skipIf(!inCi)(`the contract on ${backend.name} cannot run here: ${unavailable}`, () => {
      throw new Error(`required in CI: ${unavailable}`);
    });
    return;
  }
  describe(`the contract on ${backend.name}`, () => {
    let world: World | undefined;
    const names = new Set<string>();

    beforeAll(async () => {
      world = await createWorld(backend);
    });
    afterAll(() => world?.[Symbol.asyncDispose]());

    const behaviour: Behaviour = (name, run) => {
      names.add(name);
      const reason = notModelled[name];
      if (reason !== undefined) {
        test.skip(`${name} (not on ${backend.name}: ${reason})`, () => {});
        return;
      }
      test(name, async () => {
        if (world === undefined) throw new Error('there is no world to test in');
        try {
          await run(world);
        } finally {
          await world.stopLaunched();
        }
      });
    };
    describeTasks(behaviour);
    describeTargets(behaviour);
    describeOutcomes(behaviour);
    describeRequests(behaviour);
    describeStopNotes(behaviour);
    describeLaunchClaims(behaviour);
    describeLaunchKeys(behaviour);

    // This test is last, because it checks the whole run: without difficulties the suite would prove little.
    test.skipIf(backend.makesItHard === undefined)('the run met stale reads, replayed tokens and conflicts', () => {
      const hardships = world?.backend.hardships?.();
      console.info(`${backend.name}: ${JSON.stringify(hardships)}`);
      expect(hardships?.staleReads).toBeGreaterThan(0);
      expect(hardships?.replayedTokens).toBeGreaterThan(0);
      expect(hardships?.conflicts).toBeGreaterThan(0);
    });

    test('every behaviour that the backend does not model is one of this suite', () => {
      expect(Object.keys(notModelled).filter((name) => !names.has(name))).toEqual([]);
    });
  });
}
