import type { Patience } from '@start-engines/core';
import { describe, expect, it } from 'vitest';
import { authDocument } from './support/documents.ts';
import { createFixture, type Fixture } from './support/fixture.ts';

// Attack review, finding 8: one call for each of a thousand services exceeds the rate of Parameter Store.

async function withServices(fixture: Fixture, count: number): Promise<readonly string[]> {
  const services = Array.from({ length: count }, (_, index) => `service-${index}`);
  for (const [index, service] of services.entries()) {
    await fixture.store.put(`/start-engines/dev/services/${service}`, { ...authDocument(), port: 9_000 + index });
  }
  return services;
}

/** How often each operation was called. */
function operations({ store }: Fixture): Record<string, number> {
  const names = store.calls.map(({ operation }) => operation);
  return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]));
}

/** Makes each call up to five times. */
const patiently: Patience = async (call) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
};

describe('services that are loaded at the same time', () => {
  it('are read by path, ten a call, if there are ten or more', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 12);
    const loaded = await Promise.all(services.map((service) => fixture.mappings.load(service)));
    expect(loaded.map(({ mapping }) => mapping.port)).toEqual(services.map((_, index) => 9_000 + index));
    // Two pages with an empty one before each, the same once for Terraform's records, and the defaults.
    expect(operations(fixture)).toEqual({ GetParametersByPath: 6, GetParameters: 1 });
  });

  it('are also read by path without a TTL', async () => {
    await using fixture = await createFixture({ ttlSeconds: 0 });
    const services = await withServices(fixture, 10);
    await Promise.all(services.map((service) => fixture.mappings.load(service)));
    expect(operations(fixture).GetParameters).toBe(1);
  });

  it('are each read by name if there are fewer', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 9);
    await Promise.all(services.map((service) => fixture.mappings.load(service)));
    expect(operations(fixture)).toEqual({ GetParameters: 9 });
  });

  it('are each read by name if the role may not read the path', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 10);
    fixture.store.plant('access-denied');
    const loaded = await Promise.all(services.map((service) => fixture.mappings.load(service)));
    expect(loaded.map(({ mapping }) => mapping.port)).toEqual(services.map((_, index) => 9_000 + index));
  });

  it('get the same error as with a separate load', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 9);
    await fixture.store.put('/start-engines/dev/services/broken', '{');
    const loads = [...services, 'broken', 'missing'].map((service) => fixture.mappings.load(service));
    const codes = (await Promise.allSettled(loads)).map((load) =>
      load.status === 'rejected' ? load.reason.code : 'ok',
    );
    expect(codes).toEqual([...services.map(() => 'ok'), 'MappingInvalid', 'UnknownService']);
  });

  it('include an edit made before the time after which they must be read', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 10);
    await Promise.all(services.map((service) => fixture.mappings.load(service)));
    await fixture.store.put('/start-engines/dev/services/service-3', { ...authDocument(), port: 7_000 });
    fixture.passSeconds(1);
    const since = fixture.now();
    const loaded = await Promise.all(services.map((service) => fixture.mappings.load(service, since)));
    expect(loaded[3]?.mapping.port).toBe(7_000);
  });
});

describe('with patience', () => {
  it('only the throttled page is read again, not the pages before it', async () => {
    await using fixture = await createFixture();
    const services = await withServices(fixture, 12);
    fixture.store.plant('throttle', { after: 2, times: 3 });
    await Promise.all(services.map((service) => fixture.mappings.load(service, undefined, patiently)));
    expect(operations(fixture)).toEqual({ GetParametersByPath: 9, GetParameters: 1 });
  });

  it('a throttled load is retried', async () => {
    await using fixture = await createFixture();
    fixture.store.plant('throttle', { times: 4 });
    expect((await fixture.mappings.load('auth', undefined, patiently)).mapping.port).toBe(8080);
  });

  it('a cached mapping that is new enough is used at once', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    fixture.passSeconds(30);
    fixture.store.plant('throttle', { times: 10 });
    expect((await fixture.mappings.load('auth', undefined, patiently)).problems).toHaveLength(1);
    expect(fixture.store.calls).toHaveLength(2);
  });

  it('a cached mapping that is too old is not used', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    fixture.passSeconds(30);
    fixture.store.plant('throttle', { times: 4 });
    expect((await fixture.mappings.load('auth', fixture.now(), patiently)).problems).toEqual([]);
    expect(fixture.store.calls).toHaveLength(6);
  });
});
