import { drawDuration } from '../../durations.ts';
import type { HealthCheckResult } from '../health-probe.ts';
import type { ElbState } from './elb-state.ts';
import { isReachable, loadBalancersByGroup, loadBalancersUsing } from './group-use.ts';
import type { TargetGroup, TargetHealth, TargetRecord } from './target-group.ts';

export const notRegistered: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotRegistered',
  Description: 'Target is not registered to the target group',
};
// AWS-034
const notInUse: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target group is not configured to receive traffic from the load balancer',
};
const zoneNotEnabled: TargetHealth = {
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description: 'Target is in an Availability Zone that is not enabled for the load balancer',
};
const ipUnusable: TargetHealth = {
  State: 'unused',
  Reason: 'Target.IpUnusable',
  Description: 'Target IP address is reserved for use by a load balancer',
};
const registering: TargetHealth = {
  State: 'initial',
  Reason: 'Elb.RegistrationInProgress',
  Description: 'Target registration is in progress',
};
const initialChecks: TargetHealth = {
  State: 'initial',
  Reason: 'Elb.InitialHealthChecking',
  Description: 'Initial health checks in progress',
};
/** The sandbox sends no health checks to functions. */
const checksDisabled: TargetHealth = {
  State: 'unavailable',
  Reason: 'Target.HealthCheckDisabled',
  Description: 'Health checks are not enabled for this target',
};
const draining: TargetHealth = {
  State: 'draining',
  Reason: 'Target.DeregistrationInProgress',
  Description: 'Target deregistration is in progress',
};

/** Records the DescribeTargetHealth results of a group in its history. */
export function publishHealth(state: ElbState, group: TargetGroup): void {
  const views = [...group.targets.values()].map(({ id, port, availabilityZone, health, pinned }) => ({
    id,
    port,
    availabilityZone,
    health: pinned ?? health,
  }));
  group.history.push(state.clock.now(), views);
  state.metrics.noteHealth(state.clock.now(), group);
}

/** Starts the checks of a target that has been registered or whose group is now in use. */
export function beginTarget(state: ElbState, group: TargetGroup, target: TargetRecord): void {
  stopWaiting(target);
  target.health = firstHealth(state, group, target);
  if (target.health === registering) {
    target.cancelNext = state.clock.after(drawDuration(state.durations.targetRegistrationMs, state.random), () => {
      setHealth(state, group, target, initialChecks);
      checkAfter(state, group, target, drawDuration(state.durations.firstHealthCheckMs, state.random));
    });
  }
  publishHealth(state, group);
}

function firstHealth(state: ElbState, group: TargetGroup, target: TargetRecord): TargetHealth {
  const users = loadBalancersUsing(state, group.arn);
  if (users.length === 0) return notInUse;
  if (group.targetType === 'lambda') return checksDisabled;
  if (!users.some((arn) => isZoneEnabled(state, arn, target))) return zoneNotEnabled;
  return state.balancerIps.has(target.id) ? ipUnusable : registering;
}

/** Targets outside the VPC's subnets belong to no zone. They are always served, as are targets in all zones. */
function isZoneEnabled(state: ElbState, loadBalancerArn: string, { id, availabilityZone }: TargetRecord): boolean {
  const zone = state.vpc.subnetOf(id)?.availabilityZone;
  if (zone === undefined || availabilityZone === 'all') return true;
  const interfaces = state.loadBalancers.get(loadBalancerArn)?.interfaces ?? [];
  return interfaces.some(({ availabilityZone }) => availabilityZone === zone);
}

/** Starts or stops the checks of groups that are now in use or no longer in use. */
export function followUse(state: ElbState): void {
  const groups = [...state.targetGroups.values()];
  // With a thousand groups, scanning the rules of every listener for each of them is slow.
  const usersOf = loadBalancersByGroup(state);
  for (const group of groups.filter(({ targets }) => targets.size > 0)) {
    const users = usersOf.get(group.arn) ?? [];
    for (const target of group.targets.values()) {
      if (target.health.State === 'draining') continue;
      const used = users.some((arn) => isZoneEnabled(state, arn, target));
      const waits = target.health.Reason === 'Target.NotInUse';
      if (used === waits) beginTarget(state, group, target);
    }
  }
}

/** Deregisters a target: it is `draining` for the whole deregistration delay, and then removed. AWS-035. */
export function drainTarget(state: ElbState, group: TargetGroup, target: TargetRecord): void {
  const delayMs = Number(group.attributes.get('deregistration_delay.timeout_seconds')) * 1_000;
  stopWaiting(target);
  // An unused group receives no requests, so there is no need to wait.
  if (target.health.Reason === 'Target.NotInUse' || delayMs === 0) {
    removeTarget(state, group, target);
    return;
  }
  target.healthBeforeDraining = target.pinned ?? target.health;
  target.pinned = undefined;
  target.chosenUntil = state.clock.now() + drawDuration(state.durations.deregistrationLagMs, state.random);
  target.cancelNext = state.clock.after(delayMs, () => removeTarget(state, group, target));
  setHealth(state, group, target, draining);
}

function removeTarget(state: ElbState, group: TargetGroup, target: TargetRecord): void {
  group.targets.delete(`${target.id}:${target.port}`);
  publishHealth(state, group);
}

/** Cancels the pending steps of a target. */
export function stopWaiting(target: TargetRecord): void {
  target.cancelNext();
  target.cancelNext = () => {};
  target.epoch++;
  target.passes = 0;
  target.failures = 0;
}

function setHealth(state: ElbState, group: TargetGroup, target: TargetRecord, health: TargetHealth): void {
  target.health = health;
  publishHealth(state, group);
}

function checkAfter(state: ElbState, group: TargetGroup, target: TargetRecord, delayMs: number): void {
  target.cancelNext = state.clock.after(delayMs, () => {
    const { epoch } = target;
    // The interval is measured from the start of a check, not from its end.
    checkAfter(state, group, target, group.healthCheck.intervalSeconds * 1_000);
    // A probe over HTTP takes real time. In accelerated time it may exceed the interval, and checks must not overlap.
    if (target.checkedEpoch === epoch) return;
    target.checkedEpoch = epoch;
    void checkOnce(state, group, target).then((result) => {
      if (target.epoch !== epoch) return;
      target.checkedEpoch = undefined;
      judge(state, group, target, result);
    });
  });
}

function checkOnce(state: ElbState, group: TargetGroup, target: TargetRecord): Promise<HealthCheckResult> {
  state.counts.healthChecks++;
  const { path, port: checkedPort, timeoutSeconds } = group.healthCheck;
  const port = checkedPort === 'traffic-port' ? target.port : Number(checkedPort);
  const timeoutMs = timeoutSeconds * 1_000;
  if (!isReachable(state, () => loadBalancersUsing(state, group.arn), target.id, port)) {
    // Security groups drop blocked packets, so there is no reply.
    return new Promise((resolve) => state.clock.after(timeoutMs, () => resolve({ kind: 'timeout' })));
  }
  return state.probe.check({ ip: target.id, port, path, timeoutMs });
}

function judge(state: ElbState, group: TargetGroup, target: TargetRecord, result: HealthCheckResult): void {
  const { healthyThreshold, unhealthyThreshold, matcher } = group.healthCheck;
  if (result.kind === 'answered' && matchesCode(matcher, result.statusCode)) {
    target.passes++;
    target.failures = 0;
    // A new target needs one passed check. A target that has failed needs the threshold. AWS-033.
    const needed = target.health.State === 'initial' ? 1 : healthyThreshold;
    if (target.health.State !== 'healthy' && target.passes >= needed)
      setHealth(state, group, target, { State: 'healthy' });
    return;
  }
  target.failures++;
  target.passes = 0;
  if (target.health.State === 'unhealthy' || target.failures >= unhealthyThreshold) {
    setHealth(state, group, target, unhealthy(result));
  }
}

function unhealthy(result: HealthCheckResult): TargetHealth {
  switch (result.kind) {
    case 'answered':
      return {
        State: 'unhealthy',
        Reason: 'Target.ResponseCodeMismatch',
        Description: `Health checks failed with these codes: [${result.statusCode}]`,
      };
    case 'timeout':
      return { State: 'unhealthy', Reason: 'Target.Timeout', Description: 'Request timed out' };
    case 'refused':
      return { State: 'unhealthy', Reason: 'Target.FailedHealthChecks', Description: 'Health checks failed' };
  }
}

/** Whether a status code is in a matcher such as `200,202` or `200-299`. */
export function matchesCode(matcher: string, statusCode: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return statusCode >= Number(from) && statusCode <= Number(to);
  });
}
