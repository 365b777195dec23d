import { describe, expect, test } from 'vitest';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { afterChange, balancer, endTask, type Loose, options, target, task, unhealthy } from './changed-evidence.ts';

test('a service without faults has no broken link', () => {
  expect(afterChange(() => {})).toEqual({ first: undefined, summary: undefined, mend: undefined, symptoms: [] });
});

describe('the cause is reported, not its symptom', () => {
  test('a security group of the load balancer that blocks its own traffic', () => {
    const diagnosis = afterChange((evidence) => {
      unhealthy(evidence, 'Target.Timeout');
      evidence.securityGroups.value[0].egress = [];
    });
    expect(diagnosis).toMatchObject({
      first: 'security-groups',
      summary: "shared's security group does not let it reach the task on port 8080",
      symptoms: ['targets < security-groups'],
    });
    expect(diagnosis.mend).toBe(
      'aws ec2 authorize-security-group-egress --group-id sg-alb --ip-permissions "IpProtocol=tcp,FromPort=8080,ToPort=8080,UserIdGroupPairs=[{GroupId=sg-task}]" --region us-east-2',
    );
  });

  test('a closed health check port', () => {
    const diagnosis = afterChange((evidence) => {
      unhealthy(evidence, 'Target.Timeout');
      evidence.groups.value[0].found.healthCheck.port = '9000';
    });
    expect(diagnosis).toMatchObject({ first: 'security-groups', summary: expect.stringContaining('on port 9000') });
  });

  test('a target that times out although nothing blocks it', () => {
    const diagnosis = afterChange((evidence) => unhealthy(evidence, 'Target.Timeout'));
    expect(diagnosis).toMatchObject({
      first: 'targets',
      symptoms: [],
      mend: 'aws logs tail /ecs/auth --since 1h --region us-east-2',
    });
  });

  test('a security group that made a start fail', () => {
    const diagnosis = afterChange((evidence) => {
      endTask(evidence, { retire: { by: 'start', asked: evidence.now }, stopCode: 'UserInitiated' });
      evidence.interfaces.value = [];
      evidence.securityGroups.value[1].ingress = [];
    });
    expect(diagnosis).toMatchObject({ first: 'security-groups' });
    expect(diagnosis.symptoms).toEqual([
      'targets < security-groups',
      'task < security-groups',
      'last-stop < security-groups',
    ]);
  });

  test('a fault that will make the next start of a stopped service fail', () => {
    const diagnosis = afterChange((evidence) => {
      endTask(evidence, { retire: { by: 'stop', asked: evidence.now } });
      evidence.definition.value.found.networkMode = 'bridge';
    });
    expect(diagnosis).toMatchObject({
      first: 'task-definition',
      summary: 'auth-task:7 has the network mode bridge, but its tasks need their own address: awsvpc',
    });
  });

  test('a missing mapping', () => {
    const diagnosis = afterChange((evidence) => {
      evidence.mapping = { kind: 'absent' };
      Object.assign(evidence, { groups: { value: [] }, mappedGroups: { value: [] }, tasks: { value: [] } });
      evidence.definition.value = undefined;
    });
    expect(diagnosis).toMatchObject({ first: 'mapping', summary: 'auth has no mapping' });
    expect(diagnosis.symptoms).toEqual([
      'listener-rule < mapping',
      'target-group < mapping',
      'targets < mapping',
      'task < mapping',
    ]);
  });
});

describe('one link after the other', () => {
  test.each<[what: string, change: (evidence: Loose) => void, first: string, summary: RegExp]>([
    [
      'a redirecting listener is ignored',
      (evidence) => {
        balancer(evidence).listeners[0].rules = [
          { ...balancer(evidence).listeners[0].rules[1], action: { kind: 'other', description: 'redirect to https' } },
        ];
      },
      'listener-rule',
      /^no listener routes \/api\/auth to the service/,
    ],
    [
      'a rule for /api/auth only, and not for the paths below it',
      (evidence) => {
        balancer(evidence).listeners[0].rules[0].paths = ['/api/auth'];
      },
      'listener-rule',
      /^shared \(HTTPS 443\) does not route \/api\/auth\/\* to the service$/,
    ],
    [
      'paths are case-sensitive',
      (evidence) => {
        balancer(evidence).listeners[0].rules[0].paths = ['/API/auth', '/API/auth/*'];
      },
      'listener-rule',
      /^no rule of shared \(HTTPS 443\) routes \/api\/auth to auth$/,
    ],
    [
      'another host',
      (evidence) => {
        balancer(evidence).listeners[0].rules[0].hosts = ['auth.example'];
        evidence.host = 'other.example';
      },
      'listener-rule',
      /^no rule of shared/,
    ],
    [
      'an address without a network interface',
      (evidence) => {
        evidence.interfaces.value = [];
      },
      'network-interface',
      /^no network interface has the task's address 10\.0\.1\.5$/,
    ],
    [
      'two tasks',
      (evidence) => evidence.tasks.value.push({ ...task(evidence), taskArn: 'other' }),
      'task',
      /^2 tasks are live$/,
    ],
    [
      'a newer task with unusable facts, next to the healthy task',
      (evidence) => {
        const { facts: _, ...foreign } = { ...task(evidence), taskArn: 'task/main/foreign', privateIp: '10.0.1.9' };
        evidence.tasks.value.unshift({ ...foreign, factsProblem: { kind: 'unreadable', field: 'asked' } });
      },
      'task',
      /^task foreign carries launch facts whose asked is out of bounds$/,
    ],
    [
      'a task without launch facts, and no other',
      (evidence) => {
        delete task(evidence).facts;
        evidence.groups.value[0].found.targets = [];
      },
      'task',
      /^no task of the service runs; task 0123456789abcdef0123456789abcdef carries no launch facts$/,
    ],
    [
      'a task that is still starting',
      (evidence) => Object.assign(task(evidence), { lastStatus: 'PENDING' }),
      'task',
      /^the task is still starting: PENDING for 1 h$/,
    ],
    [
      'a role that may not be passed',
      (evidence) => {
        evidence.envelope.value.taskRoleArns = [];
      },
      'envelope',
      /^the function's role may not access arn:aws:iam::123456789012:role\/task, which the mapping names$/,
    ],
    [
      'the function of another workspace',
      (evidence) => {
        evidence.function.value.parameterPath = '/start-engines/prod';
      },
      'envelope',
      /^the function reads the mappings of another workspace: \/start-engines\/prod$/,
    ],
    [
      'a missing function',
      (evidence) => {
        evidence.function.value = undefined;
      },
      'envelope',
      /^the function is not deployed$/,
    ],
  ])('%s', (_what, change, first, summary) => {
    const diagnosis = afterChange(change);
    expect(diagnosis.first).toBe(first);
    expect(diagnosis.summary).toMatch(summary);
  });

  test.each<[what: string, change: (evidence: Loose) => void]>([
    [
      'another host',
      (evidence) => {
        balancer(evidence).listeners[0].rules[0].hosts = ['auth.example'];
      },
    ],
    [
      'a rule with an unknown condition before the service’s own',
      (evidence) =>
        balancer(evidence).listeners[0].rules.unshift({
          ...balancer(evidence).listeners[0].rules[1],
          priority: 1,
          otherConditions: ['http-header'],
        }),
    ],
    [
      'a CIDR block that contains the load balancer’s addresses',
      (evidence) => {
        Object.assign(evidence.securityGroups.value[1].ingress[0], { groupIds: [], cidrs: ['10.0.0.0/28'] });
      },
    ],
    [
      'an envelope that was not published',
      (evidence) => {
        evidence.envelope.value = undefined;
      },
    ],
    [
      'foreign targets in a shared group',
      (evidence) => {
        evidence.mapping.loaded.mapping.exclusiveTargetGroup = false;
        evidence.groups.value[0].found.targets.push({ ...target(evidence), ip: '10.9.9.9' });
      },
    ],
    [
      'a draining target',
      (evidence) =>
        evidence.groups.value[0].found.targets.push({ ...target(evidence), ip: '10.9.9.9', state: 'draining' }),
    ],
  ])('reports no fault for %s', (_what, change) => {
    expect(afterChange(change).first).toBeUndefined();
  });
});

test('suggested commands repeat doctor’s own options, quoted for every shell', () => {
  const suggested = createMendCommands(
    { ...options, workspace: 'prod', profile: 'ops team', region: 'eu-west-1' },
    'eu-west-1',
  );
  expect(suggested.engines('start', 'auth')).toBe(
    'engines start auth --workspace prod --region eu-west-1 --profile "ops team"',
  );
  expect(suggested.aws('x', '[]')).toBe('aws x "[]" --region eu-west-1 --profile "ops team"');
});
