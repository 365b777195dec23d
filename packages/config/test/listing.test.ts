import { createSsmServiceMappings, workspaceOf } from '@start-engines/config';
import { describe, expect, it } from 'vitest';
import { authName, createFixture } from './support/fixture.ts';

describe('the list of services', () => {
  it('follows the pages through empty ones, and is sorted', async () => {
    await using fixture = await createFixture();
    const services = Array.from({ length: 12 }, (_, index) => `service-${String(index).padStart(2, '0')}`);
    for (const service of services) await fixture.store.put(`/start-engines/dev/services/${service}`, '{}');
    fixture.store.reverseAnswers();
    expect(await fixture.mappings.list()).toEqual(['auth', ...services]);
    // Two pages with an empty one before each, then the defaults and Terraform's records for all services at once.
    const page = { operation: 'GetParametersByPath', names: ['/start-engines/dev/services'] };
    const defaults = { operation: 'GetParameters', names: ['/start-engines/dev/defaults'] };
    const deployed = { operation: 'GetParametersByPath', names: ['/start-engines/dev/deployed'] };
    expect(fixture.store.calls).toEqual([page, page, page, page, defaults, deployed, deployed]);
  });

  it('makes the next loads without further reads', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.list();
    const before = fixture.store.calls.length;
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(fixture.store.calls).toHaveLength(before);
    await using other = await createFixture();
    expect(await other.mappings.load('auth')).toMatchObject({ mapping, versions });
  });

  it('invariant 7: keeps a mapping if the version before a broken edit cannot be read', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, '{}');
    // Only both pages, the defaults and Terraform's records are read, and not the version before the edit.
    fixture.store.plant('throttle', { after: 5, times: 10 });
    await fixture.mappings.list();
    fixture.passSeconds(30);
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
  });

  it('does not keep using a mapping that no longer has a valid version', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.remove(authName);
    await fixture.store.put(authName, '{}');
    await fixture.mappings.list();
    await expect(fixture.mappings.load('auth')).rejects.toMatchObject({ code: 'MappingInvalid' });
  });

  it('skips parameters whose name is not a service name, and reports them', async () => {
    await using fixture = await createFixture();
    const strange = ['Pdf', 'all', 'auth.old', 'a'.repeat(25)].map((name) => `/start-engines/dev/services/${name}`);
    for (const name of strange) await fixture.store.put(name, '{}');
    expect(await fixture.mappings.list()).toEqual(['auth']);
    expect(fixture.ignored.sort()).toEqual([...strange].sort());
  });

  it('is MappingUnavailable if a page cannot be read', async () => {
    await using fixture = await createFixture();
    fixture.store.plant('throttle', { after: 1 });
    await expect(fixture.mappings.list()).rejects.toMatchObject({ code: 'MappingUnavailable' });
  });
});

describe('the parameter path', () => {
  it('contains the workspace', () => {
    expect(workspaceOf('/start-engines/staging')).toBe('staging');
  });

  it.each(['/start-engines/', '/start-engines/Dev', '/start-engines/dev/', '/other/dev', 'start-engines/dev', ''])(
    'is refused if it is %j',
    async (parameterPath) => {
      expect(() => workspaceOf(parameterPath)).toThrow(/must be \/start-engines\/<workspace>/);
      await using fixture = await createFixture();
      const clock = { now: () => 0 };
      expect(() =>
        createSsmServiceMappings({ client: fixture.store.client, parameterPath, ttlSeconds: 30, clock }),
      ).toThrow(/must be \/start-engines\/<workspace>/);
    },
  );

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('requires a valid TTL, not %s', async (ttlSeconds) => {
    await using fixture = await createFixture();
    const { client } = fixture.store;
    const clock = { now: () => 0 };
    expect(() => createSsmServiceMappings({ client, parameterPath: '/start-engines/dev', ttlSeconds, clock })).toThrow(
      /TTL/,
    );
  });
});
