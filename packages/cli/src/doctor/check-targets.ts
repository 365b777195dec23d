import { addressesOf, formatTarget, hasAddress, isLive, type Task } from '@start-engines/core';
import type { Check } from './check.ts';
import type { Evidence, TargetEvidence } from './evidence.ts';
import { type Finding, type LinkId, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { addressableTask, type GroupThatIs, groupsThatAre, keptTask, mappingOf, readable } from './views.ts';

/** Whether the task, and nothing else, is registered in each of its target groups, and healthy. */
export const checkTargets: Check = (evidence, commands) => {
  if ('problem' in evidence.groups) return unknown(evidence.groups.problem);
  if ('problem' in evidence.tasks) return unknown(evidence.tasks.problem);
  const groups = groupsThatAre(evidence);
  if (groups.length === 0) {
    const summary = 'there is no target group';
    return { status: 'broken', summary, evidence: [], mend: [], explainedBy: ['target-group', 'mapping'] };
  }
  const findings = groups.map((group) => checkGroup(group, evidence, commands));
  const worst = (['broken', 'unknown'] as const).flatMap((bad) => findings.filter(({ status }) => status === bad));
  return worst[0] ?? ok(findings.map(({ summary }) => summary).join(', '));
};

function checkGroup(group: GroupThatIs, evidence: Evidence, commands: MendCommands): Finding {
  const { name, port, found } = group;
  const task = addressableTask(evidence);
  const serving = found.targets.filter((target) => !isDraining(target));
  const own = serving.find((target) => task !== undefined && hasAddress(task, target.ip) && target.port === port);
  const foreign = serving.filter((target) => target !== own);
  // The targets of tasks that start or retire belong to the service, too.
  const ips = new Set((readable(evidence.tasks) ?? []).filter(isLive).flatMap(addressesOf));
  const stale = foreign.find(({ ip }) => !ips.has(ip));
  if (own !== undefined && failing.has(own.state)) return describeUnhealthy(group, own, evidence, commands);
  const isExclusive = mappingOf(evidence)?.exclusiveTargetGroup ?? keptTask(evidence)?.facts?.exclusiveTargetGroup;
  if (stale !== undefined && isExclusive === undefined && evidence.mapping.kind === 'unreadable') {
    return unknown(`whether ${nameOf(stale)} in ${name} may be another's: ${evidence.mapping.problem}`);
  }
  if (stale !== undefined && isExclusive !== false) return describeStale(group, stale, evidence, commands);
  if (own !== undefined && own.state !== 'healthy') {
    return unknown(`whether ${nameOf(own)} gets requests: it is ${stateOf(own)} in ${name}`);
  }
  if (own !== undefined) return ok(`${nameOf(own)} is healthy in ${name}`);
  return describeAbsent(group, keptTask(evidence), task, evidence, commands);
}

function describeStale(
  group: GroupThatIs,
  target: TargetEvidence,
  evidence: Evidence,
  commands: MendCommands,
): Finding {
  const former = (readable(evidence.tasks) ?? []).find((task) => hasAddress(task, target.ip));
  return {
    status: 'broken',
    summary: `${nameOf(target)} in ${group.name} belongs to no running task of the service`,
    evidence: [
      `${nameOf(target)} is ${stateOf(target)}`,
      former === undefined
        ? 'no task of the service is known to have had that address'
        : `task ${former.taskArn.split('/').at(-1)} had it and is ${former.lastStatus}`,
      'a load balancer without a healthy target sends requests to unhealthy ones',
    ],
    mend: [commands.engines('reconcile')],
  };
}

function describeAbsent(
  { name, port }: GroupThatIs,
  kept: Task | undefined,
  addressable: (Task & { readonly privateIp: string }) | undefined,
  { service }: Evidence,
  commands: MendCommands,
): Finding {
  if (addressable === undefined) {
    return {
      status: 'broken',
      summary: `no target is registered in ${name}`,
      evidence: [kept === undefined ? 'there is no task to register' : `the task is ${kept.lastStatus}`],
      mend: [commands.engines('start', service)],
      explainedBy: ['task', 'last-stop', 'task-definition', 'mapping', 'envelope'],
    };
  }
  return {
    status: 'broken',
    summary: `the task runs but is not registered in ${name}`,
    evidence: [`${formatTarget(addressable.privateIp, port)} is not among the targets`],
    mend: [commands.engines('reconcile')],
    explainedBy: ['task'],
  };
}

/** States of a target that gets no requests. Other unhealthy states, and future ones, leave it open. */
const failing = new Set(['initial', 'unhealthy', 'unused']);

/** The links that may cause a target's state, by its reason. */
const causes: Readonly<Record<string, readonly LinkId[]>> = {
  'Target.Timeout': ['network-interface', 'security-groups', 'task-definition'],
  'Target.FailedHealthChecks': ['network-interface', 'task-definition'],
  'Target.NotInUse': ['listener-rule', 'zones'],
};

function describeUnhealthy(
  group: GroupThatIs,
  target: TargetEvidence,
  evidence: Evidence,
  commands: MendCommands,
): Finding {
  const { name, targetGroupArn, found } = group;
  const { path, port, matcher, timeoutSeconds } = found.healthCheck;
  const check = `GET ${path} on port ${port === 'traffic-port' ? target.port : port}, expecting ${matcher} within ${timeoutSeconds} s`;
  const { service } = evidence;
  const broken = {
    status: 'broken',
    summary: `${nameOf(target)} is ${stateOf(target)} in ${name}`,
    evidence: [`health check: ${check}`, ...(target.description === undefined ? [] : [target.description])],
    explainedBy: causes[target.reason ?? ''] ?? [],
  } as const;
  switch (target.reason) {
    case 'Target.ResponseCodeMismatch':
      return {
        ...broken,
        mend: [
          ...logsOf(evidence, commands),
          'If the container answers on another path, change the health check:',
          commands.aws(
            ...['elbv2', 'modify-target-group', '--target-group-arn', targetGroupArn],
            ...['--health-check-path', '/<path>'],
          ),
        ],
      };
    case 'Target.IpUnusable':
      return { ...broken, mend: [commands.engines('mappings', 'edit', service), commands.engines('restart', service)] };
    case 'Elb.RegistrationInProgress':
    case 'Elb.InitialHealthChecking':
      return { ...broken, mend: [commands.engines('status', service, '--watch')] };
    default:
      return { ...broken, mend: [...logsOf(evidence, commands), commands.engines('restart', service)] };
  }
}

/** Commands that show the container's log, if it is in CloudWatch Logs. */
export function logsOf({ definition }: Evidence, commands: MendCommands): readonly string[] {
  const containers = ('value' in definition ? definition.value?.found?.containers : undefined) ?? [];
  const groups = new Set(containers.flatMap(({ logGroup }) => logGroup ?? []));
  return [...groups].map((group) => commands.aws('logs', 'tail', group, '--since', '1h'));
}

const isDraining = ({ state }: TargetEvidence) => state === 'draining' || state === 'unhealthy.draining';

function nameOf({ ip, port }: TargetEvidence): string {
  return formatTarget(ip, port);
}

function stateOf({ state, reason }: TargetEvidence): string {
  return reason === undefined ? state : `${state} (${reason})`;
}
