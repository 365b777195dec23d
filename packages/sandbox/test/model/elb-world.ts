import { noDelays, type SandboxDurations } from '../../src/durations.ts';
import type { Vpc } from '../../src/model/ec2/vpc.ts';
import { createElbModel, type ElbModel } from '../../src/model/elb/elb-model.ts';
import type { HealthCheck, HealthCheckResult } from '../../src/model/health-probe.ts';
import { createRandom } from '../../src/random.ts';
import { createVirtualClock, type VirtualClock } from '../../src/virtual-clock.ts';

export type Reply = Readonly<Record<string, unknown>>;

export interface ElbWorld {
  readonly clock: VirtualClock;
  readonly model: ElbModel;
  /** The health checks made so far. */
  readonly checks: HealthCheck[];
  /** The result of the next health checks. */
  answer: HealthCheckResult;
  /** The delay of the result. */
  answerAfterMs: number;
  call(operation: string, input?: Reply): Promise<Reply>;
  /** Creates the target group `auth` on port 8080, which no rule uses. Returns its ARN. */
  makeGroup(input?: Reply): Promise<string>;
  /** Creates a load balancer and a listener on port 80 that answers 404. Returns the ARNs. */
  makeListener(name?: string): Promise<{ loadBalancerArn: string; listenerArn: string }>;
  /** Forwards `/api/auth/*` to the group. Returns the rule's ARN. */
  forward(listenerArn: string, targetGroupArn: string, priority?: number): Promise<string>;
  /** The results of DescribeTargetHealth, each as `ip:port state reason`. */
  health(targetGroupArn: string, input?: Reply): Promise<readonly string[]>;
}

/** By default registration takes two seconds and the first check follows a second later. */
export const simpleDurations: SandboxDurations = {
  ...noDelays,
  targetRegistrationMs: [2_000, 2_000],
  firstHealthCheckMs: [1_000, 1_000],
};

export const notFound = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'nothing here' },
};

/** An account without load balancers, at 2026-01-01T00:00:00Z, whose targets answer 200. */
export function createElbWorld(
  options: { durations?: Partial<SandboxDurations>; seed?: number; vpc?: Vpc } = {},
): ElbWorld {
  const clock = createVirtualClock();
  const checks: HealthCheck[] = [];
  const model = createElbModel({
    clock,
    random: createRandom(options.seed ?? 1),
    durations: { ...simpleDurations, ...options.durations },
    probe: {
      check(check) {
        checks.push(check);
        const { answer, answerAfterMs } = world;
        if (answerAfterMs === 0) return Promise.resolve(answer);
        return clock.sleep(answerAfterMs).then(() => answer);
      },
    },
    region: 'us-east-2',
    accountId: '123456789012',
    ...(options.vpc === undefined ? {} : { vpc: options.vpc }),
  });

  const call: ElbWorld['call'] = async (operation, input = {}) => {
    const run = model.operations[operation];
    if (run === undefined) throw new Error(`there is no ${operation}`);
    const context = { operation, requestId: 'r', region: 'us-east-2', accountId: '123456789012' };
    return run(input, { ...context, service: 'elasticloadbalancing' });
  };

  const world: ElbWorld = {
    clock,
    model,
    checks,
    answer: { kind: 'answered', statusCode: 200 },
    answerAfterMs: 0,
    call,
    async makeGroup(input = {}) {
      const { TargetGroups } = await call('CreateTargetGroup', { ...groupInput, ...input });
      return (TargetGroups as { TargetGroupArn: string }[])[0]?.TargetGroupArn ?? '';
    },
    async makeListener(name = 'shared') {
      const balancers = await call('CreateLoadBalancer', { Name: name, Subnets: ['subnet-a', 'subnet-b'] });
      const loadBalancerArn = (balancers.LoadBalancers as { LoadBalancerArn: string }[])[0]?.LoadBalancerArn ?? '';
      const input = { LoadBalancerArn: loadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: [notFound] };
      const { Listeners } = await call('CreateListener', input);
      return { loadBalancerArn, listenerArn: (Listeners as { ListenerArn: string }[])[0]?.ListenerArn ?? '' };
    },
    async forward(listenerArn, targetGroupArn, priority = 10) {
      const { Rules } = await call('CreateRule', {
        ListenerArn: listenerArn,
        Priority: priority,
        Conditions: [{ Field: 'path-pattern', Values: ['/api/auth', '/api/auth/*'] }],
        Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
      });
      return (Rules as { RuleArn: string }[])[0]?.RuleArn ?? '';
    },
    async health(targetGroupArn, input = {}) {
      const reply = await call('DescribeTargetHealth', { TargetGroupArn: targetGroupArn, ...input });
      const descriptions = reply.TargetHealthDescriptions as HealthDescription[];
      return descriptions.map(({ Target, TargetHealth }) =>
        [`${Target.Id}:${Target.Port}`, TargetHealth.State, TargetHealth.Reason].filter(Boolean).join(' '),
      );
    },
  };
  return world;
}

interface HealthDescription {
  readonly Target: { readonly Id: string; readonly Port: number };
  readonly TargetHealth: { readonly State: string; readonly Reason?: string };
}

/** A group that checks every 10 s and drains for 20 s once its attribute is set. */
export const groupInput = {
  Name: 'auth',
  Protocol: 'HTTP',
  Port: 8080,
  TargetType: 'ip',
  HealthCheckPath: '/health',
  HealthCheckIntervalSeconds: 10,
  HealthyThresholdCount: 3,
  UnhealthyThresholdCount: 2,
};

/** A group in use by a listener, with one registered target at 10.0.0.5:8080. */
export async function makeRegisteredTarget(world: ElbWorld) {
  const targetGroupArn = await world.makeGroup();
  const { listenerArn, loadBalancerArn } = await world.makeListener();
  const ruleArn = await world.forward(listenerArn, targetGroupArn);
  await world.call('RegisterTargets', { TargetGroupArn: targetGroupArn, Targets: [{ Id: '10.0.0.5', Port: 8080 }] });
  return { targetGroupArn, listenerArn, loadBalancerArn, ruleArn };
}
