import { formatProblems, mergeMapping, parseMappingDocument } from '@start-engines/config';
import { describe, expect, it } from 'vitest';
import { authDocument, authGroup, defaultsDocument, faGroup } from './support/documents.ts';

const defaultsParameter = { parameter: '/start-engines/dev/defaults', version: 4 };
const authParameter = { parameter: '/start-engines/dev/services/auth', version: 7 };

function merge(own: unknown, defaults: unknown = defaultsDocument(), service = 'auth') {
  return mergeMapping(
    parseMappingDocument(JSON.stringify(defaults), defaultsParameter),
    parseMappingDocument(JSON.stringify(own), authParameter),
    service,
  );
}

/** All problems, each as `key: message`. */
function problemsOf(own: unknown, defaults?: unknown): string[] {
  return merge(own, defaults).problems.map(({ key, message }) => `${key}: ${message}`);
}

describe('a service mapping', () => {
  it('combines the service’s keys, the defaults and the built-in defaults', () => {
    expect(merge(authDocument()).mapping).toEqual({
      service: 'auth',
      cluster: 'engines',
      taskDefinition: 'auth-api-task',
      port: 8080,
      targetGroups: [{ targetGroupArn: authGroup, port: 8080 }],
      subnets: ['subnet-0a1b2c3d', 'subnet-0123456789abcdef0'],
      securityGroups: ['sg-0a1b2c3d'],
      assignPublicIp: 'DISABLED',
      capacity: { launchType: 'FARGATE' },
      environment: { LOG_LEVEL: 'info', REGION: 'us-east-2' },
      wait: 'running',
      startTimeoutSeconds: 300,
      healthyTimeoutSeconds: 120,
      drainSeconds: 15,
      dependsOn: [],
      exclusiveTargetGroup: true,
      allowOverrides: {},
    });
  });

  it('takes every key from the service', () => {
    const own = {
      $schema: '../schema/service-mapping.schema.json',
      cluster: 'arn:aws:ecs:us-east-2:123456789012:cluster/other',
      taskDefinition: 'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task-definition/fa:12',
      port: 2531,
      targetGroups: [{ arn: faGroup }, { arn: authGroup, port: 2532 }],
      subnets: ['subnet-ffffffff'],
      securityGroups: ['sg-ffffffff'],
      assignPublicIp: 'ENABLED',
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT', weight: 3 },
        { capacityProvider: 'FARGATE', weight: 1, base: 1 },
      ],
      containerName: 'fa',
      wait: 'healthy',
      startTimeoutSeconds: 840,
      healthyTimeoutSeconds: 5,
      drainSeconds: 0,
      dependsOn: ['users'],
      exclusiveTargetGroup: false,
      allowOverrides: { taskDefinition: ['fa:*'], port: [2531, 2533], environment: ['TRACE'] },
    };
    expect(merge(own).mapping).toEqual({
      service: 'auth',
      cluster: 'arn:aws:ecs:us-east-2:123456789012:cluster/other',
      taskDefinition: 'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task-definition/fa:12',
      port: 2531,
      targetGroups: [
        { targetGroupArn: faGroup, port: 2531 },
        { targetGroupArn: authGroup, port: 2532 },
      ],
      subnets: ['subnet-ffffffff'],
      securityGroups: ['sg-ffffffff'],
      assignPublicIp: 'ENABLED',
      capacity: {
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE_SPOT', weight: 3 },
          { capacityProvider: 'FARGATE', weight: 1, base: 1 },
        ],
      },
      containerName: 'fa',
      environment: { LOG_LEVEL: 'info', REGION: 'us-east-2' },
      wait: 'healthy',
      startTimeoutSeconds: 840,
      healthyTimeoutSeconds: 5,
      drainSeconds: 0,
      dependsOn: ['users'],
      exclusiveTargetGroup: false,
      allowOverrides: { taskDefinition: ['fa:*'], port: [2531, 2533], environment: ['TRACE'] },
    });
  });

  it('merges the environment variable by variable', () => {
    const { mapping } = merge({ ...authDocument(), environment: { LOG_LEVEL: 'debug', MODE: 'a' } });
    expect(mapping?.environment).toEqual({ LOG_LEVEL: 'debug', REGION: 'us-east-2', MODE: 'a' });
  });

  it('replaces permissions as a whole, so that a service can remove all of them', () => {
    const defaults = { ...defaultsDocument(), allowOverrides: { taskDefinition: ['*'], port: [1] } };
    expect(merge({ ...authDocument(), allowOverrides: { port: [2] } }, defaults).mapping?.allowOverrides).toEqual({
      port: [2],
    });
    expect(merge({ ...authDocument(), allowOverrides: {} }, defaults).mapping?.allowOverrides).toEqual({});
  });

  it('needs no defaults', () => {
    const own = parseMappingDocument(JSON.stringify({ ...defaultsDocument(), ...authDocument() }), authParameter);
    expect(mergeMapping(undefined, own, 'auth').mapping?.cluster).toBe('engines');
  });

  it('is validated after the service’s keys have replaced the defaults', () => {
    const defaults = { ...defaultsDocument(), port: 9, dependsOn: ['auth'] };
    expect(problemsOf({ ...authDocument(), dependsOn: ['users'] }, defaults)).toEqual([]);
    const { targetGroupArn: arn, ...rest } = authDocument();
    const own = { ...rest, dependsOn: ['users'], targetGroups: [{ arn }, { arn, port: 8080 }] };
    expect(problemsOf(own, defaults)).toEqual(['targetGroups[1]: repeats item 0: the same target group and port']);
  });

  it('gives a target group the service’s port, from either document', () => {
    const { port, ...own } = authDocument();
    expect(merge(own, { ...defaultsDocument(), port }).mapping?.targetGroups).toEqual([
      { targetGroupArn: authGroup, port: 8080 },
    ]);
  });
});

describe('a broken document', () => {
  it('R7: a port that is a string is an error that names the key', () => {
    expect(problemsOf({ ...authDocument(), port: '8080' })).toEqual([
      'port: expected a whole number from 1 to 65535, got the string "8080"',
    ]);
    expect(problemsOf({ ...authDocument(), port: 8080.5 })).toEqual([
      'port: expected a whole number from 1 to 65535, got 8080.5',
    ]);
    expect(problemsOf({ ...authDocument(), port: 0 })).toHaveLength(1);
    expect(problemsOf({ ...authDocument(), port: 65_536 })).toHaveLength(1);
  });

  it('R36: an empty value is an error in either document, and never overrides silently', () => {
    const empty = { cluster: '', subnets: [], securityGroups: [], environment: {}, dependsOn: [] };
    const expected = [
      'cluster: expected the name or ARN of a cluster, got an empty string',
      'dependsOn: expected a list with at least one item, got an empty list',
      'environment: expected at least one variable, got an empty object',
      'securityGroups: expected a list with at least one item, got an empty list',
      'subnets: expected a list with at least one item, got an empty list',
    ];
    expect(problemsOf({ ...authDocument(), ...empty }).sort()).toEqual(expected);
    expect(problemsOf({ ...defaultsDocument(), ...authDocument() }, empty).sort()).toEqual(expected);
    expect(problemsOf({ ...authDocument(), cluster: null })).toEqual([
      'cluster: expected the name or ARN of a cluster, got null',
    ]);
  });

  it('names every unknown key', () => {
    const own = {
      ...authDocument(),
      clustr: 1,
      'task definition': 2,
      allowOverrides: { taskRoleArn: ['*'], command: ['sh'] },
      targetGroups: undefined,
    };
    expect(problemsOf(own)).toEqual([
      'allowOverrides.taskRoleArn: is an unknown key',
      'allowOverrides.command: is an unknown key',
      'clustr: is an unknown key',
      '["task definition"]: is an unknown key',
    ]);
    expect(merge(JSON.parse('{"__proto__": {"cluster": "x"}}')).problems[0]).toMatchObject({
      key: '__proto__',
      message: 'is an unknown key',
    });
  });

  it('shows all problems at once: of the service, of the defaults, and of both together', () => {
    const own = { port: 'x', launchType: 'FARGATE', dependsOn: ['auth', 'auth'], wait: 'forever', drainSeconds: 301 };
    const defaults = { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }], subnets: ['vpc-1'] };
    expect(formatProblems(merge(own, defaults).problems).split('\n')).toEqual([
      '/start-engines/dev/defaults version 4: subnets[0]: expected the id of a subnet (subnet-…), got the string "vpc-1"',
      '/start-engines/dev/services/auth version 7: port: expected a whole number from 1 to 65535, got the string "x"',
      '/start-engines/dev/services/auth version 7: wait: expected one of running, healthy, none, got the string "forever"',
      '/start-engines/dev/services/auth version 7: drainSeconds: expected a whole number of seconds from 0 to 300, got 301',
      '/start-engines/dev/services/auth version 7: dependsOn[1]: repeats item 0',
      '/start-engines/dev/services/auth version 7: cluster: is required, here or in /start-engines/dev/defaults',
      '/start-engines/dev/services/auth version 7: taskDefinition: is required, here or in /start-engines/dev/defaults',
      '/start-engines/dev/services/auth version 7: targetGroupArn: is required, here or in /start-engines/dev/defaults (or targetGroups)',
      '/start-engines/dev/services/auth version 7: launchType: excludes capacityProviderStrategy, which /start-engines/dev/defaults gives: only one of the two may be given',
      '/start-engines/dev/services/auth version 7: dependsOn[0]: a service cannot depend on itself',
    ]);
  });

  it('may have a launch type or a strategy, one target group or several, never both', () => {
    const both = {
      ...authDocument(),
      launchType: 'EC2',
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
      targetGroups: [{ arn: faGroup }],
    };
    expect(problemsOf(both)).toEqual([
      'capacityProviderStrategy: excludes launchType: only one of the two may be given',
      'targetGroups: excludes targetGroupArn: only one of the two may be given',
    ]);
    expect(problemsOf(authDocument(), { ...defaultsDocument(), targetGroups: [{ arn: faGroup }] })).toEqual([
      'targetGroupArn: excludes targetGroups, which /start-engines/dev/defaults gives: only one of the two may be given',
    ]);
    const strategy = { ...authDocument(), capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] };
    expect(problemsOf(strategy, { ...defaultsDocument(), launchType: 'EC2' })).toEqual([
      'capacityProviderStrategy: excludes launchType, which /start-engines/dev/defaults gives: only one of the two may be given',
    ]);
  });

  it('reports no missing keys if the defaults, which may contain them, are invalid', () => {
    expect(problemsOf({ port: 8080 }, [])).toEqual([': expected an object, got an empty list']);
  });

  it('rejects duplicates in lists', () => {
    const { targetGroupArn, ...rest } = authDocument();
    const own = {
      ...rest,
      targetGroups: [{ arn: targetGroupArn }, { arn: faGroup }, { arn: targetGroupArn, port: 8080 }],
      subnets: ['subnet-a', 'subnet-b', 'subnet-a'],
      securityGroups: ['sg-a', 'sg-a'],
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }, { capacityProvider: 'FARGATE' }],
      allowOverrides: { taskDefinition: ['a:*', 'a:*'] },
    };
    expect(problemsOf(own)).toEqual([
      'subnets[2]: repeats item 0',
      'securityGroups[1]: repeats item 0',
      'allowOverrides.taskDefinition[1]: repeats item 0',
      'capacityProviderStrategy[1]: repeats item 0',
      'targetGroups[2]: repeats item 0: the same target group and port',
    ]);
  });

  it('may register one target group under two ports', () => {
    const { targetGroupArn, ...rest } = authDocument();
    expect(problemsOf({ ...rest, targetGroups: [{ arn: targetGroupArn }, { arn: targetGroupArn, port: 9 }] })).toEqual(
      [],
    );
  });

  it('neither sets nor allows the variable of the launch facts', () => {
    const own = {
      ...authDocument(),
      environment: { START_ENGINES_LAUNCH_FACTS: '{}' },
      allowOverrides: { environment: ['TRACE', 'START_ENGINES_LAUNCH_FACTS'] },
    };
    expect(merge(own).problems.map(({ key }) => key)).toEqual([
      'environment.START_ENGINES_LAUNCH_FACTS',
      'allowOverrides.environment[1]',
    ]);
  });

  it('never shows a possible secret', () => {
    const own = { ...authDocument(), environment: { '1PASSWORD': 'hunter2', PASSWORD: 12_345, '': 'hunter2' } };
    const texts = [
      ...problemsOf(own),
      ...problemsOf({ ...authDocument(), environment: 'hunter2' }),
      ...problemsOf('hunter2'),
      formatProblems(parseMappingDocument('{"environment": {"PASSWORD": hunter2', authParameter).problems),
    ];
    expect(texts).toHaveLength(6);
    expect(texts.join('\n')).not.toMatch(/hunter2|12345/);
  });

  it('accepts only valid names of environment variables', () => {
    const keys = (environment: unknown) => merge({ ...authDocument(), environment }).problems.map(({ key }) => key);
    expect(keys({ A: 'x', _b: 'x', 'spring.datasource-url': 'x' })).toEqual([]);
    expect(keys(JSON.parse('{"1A": "x", "A=B": "x", "__proto__": "x"}'))).toEqual([
      'environment.1A',
      'environment["A=B"]',
      'environment.__proto__',
    ]);
    expect(problemsOf({ ...authDocument(), allowOverrides: { environment: ['constructor', '__proto__'] } })).toEqual([
      'allowOverrides.environment[1]: expected the name of an environment variable (letters, digits, "_", "." and "-", no digit first), got the string "__proto__"',
    ]);
  });

  it('accepts only capacity options that RunTask accepts', () => {
    const strategy = (...items: unknown[]) => problemsOf({ ...authDocument(), capacityProviderStrategy: items });
    expect(strategy({ capacityProvider: 'FARGATE' }, { capacityProvider: 'FARGATE_SPOT', weight: 0 })).toEqual([
      'capacityProviderStrategy: needs at least one capacity provider with a weight above 0',
    ]);
    expect(
      strategy({ capacityProvider: 'FARGATE', base: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 1 }),
    ).toEqual(['capacityProviderStrategy: only one capacity provider may have a base']);
    expect(problemsOf({ ...authDocument(), launchType: 'EXTERNAL' })).toEqual([
      'launchType: expected one of FARGATE, EC2, CLUSTER_DEFAULT, got the string "EXTERNAL"',
    ]);
  });

  it.each([
    ['', 'is not JSON'],
    ['{', 'is not JSON'],
    ['[]', 'expected an object, got an empty list'],
    ['null', 'expected an object, got null'],
    ['8080', 'expected an object, got a number'],
  ])('that is %j is a problem of the whole document', (text, message) => {
    const own = parseMappingDocument(text, authParameter);
    expect(mergeMapping(undefined, own, 'auth')).toEqual({
      mapping: undefined,
      problems: [{ parameter: '/start-engines/dev/services/auth', version: 7, key: '', message }],
    });
  });
});

describe('the formats', () => {
  it.each([
    ['cluster', ['engines', 'arn:aws-cn:ecs:cn-north-1:123456789012:cluster/a_b'], ['a b', 'arn:aws:ecs:::cluster/x']],
    ['taskDefinition', ['auth', 'auth:3'], ['auth:0', 'auth:latest', 'a:1:2', 'arn:aws:ecs:x:1:task-definition/a']],
    ['targetGroupArn', [authGroup], ['auth', authGroup.replace('targetgroup', 'loadbalancer'), `${authGroup}/x`]],
    ['containerName', ['auth-api'], ['auth api', 'x'.repeat(256)]],
    ['assignPublicIp', ['ENABLED', 'DISABLED'], [true, 'enabled']],
    ['wait', ['none', 'running', 'healthy'], ['RUNNING', true]],
    ['startTimeoutSeconds', [10, 840], [9, 841, '300', 10.5]],
    ['healthyTimeoutSeconds', [5, 840], [4, 841]],
    ['drainSeconds', [0, 300], [-1, 301]],
    ['dependsOn', [['users']], ['users', ['Users'], ['all'], ['defaults'], ['auth:1']]],
    ['exclusiveTargetGroup', [true, false], ['false', 0]],
    ['subnets', [['subnet-0a1b2c3d']], ['subnet-0a1b2c3d', ['sg-0a1b2c3d'], ['subnet-']]],
    ['securityGroups', [['sg-0a1b2c3d']], [['subnet-0a1b2c3d'], Array.from({ length: 6 }, (_, i) => `sg-${i}`)]],
    [
      'allowOverrides',
      [{ cluster: ['dev-*'] }, { port: [80] }],
      [{ port: ['80'] }, { cluster: [] }, { environment: ['*'] }],
    ],
  ])('of %s', (key, right, wrong) => {
    for (const value of right) expect(problemsOf({ ...authDocument(), [key]: value })).toEqual([]);
    for (const value of wrong) {
      const { problems } = merge({ ...authDocument(), [key]: value });
      expect(problems.map((problem) => problem.key.split(/[.[]/)[0])).toEqual([key]);
    }
  });
});
