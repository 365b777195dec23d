import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { Evidence } from '../../src/doctor/evidence.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { soundEvidence } from './sound-evidence.ts';

// Unread facts are unknown: they never make a sound link broken or a broken link sound.

const options = {
  workspace: 'dev',
  functionName: 'f:live',
  parameterPath: '/start-engines/dev',
  json: false,
  yes: false,
};
const commands = createMendCommands(options, 'us-east-2');

// biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only, and each case changes one place of it
type Loose = any;
type Change = (evidence: Loose) => void;

const reads = [
  ...['groups', 'mappedGroups', 'loadBalancers', 'tasks', 'otherPlanes', 'interfaces', 'securityGroups', 'subnets'],
  ...['definition', 'function', 'envelope'],
];
const missing: readonly (readonly [what: string, change: Change])[] = [
  ...reads.map((name): readonly [string, Change] => [
    name,
    (evidence) => {
      evidence[name] = { problem: `${name} denied` };
    },
  ]),
  [
    'mapping',
    (evidence) => {
      evidence.mapping = { kind: 'unreadable', problem: 'mapping denied' };
    },
  ],
  [
    "the load balancer's addresses",
    (evidence) => {
      evidence.loadBalancers.value[0].ips = [];
    },
  ],
];

const group = (evidence: Loose) => evidence.groups.value[0].found;
const balancer = (evidence: Loose) => evidence.loadBalancers.value[0];
const faults: readonly (readonly [what: string, change: Change])[] = [
  ['nothing', () => {}],
  [
    'no task',
    (evidence) => {
      evidence.tasks.value = [];
      evidence.interfaces.value = [];
      group(evidence).targets = [];
    },
  ],
  [
    'a task that crashed',
    (evidence) => {
      Object.assign(evidence.tasks.value[0], {
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
      });
      evidence.interfaces.value = [];
      group(evidence).targets = [];
    },
  ],
  [
    'a task in a zone that neither the load balancer nor the mapping uses any more',
    (evidence) => Object.assign(evidence.interfaces.value[0], { zone: 'us-east-2c', subnetId: 'subnet-c' }),
  ],
  [
    'a mapping with a subnet in a zone that the load balancer does not use',
    (evidence) => {
      evidence.subnets.value[0].zone = 'us-east-2c';
    },
  ],
  [
    'a closed security group',
    (evidence) => {
      evidence.securityGroups.value[1].ingress = [];
    },
  ],
  [
    'a security group that admits only other addresses',
    (evidence) => Object.assign(evidence.securityGroups.value[1].ingress[0], { groupIds: [], cidrs: ['10.9.0.0/16'] }),
  ],
  [
    'a task with other security groups than the mapping names',
    (evidence) => {
      evidence.interfaces.value[0].groupIds = ['sg-other'];
      evidence.securityGroups.value.push({ id: 'sg-other', name: 'other', ingress: [], egress: [] });
    },
  ],
  ['a foreign target', (evidence) => group(evidence).targets.push({ ip: '10.9.9.9', port: 8080, state: 'healthy' })],
  [
    'a foreign target in a shared group',
    (evidence) => {
      evidence.mapping.loaded.mapping.exclusiveTargetGroup = false;
      evidence.tasks.value[0].facts.exclusiveTargetGroup = false;
      group(evidence).targets.push({ ip: '10.9.9.9', port: 8080, state: 'healthy' });
    },
  ],
  [
    'an unregistered task',
    (evidence) => {
      group(evidence).targets = [];
    },
  ],
  [
    'a deleted rule',
    (evidence) => {
      balancer(evidence).listeners[0].rules.shift();
    },
  ],
  [
    'a deleted target group',
    (evidence) => {
      evidence.groups.value[0].found = undefined;
      evidence.mappedGroups.value[0].found = undefined;
    },
  ],
  [
    'an ECS service in the same group',
    (evidence) => {
      evidence.otherPlanes.value = [
        {
          serviceName: 'old',
          cluster: 'main',
          targetGroupArn: evidence.groups.value[0].targetGroupArn,
          desiredCount: 1,
          runningCount: 1,
        },
      ];
    },
  ],
  [
    'a task definition with another port',
    (evidence) => {
      evidence.definition.value.found.containers[0].ports = [9999];
    },
  ],
  [
    'a role outside the envelope',
    (evidence) => {
      evidence.envelope.value.taskRoleArns = [];
    },
  ],
  [
    'no function',
    (evidence) => {
      evidence.function.value = undefined;
    },
  ],
];

function statuses(...changes: readonly Change[]): Readonly<Record<string, string>> {
  const evidence = structuredClone(soundEvidence()) as Evidence;
  for (const change of changes) change(evidence);
  const { links } = diagnose(evidence, commands);
  return Object.fromEntries(links.map(({ id, status }) => [id, status === 'symptom' ? 'broken' : status]));
}

describe.each(faults)('%s', (_, plant) => {
  const whole = statuses(plant);

  test.each(missing)('without %s', (_what, hide) => {
    const told = statuses(plant, hide);
    const wrong = Object.entries(told).filter(([id, status]) => status !== 'unknown' && status !== whole[id]);
    expect(wrong).toEqual([]);
  });
});
