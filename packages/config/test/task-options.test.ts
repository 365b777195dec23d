import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { describe, expect, it } from 'vitest';
import { authDocument, defaultsDocument } from './support/documents.ts';

// Public bug reports: further options of RunTask, and capacity other than Fargate’s.

function merge(own: object, defaults: object = {}) {
  return mergeMapping(
    parseMappingDocument(JSON.stringify({ ...defaultsDocument(), ...defaults }), { parameter: 'defaults', version: 1 }),
    parseMappingDocument(JSON.stringify({ ...authDocument(), ...own }), { parameter: 'auth', version: 1 }),
    'auth',
  );
}

const problemsOf = (own: object, defaults?: object) =>
  merge(own, defaults).problems.map(({ parameter, key, message }) => `${parameter}: ${key}: ${message}`);

const numberedTags = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));

describe('the capacity of a mapping', () => {
  it('may be the default strategy of the cluster', () => {
    expect(merge({ launchType: 'CLUSTER_DEFAULT' }).mapping?.capacity).toEqual({ clusterDefault: true });
    expect(merge({}, { launchType: 'CLUSTER_DEFAULT' }).mapping?.capacity).toEqual({ clusterDefault: true });
    expect(merge({ launchType: 'FARGATE' }, { launchType: 'CLUSTER_DEFAULT' }).mapping?.capacity).toEqual({
      launchType: 'FARGATE',
    });
  });

  it('may use any capacity provider, but not Fargate together with others', () => {
    const own = { capacityProvider: 'own-instances', weight: 1 };
    expect(merge({ capacityProviderStrategy: [own] }).mapping?.capacity).toEqual({ capacityProviderStrategy: [own] });
    expect(problemsOf({ capacityProviderStrategy: [own, { capacityProvider: 'FARGATE_SPOT' }] })).toEqual([
      'auth: capacityProviderStrategy: FARGATE and FARGATE_SPOT cannot be combined with other capacity providers',
    ]);
  });
});

describe('the options of a task', () => {
  it('are absent by default', () => {
    expect(merge({}).mapping).not.toHaveProperty('taskOptions');
  });

  it('come from the service or the defaults, and tags from both', () => {
    const defaults = { tags: { team: 'engines', stage: 'dev' }, enableExecuteCommand: true, platformVersion: '1.4.0' };
    const own = { tags: { stage: '', 'cost centre': 'É@1' }, enableExecuteCommand: false, propagateTags: 'NONE' };
    expect(merge({ ...own, enableECSManagedTags: true }, defaults).mapping?.taskOptions).toEqual({
      tags: { team: 'engines', stage: '', 'cost centre': 'É@1' },
      propagateTags: 'NONE',
      enableECSManagedTags: true,
      enableExecuteCommand: false,
      platformVersion: '1.4.0',
    });
  });

  it.each([
    ['tags', [numberedTags('a', 10), { ['k'.repeat(128)]: 'v'.repeat(256) }, { Aws: '', 'x:aws:': '' }]],
    ['propagateTags', ['TASK_DEFINITION', 'NONE']],
    ['platformVersion', ['LATEST', '1.4.0', '1.0.0']],
    ['enableECSManagedTags', [true, false]],
    ['enableExecuteCommand', [true, false]],
    ['environment', [{ EMPTY: '' }]],
  ])('%s accepts what AWS accepts', (key, values) => {
    for (const value of values) expect(problemsOf({ [key]: value })).toEqual([]);
  });

  it.each([
    ['tags', [{}, [], 'team=engines', numberedTags('a', 11), { '': 'x' }, { ['k'.repeat(129)]: 'x' }]],
    ['tags', [{ a: 'v'.repeat(257) }, { a: 1 }, { 'a#': 'x' }, { a: 'x;y' }, { a: null }]],
    ['tags', [{ 'aws:a': 'x' }, { 'AWS:a': 'x' }, { a: 'aWs:x' }, { 'start-engines:retire': 'x' }]],
    ['tags', [JSON.parse('{"__proto__": "x"}')]],
    ['propagateTags', ['SERVICE', true, 'task_definition']],
    ['platformVersion', ['', 'latest', '1.4', 1.4]],
    ['enableECSManagedTags', ['true', 1]],
    ['enableExecuteCommand', ['false', 0]],
  ])('%s refuses what AWS refuses, and tags that look like marks', (key, values) => {
    for (const value of values) {
      const { problems } = merge({ [key]: value });
      expect(problems.map((problem) => problem.key.split(/[.[]/)[0])).toEqual([key]);
    }
  });

  it('have at most ten tags, including those of the defaults', () => {
    const defaults = { tags: numberedTags('common', 6) };
    expect(problemsOf({ tags: { ...numberedTags('own', 4), common0: 'y' } }, defaults)).toEqual([]);
    expect(problemsOf({ tags: numberedTags('own', 5) }, defaults)).toEqual([
      'auth: tags: expected at most 10 tags, got 11 with those of defaults',
    ]);
    expect(problemsOf({ tags: numberedTags('own', 11) }, defaults)).toEqual([
      'auth: tags: expected at most 10 tags, got 11',
    ]);
  });

  it('have a platform version only if the task may run on Fargate', () => {
    const instances = { capacityProviderStrategy: [{ capacityProvider: 'own-instances' }] };
    const spot = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] };
    expect(problemsOf({ platformVersion: '1.4.0', ...spot })).toEqual([]);
    expect(problemsOf({ platformVersion: '1.4.0', launchType: 'CLUSTER_DEFAULT' })).toEqual([]);
    expect(problemsOf({ platformVersion: '1.4.0', launchType: 'EC2' })).toEqual([
      'auth: platformVersion: is for Fargate only, and launchType is EC2',
    ]);
    expect(problemsOf({ platformVersion: '1.4.0', ...instances })).toEqual([
      'auth: platformVersion: is for Fargate only, and capacityProviderStrategy names own-instances',
    ]);
    expect(problemsOf({ platformVersion: '1.4.0' }, { launchType: 'EC2' })).toEqual([
      'auth: platformVersion: is for Fargate only, and in defaults launchType is EC2',
    ]);
    expect(problemsOf(instances, { platformVersion: '1.4.0' })).toEqual([
      'auth: capacityProviderStrategy: is not Fargate, and defaults gives a platformVersion, which is for Fargate only',
    ]);
  });
});
