import { createSsmServiceMappings } from '@start-engines/config';
import type { ServiceMappings } from '@start-engines/core';
import { authDocument, defaultsDocument } from './documents.ts';
import { ParameterStore } from './parameter-store.ts';

export const defaultsName = '/start-engines/dev/defaults';
export const authName = '/start-engines/dev/services/auth';

/** A workspace with defaults and the service `auth`, and a manual clock. */
export interface Fixture extends AsyncDisposable {
  readonly store: ParameterStore;
  /** The loader of a warm function. Its TTL is 30 s. */
  readonly mappings: ServiceMappings;
  readonly ignored: string[];
  /** The loader of a new function, with an empty cache. */
  startCold(): ServiceMappings;
  now(): number;
  passSeconds(seconds: number): void;
}

export async function createFixture({ ttlSeconds = 30 } = {}): Promise<Fixture> {
  const store = await ParameterStore.start();
  await store.put(defaultsName, defaultsDocument());
  await store.put(authName, authDocument());
  const ignored: string[] = [];
  let now = 1_700_000_000_000;
  const startCold = () =>
    createSsmServiceMappings({
      client: store.client,
      parameterPath: '/start-engines/dev',
      ttlSeconds,
      clock: { now: () => now },
      onIgnoredParameters: (names) => ignored.push(...names),
    });
  return {
    store,
    mappings: startCold(),
    ignored,
    startCold,
    now: () => now,
    passSeconds: (seconds) => {
      now += seconds * 1000;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
