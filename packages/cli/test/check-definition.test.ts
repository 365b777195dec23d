import type { ServiceMapping } from '@start-engines/core';
import { describe, expect, test } from 'vitest';
import { describeChosenContainer, findDefinitionProblem } from '../src/envelope/check-definition.ts';
import type { FoundDefinition } from '../src/envelope/read-definition.ts';
import { soundEvidence } from './doctor/sound-evidence.ts';

function soundMapping(changes: Partial<ServiceMapping> = {}): ServiceMapping {
  const { mapping } = soundEvidence();
  if (mapping.kind !== 'loaded') throw new Error('no mapping');
  return { ...mapping.loaded.mapping, ...changes };
}

const container = (name: string, ports: FoundDefinition['containers'][number]['ports'] = [], essential = true) => ({
  name,
  image: 'engine',
  essential,
  ports,
  logGroup: undefined,
});

const arn = 'arn:aws:ecs:us-east-2:123456789012:task-definition/auth-task:7';

const definition = (changes: Partial<FoundDefinition> = {}): FoundDefinition => ({
  arn,
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  taskRoleArn: undefined,
  executionRoleArn: undefined,
  containers: [container('auth', [8080])],
  ...changes,
});

const find = (changes: Partial<ServiceMapping>, found: Partial<FoundDefinition>, cluster?: object) =>
  findDefinitionProblem(
    soundMapping(changes),
    { asked: 'auth-task', found: definition(found) },
    cluster === undefined ? undefined : { name: 'main', capacityProviders: [], defaultProviders: [], ...cluster },
  );

const strategy = (...providers: string[]): Partial<ServiceMapping> => ({
  capacity: { capacityProviderStrategy: providers.map((capacityProvider) => ({ capacityProvider, weight: 1 })) },
});

// Public bug reports, case 03: every capacity provider counted as Fargate’s.
describe('where a task runs', () => {
  test.each([
    ['own-instances', ['EC2']],
    ['own-instances', ['EC2', 'MANAGED_INSTANCES']],
    ['own-instances', ['MANAGED_INSTANCES']],
    ['FARGATE_SPOT', ['EC2', 'FARGATE']],
    ['FARGATE', ['FARGATE']],
  ])('the capacity provider %s fits a task definition for %j', (provider, compatibilities) => {
    expect(find(strategy(provider), { compatibilities })).toBeUndefined();
  });

  test.each([
    [
      'own-instances',
      ['FARGATE'],
      'auth-task:7 is compatible with FARGATE, not with the capacity provider own-instances',
    ],
    ['FARGATE_SPOT', ['EC2'], 'auth-task:7 is compatible with EC2, not with the capacity provider FARGATE_SPOT'],
  ])('the capacity provider %s does not fit a task definition for %j', (provider, compatibilities, message) => {
    const problem = find(strategy(provider), { compatibilities });
    expect([problem?.key, problem?.message]).toEqual(['capacityProviderStrategy', message]);
  });

  test('a capacity provider that the cluster lacks is a problem of the strategy', () => {
    const cluster = { capacityProviders: ['FARGATE', 'own-instances'] };
    expect(find(strategy('own-instances'), {}, cluster)).toBeUndefined();
    expect(find(strategy('FARGATE_SPOT'), {}, cluster)).toEqual({
      key: 'capacityProviderStrategy',
      message: 'the capacity provider FARGATE_SPOT is not associated with the cluster main',
      evidence: ['its capacity providers: FARGATE, own-instances'],
    });
  });

  test.each([
    [{ defaultProviders: ['FARGATE'] }, ['FARGATE'], undefined],
    [{ defaultProviders: ['own-instances'] }, ['MANAGED_INSTANCES'], undefined],
    [
      { defaultProviders: ['own-instances'] },
      ['FARGATE'],
      'auth-task:7 is compatible with FARGATE, not with the capacity provider own-instances (the default of main)',
    ],
    [
      {},
      ['FARGATE'],
      'auth-task:7 is compatible with FARGATE, not with EC2 (the cluster main has no default capacity provider strategy)',
    ],
    [undefined, ['FARGATE'], undefined],
  ])('the default strategy of the cluster decides: %j', (cluster, compatibilities, message) => {
    const problem = find({ capacity: { clusterDefault: true } }, { compatibilities }, cluster);
    expect([problem?.key, problem?.message]).toEqual([message && 'launchType', message]);
  });

  test('a platform version needs a default strategy of Fargate', () => {
    const mapping = { capacity: { clusterDefault: true }, taskOptions: { platformVersion: '1.4.0' } } as const;
    expect(find(mapping, {}, { defaultProviders: ['FARGATE_SPOT'] })).toBeUndefined();
    expect(find(mapping, {}, { defaultProviders: ['own-instances'] })).toMatchObject({
      key: 'platformVersion',
      message: 'is for Fargate only, but the task runs on the capacity provider own-instances (the default of main)',
    });
  });
});

// Public bug reports: tags and ECS Exec.
describe('the options of a task', () => {
  test('propagated tags of a task definition count', () => {
    const tagKeys = Array.from('abcdefgh');
    const tags = { a: 'own', i: 'own', j: 'own' };
    expect(find({ taskOptions: { tags, propagateTags: 'TASK_DEFINITION' } }, { tagKeys })).toBeUndefined();
    const more = { ...tags, k: 'own' };
    expect(find({ taskOptions: { tags: more } }, { tagKeys })).toBeUndefined();
    expect(find({ taskOptions: { tags: more, propagateTags: 'TASK_DEFINITION' } }, { tagKeys })).toMatchObject({
      key: 'propagateTags',
      message: 'a task can have 10 tags, but there are 11 including those of auth-task:7',
    });
  });

  test('a tag of a task definition that would count as a mark on a task is refused', () => {
    const found = { tagKeys: ['team', 'start-engines:retire.1'] };
    expect(find({ taskOptions: { propagateTags: 'TASK_DEFINITION' } }, found)).toMatchObject({
      key: 'propagateTags',
      message:
        'auth-task:7 has the tag start-engines:retire.1, which on a task would be read as a mark of start-engines',
    });
    expect(find({ taskOptions: { propagateTags: 'NONE' } }, found)).toBeUndefined();
  });

  test('ECS Exec needs a task role', () => {
    const mapping = { taskOptions: { enableExecuteCommand: true } };
    expect(find(mapping, { taskRoleArn: 'arn:aws:iam::123456789012:role/task' })).toBeUndefined();
    expect(find(mapping, {})).toMatchObject({
      key: 'enableExecuteCommand',
      message: 'auth-task:7 has no task role, which ECS Exec requires',
    });
    expect(find({ taskOptions: { enableExecuteCommand: false } }, {})).toBeUndefined();
  });
});

// Public bug reports, case 07: no message said which container gets the environment.
describe('the container of a mapping without containerName', () => {
  const describeChoice = (containers: FoundDefinition['containers'], changes: Partial<ServiceMapping> = {}) =>
    describeChosenContainer(soundMapping(changes), definition({ containers }));

  test.each([
    [
      [container('log_router'), container('web', [8080])],
      'the environment goes to the container web: it exposes port 8080',
    ],
    [
      [container('log_router'), container('web', [{ from: 8000, to: 8100 }])],
      'the environment goes to the container web: it exposes port 8080',
    ],
    [
      [container('proxy', [8080], false), container('web', [8080])],
      'the environment goes to the container web: proxy, web expose port 8080, and it is the first essential one',
    ],
    [
      [container('log_router'), container('web')],
      'the environment goes to the container log_router: no container exposes port 8080, and it is the first essential one',
    ],
  ])('is named with the reason', (containers, sentence) => {
    expect(describeChoice(containers)).toBe(sentence);
  });

  test('is not named if there is no choice', () => {
    expect(describeChoice([container('web')])).toBeUndefined();
    expect(
      describeChoice([container('log_router'), container('web', [8080])], { containerName: 'web' }),
    ).toBeUndefined();
  });

  test('can expose the port through a range', () => {
    const containers = [container('web', [{ from: 8000, to: 8100 }])];
    expect(find({}, { containers })).toBeUndefined();
    expect(find({}, { containers: [container('web', [{ from: 9000, to: 9100 }, 80])] })).toEqual({
      key: 'port',
      message: 'no container of auth-task:7 exposes port 8080 of the mapping',
      evidence: ['web: 9000-9100, 80'],
    });
  });
});
