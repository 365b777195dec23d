import { StartEnginesError } from '@start-engines/core';
import { describe, expect, it } from 'vitest';
import { authDocument, defaultsDocument } from './support/documents.ts';
import { authName, createFixture, defaultsName } from './support/fixture.ts';

describe('a broken edit', () => {
  it('invariant 7: never replaces the last good version, and is reported with parameter, version and key', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    await fixture.store.put(authName, { ...authDocument(), port: '8082' });
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8081);
    expect(versions).toEqual({ service: 2, defaults: 1 });
    expect(problems).toEqual([
      {
        parameter: authName,
        version: 3,
        key: 'port',
        message: 'expected a whole number from 1 to 65535, got the string "8082"',
      },
    ]);
  });

  it('invariant 7: has the same effect on a function without a cache', async () => {
    await using fixture = await createFixture();
    const warm = fixture.mappings;
    await warm.load('auth');
    await fixture.store.put(authName, 'not JSON');
    fixture.passSeconds(30);
    expect(await fixture.startCold().load('auth')).toEqual(await warm.load('auth'));
  });

  it('is forgotten once it is fixed', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, '{}');
    expect((await fixture.mappings.load('auth')).problems).not.toEqual([]);
    await fixture.store.put(authName, { ...authDocument(), port: 8083 });
    fixture.passSeconds(30);
    expect(await fixture.mappings.load('auth')).toMatchObject({ mapping: { port: 8083 }, problems: [] });
  });

  it('is skipped by reading ten older versions a call', async () => {
    await using fixture = await createFixture();
    for (let edit = 0; edit < 14; edit += 1) await fixture.store.put(authName, { ...authDocument(), port: -edit - 1 });
    const { versions, problems } = await fixture.mappings.load('auth');
    expect(versions).toEqual({ service: 1, defaults: 1 });
    expect(problems.map(({ version }) => version)).toEqual([15]);
    const asked = fixture.store.calls
      .slice(1)
      .map(({ names }) => names.map((name) => name.replace(`${authName}:`, '')));
    expect(asked).toEqual([
      ['14', '13', '12', '11', '10', '9', '8', '7', '6', '5'],
      ['4', '3', '2', '1'],
    ]);
  });

  it('is skipped whatever the order of an answer', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    await fixture.store.put(authName, '{}');
    fixture.store.reverseAnswers();
    expect((await fixture.mappings.load('auth')).versions.service).toBe(2);
  });

  it('is skipped one version a call if Parameter Store refuses several versions of one parameter', async () => {
    await using fixture = await createFixture();
    fixture.store.refuseRepeatedNames();
    await fixture.store.put(authName, 'x');
    await fixture.store.put(authName, 'y');
    expect((await fixture.mappings.load('auth')).versions).toEqual({ service: 1, defaults: 1 });
  });

  // Terraform review, finding 25: encrypted mappings were refused.
  it('may be encrypted, and is read decrypted', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), port: 8081 }, 'SecureString');
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect([mapping.port, versions.service, problems]).toEqual([8081, 2, []]);
    await fixture.mappings.list();
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8081);
  });

  it('may be a parameter of the wrong type', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, 'a,b', 'StringList');
    const { versions, problems } = await fixture.mappings.load('auth');
    expect(versions.service).toBe(1);
    expect(problems).toEqual([
      { parameter: authName, version: 2, key: '', message: 'must be of type String or SecureString, not StringList' },
    ]);
  });
});

describe('broken defaults', () => {
  it('are replaced by the newest valid defaults under the newest service', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(defaultsName, { ...defaultsDocument(), cluster: 'second' });
    await fixture.store.put(defaultsName, { ...defaultsDocument(), cluster: '' });
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect(mapping).toMatchObject({ cluster: 'second', port: 8081 });
    expect(versions).toEqual({ service: 2, defaults: 2 });
    expect(problems.map(({ parameter, version, key }) => [parameter, version, key])).toEqual([
      [defaultsName, 3, 'cluster'],
    ]);
  });

  it('are skipped and reported together with a broken service', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(defaultsName, '[]');
    await fixture.store.put(authName, '[]');
    const { versions, problems } = await fixture.mappings.load('auth');
    expect(versions).toEqual({ service: 1, defaults: 1 });
    expect(problems.map(({ parameter, version }) => [parameter, version])).toEqual([
      [defaultsName, 2],
      [authName, 2],
    ]);
  });

  it('that lost a key do not bring back an old version of the service that has it', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), port: 1, subnets: ['subnet-old'] });
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    const { subnets: _lost, ...rest } = defaultsDocument();
    await fixture.store.put(defaultsName, rest);
    const { mapping, versions, problems } = await fixture.mappings.load('auth');
    expect(mapping).toMatchObject({ port: 8081, subnets: defaultsDocument().subnets });
    expect(versions).toEqual({ service: 3, defaults: 1 });
    expect(problems).toEqual([
      { parameter: authName, version: 3, key: 'subnets', message: `is required, here or in ${defaultsName}` },
    ]);
  });

  it('that lost a key do not prevent later edits of the service from taking effect', async () => {
    await using fixture = await createFixture();
    const { subnets: _lost, ...rest } = defaultsDocument();
    await fixture.store.put(defaultsName, rest);
    await fixture.store.put(authName, { ...authDocument(), port: 8081 });
    await fixture.store.put(authName, { ...authDocument(), port: 8082 });
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(mapping.port).toBe(8082);
    expect(versions).toEqual({ service: 3, defaults: 1 });
  });

  it('are not the cause if the service lost a key: later defaults take effect', async () => {
    await using fixture = await createFixture();
    const { port: _lost, ...rest } = authDocument();
    await fixture.store.put(authName, rest);
    await fixture.store.put(defaultsName, { ...defaultsDocument(), cluster: 'second' });
    const { mapping, versions } = await fixture.mappings.load('auth');
    expect(mapping.cluster).toBe('second');
    expect(versions).toEqual({ service: 1, defaults: 2 });
  });
});

describe('a mapping without any valid version', () => {
  it('is MappingInvalid with all its problems, and the next load tries again', async () => {
    await using fixture = await createFixture();
    await fixture.store.remove(authName);
    await fixture.store.put(authName, { port: 'x', clustr: 1 });
    const error: unknown = await fixture.mappings.load('auth').catch((reason: unknown) => reason);
    expect(String(error).split('\n')).toEqual([
      'MappingInvalid: The mapping of service "auth" has no valid version:',
      `${authName} version 1: port: expected a whole number from 1 to 65535, got the string "x"`,
      `${authName} version 1: clustr: is an unknown key`,
      `${authName} version 1: taskDefinition: is required, here or in ${defaultsName}`,
      `${authName} version 1: targetGroupArn: is required, here or in ${defaultsName} (or targetGroups)`,
    ]);
    await fixture.store.put(authName, authDocument());
    expect((await fixture.mappings.load('auth')).mapping.port).toBe(8080);
  });

  it('is given up after the hundred versions that Parameter Store keeps', async () => {
    await using fixture = await createFixture();
    for (let edit = 0; edit < 104; edit += 1) await fixture.store.put(authName, '{}');
    const error: unknown = await fixture.mappings.load('auth').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartEnginesError);
    expect(error).toMatchObject({ code: 'MappingInvalid', retryable: false, context: { service: 'auth' } });
    // The newest, then ten calls of ten versions, the last of which includes a deleted version.
    expect(fixture.store.calls).toHaveLength(11);
    expect(fixture.store.calls.at(-1)?.names.at(-1)).toBe(`${authName}:5`);
  });

  it('is MappingUnavailable while its older versions cannot be read', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(authName, '{}');
    const cold = fixture.startCold();
    fixture.store.plant('throttle', { after: 1 });
    await expect(cold.load('auth')).rejects.toMatchObject({ code: 'MappingUnavailable' });
    expect((await cold.load('auth')).versions.service).toBe(1);
  });
});
