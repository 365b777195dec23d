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
    // Two pages, and an empty one before each; then the defaults, and what Terraform made, for all of them at once.
    const page = { operation: 'GetParametersByPath', names: ['/start-engines/dev/services'] };
    const defaults = { operation: 'GetParameters', names: ['/start-engines/dev/defaults'] };
    const deployed = { operation: 'GetParametersByPath', names: ['/start-engines/dev/deployed'] };
    expect(fixture.store.calls).toEqual([page, page, page, page, defaults, deployed, deployed]);
  });

  it('leaves nothing to be read for those that are loaded next', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.list();
    const before = fixture.store.calls.length;
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(fixture.store.calls).toHaveLength(before);
    await using other = await createFixture();
    expect(await other.mappings.load('auth')).toMatchObject({ mapping, versions });
  });

  it('invariant 7: takes no mapping away when it cannot read what served before a broken edit', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.put(authName, '{}');
    // Both pages, the defaults and what Terraform made are read, and nothing after them: not the version before the edit either.
    fixture.store.plant('throttle', { after: 5, times: 10 });
    await fixture.mappings.list();
    fixture.passSeconds(30);
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
  });

  it('does not let a mapping serve on that has no valid version any more', async () => {
    await using fixture = await createFixture();
    await fixture.mappings.load('auth');
    await fixture.store.remove(authName);
    await fixture.store.put(authName, '{}');
    await fixture.mappings.list();
    await expect(fixture.mappings.load('auth')).rejects.toMatchObject({ code: 'MappingInvalid' });
  });

  it('passes over what no service can be called, and reports it', async () => {
    await using fixture = await createFixture();
    const strange = ['Pdf', 'all', 'auth.old', 'a'.repeat(25)].map((name) => `/start-engines/dev/services/${name}`);
    for (const name of strange) await fixture.store.put(name, '{}');
    expect(await fixture.mappings.list()).toEqual(['auth']);
    expect(fixture.ignored.sort()).toEqual([...strange].sort());
  });

  it('is MappingUnavailable when a page cannot be read', async () => {
    await using fixture = await createFixture();
    fixture.store.plant('throttle', { after: 1 });
    await expect(fixture.mappings.list()).rejects.toMatchObject({ code: 'MappingUnavailable' });
  });
});

describe('the parameter path', () => {
  it('says the workspace', () => {
    expect(workspaceOf('/start-engines/staging')).toBe('staging');
  });

  it.each(['/start-engines/', '/start-engines/Dev', '/start-engines/dev/', '/other/dev', 'start-engines/dev', ''])(
    'is refused when it is %j',
    async (parameterPath) => {
      expect(() => workspaceOf(parameterPath)).toThrow(/must be \/start-engines\/<workspace>/);
      await using fixture = await createFixture();
      const clock = { now: () => 0 };
      expect(() =>
        createSsmServiceMappings({ client: fixture.store.client, parameterPath, ttlSeconds: 30, clock }),
      ).toThrow(/must be \/start-engines\/<workspace>/);
    },
  );

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('needs a TTL, and not %s', async (ttlSeconds) => {
    await using fixture = await createFixture();
    const { client } = fixture.store;
    const clock = { now: () => 0 };
    expect(() => createSsmServiceMappings({ client, parameterPath: '/start-engines/dev', ttlSeconds, clock })).toThrow(
      /TTL/,
    );
  });
});
