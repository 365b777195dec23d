import type { AllowedOverrides, ServiceMapping, StartOverrides } from '@start-engines/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyOverrides, overridesNotApplied } from '../src/plan/launch-settings.ts';
import { groupArn, secondGroupArn } from './samples.ts';

function mapping(changes: Partial<ServiceMapping> = {}): ServiceMapping {
  return {
    service: 'auth',
    cluster: 'auth-cluster',
    taskDefinition: 'auth-api-task',
    port: 8080,
    targetGroups: [
      { targetGroupArn: groupArn, port: 8080 },
      { targetGroupArn: secondGroupArn, port: 9090 },
    ],
    subnets: ['subnet-1'],
    securityGroups: ['sg-1'],
    assignPublicIp: 'DISABLED',
    capacity: { launchType: 'FARGATE' },
    environment: { MODE: 'quick' },
    wait: 'running',
    startTimeoutSeconds: 300,
    healthyTimeoutSeconds: 120,
    drainSeconds: 15,
    dependsOn: [],
    exclusiveTargetGroup: true,
    allowOverrides: {},
    ...changes,
  };
}

function forbiddenFields(allowOverrides: AllowedOverrides, overrides: StartOverrides): unknown {
  try {
    applyOverrides(mapping({ allowOverrides }), overrides);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'OverrideNotAllowed' });
    return (error as { context: { fields: unknown } }).context.fields;
  }
}

describe('a sender of events may not run arbitrary tasks (R20)', () => {
  test.each<[string, AllowedOverrides, StartOverrides, string[]]>([
    ['only named values are allowed', {}, { taskDefinition: 'evil' }, ['taskDefinition']],
    ['a literal value', { taskDefinition: ['auth:7'] }, { taskDefinition: 'auth:7' }, []],
    ['another value', { taskDefinition: ['auth:7'] }, { taskDefinition: 'auth:8' }, ['taskDefinition']],
    ['a pattern', { taskDefinition: ['auth:*'] }, { taskDefinition: 'auth:8' }, []],
    ['a pattern is anchored', { taskDefinition: ['auth:*'] }, { taskDefinition: 'xauth:8' }, ['taskDefinition']],
    ['a star in the middle', { cluster: ['a*c*e'] }, { cluster: 'abcde' }, []],
    ['parts of a pattern may not overlap', { cluster: ['ab*ba'] }, { cluster: 'aba' }, ['cluster']],
    ['a dot matches only a dot', { cluster: ['a.*'] }, { cluster: 'abc' }, ['cluster']],
    ['every member of a list', { subnets: ['subnet-1'] }, { subnets: ['subnet-1', 'subnet-2'] }, ['subnets']],
    ['a number', { port: [8081] }, { port: 8081 }, []],
    ['a number is not equal to its text', { port: ['8081'] }, { port: 8081 }, ['port']],
    ['variables by name', { environment: ['MODE'] }, { environment: { MODE: 'x', PATH: '/' } }, ['environment.PATH']],
    [
      'all forbidden values are reported together',
      {},
      { cluster: 'c', port: 1, environment: { A: '' } },
      ['cluster', 'port', 'environment.A'],
    ],
  ])('%s', (_, allowOverrides, overrides, fields) => {
    expect(forbiddenFields(allowOverrides, overrides)).toEqual(fields);
  });
});

test('a pattern permits the same values as the equivalent regular expression', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
  const value = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
  fc.assert(
    fc.property(word, value, (pattern, cluster) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(cluster);
      expect(forbiddenFields({ cluster: [pattern] }, { cluster })).toEqual(expected ? [] : ['cluster']);
    }),
    { numRuns: 2_000 },
  );
});

test('an overridden port also applies to target groups on the service’s own port', () => {
  const { mapping: merged } = applyOverrides(mapping({ allowOverrides: { port: [8081] } }), { port: 8081 });
  expect(merged.port).toBe(8081);
  expect(merged.targetGroups).toEqual([
    { targetGroupArn: groupArn, port: 8081 },
    { targetGroupArn: secondGroupArn, port: 9090 },
  ]);
});

test('an overridden target group replaces all others', () => {
  const allowOverrides = { targetGroupArn: [secondGroupArn] };
  const { mapping: merged } = applyOverrides(mapping({ allowOverrides }), { targetGroupArn: secondGroupArn });
  expect(merged.targetGroups).toEqual([{ targetGroupArn: secondGroupArn, port: 8080 }]);
});

test('overrides are compared with the task’s settings, whether from the mapping or from an override', () => {
  const allowOverrides = { taskDefinition: ['*'], environment: ['MODE'], subnets: ['*'] };
  const plain = applyOverrides(mapping({ allowOverrides }), {});
  const same = applyOverrides(mapping({ allowOverrides }), {
    taskDefinition: 'auth-api-task',
    environment: { MODE: 'quick' },
    subnets: ['subnet-1'],
  });
  const other = applyOverrides(mapping({ allowOverrides }), {
    taskDefinition: 'auth:9',
    environment: { MODE: 'slow' },
  });
  expect(overridesNotApplied(same.requested, plain.fingerprints)).toEqual([]);
  expect(overridesNotApplied(other.requested, plain.fingerprints)).toEqual(['taskDefinition', 'environment.MODE']);
  expect(overridesNotApplied(plain.requested, other.fingerprints)).toEqual([]);
});

test('a cluster’s name and its ARN are equal', () => {
  const arn = 'arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster';
  const allowOverrides = { cluster: ['*'] };
  const byName = applyOverrides(mapping({ allowOverrides, cluster: 'auth-cluster' }), { cluster: arn });
  const byArn = applyOverrides(mapping({ allowOverrides, cluster: arn }), { cluster: 'auth-cluster' });
  expect(overridesNotApplied(byName.requested, byArn.fingerprints)).toEqual([]);
  expect(overridesNotApplied(byArn.requested, byName.fingerprints)).toEqual([]);
  const elsewhere = applyOverrides(mapping({ allowOverrides }), { cluster: 'spare-cluster' });
  expect(overridesNotApplied(elsewhere.requested, byArn.fingerprints)).toEqual(['cluster']);
});

test('the digests do not reveal the environment’s values', () => {
  const { fingerprints } = applyOverrides(mapping({ environment: { TOKEN: 'hunter2' } }), {});
  expect(JSON.stringify(fingerprints)).not.toContain('hunter2');
  expect(fingerprints['environment.TOKEN']).toHaveLength(8);
});
