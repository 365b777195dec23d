import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, vi } from 'vitest';
import { type WorldService, worldService } from '../../scripts/world/services.ts';
import { renamed } from '../front-door/open-front-door.ts';
import { runInProcess } from './engines-in-process.ts';
import { readJson } from './json-schema.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

/** A service for each fault, so that they are independent. */
const names = [
  ...['healthy', 'half', 'lost', 'shadowed', 'patterned', 'no-group', 'instances', 'rival', 'zoned', 'walled', 'ill'],
  ...[
    'port',
    'bridge',
    'retired',
    'crashed',
    'unasked',
    'idle',
    'stopped',
    'stale',
    'forgotten',
    'edited',
    'outside',
    'strange',
  ],
];
const services = [...names.map((name) => renamed('auth', name)), worldService('reports')];
export const service = (name: string) => services.find((one) => one.name === name) as WorldService;
const idle = new Set(['zoned', 'walled', 'ill', 'port', 'bridge', 'crashed', 'unasked', 'idle', 'reports']);

/** The target that a load balancer uses for a service. */
interface RuleOfService {
  readonly ListenerArn: string;
  readonly RuleArn: string;
}

/** A world with services to break, and the tools to plant faults. */
export interface DoctorWorld extends CliWorld {
  readonly elb: ElasticLoadBalancingV2Client;
  /** Doctor's report on a service, validated against the schema. */
  doctor(name: string): Promise<Diagnosed>;
  start(what: Readonly<Record<string, unknown>>): Promise<void>;
  startInVain(name: string): Promise<unknown>;
  /** ARN of a service's target group. */
  group(name: string): string;
  /** The rule that routes to a service's target group. */
  ruleOf(name: string): Promise<RuleOfService>;
  /** Waits until the target group's only target has that state. */
  becomes(name: string, wanted: string): Promise<void>;
}

export interface Diagnosed {
  readonly exitCode: number | null;
  readonly stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: the schema has validated it, and tests read any part of it
  readonly report: any;
}

/** Faults must be visible at once, so no read is stale. */
export async function openDoctorWorld(): Promise<DoctorWorld> {
  const defaults = { startTimeoutSeconds: 800, healthyTimeoutSeconds: 800 };
  const opened = await openCliWorld({ speed: 4, consistency: 'strong', world: { services, defaults } });
  const elb = opened.door.clients.elasticLoadBalancing;
  const group = (name: string) => opened.door.targetGroupArn(`${name}-tg`);
  const world: DoctorWorld = {
    ...opened,
    elb,
    group,
    async doctor(name) {
      const { exitCode, stdout, stderr } = await runInProcess(['doctor', name, '--json'], opened.environment);
      return { exitCode, stderr, report: readJson('doctor', stdout) };
    },
    async start(what) {
      const { thrown } = await opened.door.invoke({ action: 'start', ...what });
      expect(thrown).toBeUndefined();
    },
    startInVain: (name) => opened.door.invoke({ action: 'start', service: name, wait: 'healthy' }),
    async ruleOf(name) {
      const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
      const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn;
      const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
      const ListenerArn = Listeners?.[0]?.ListenerArn ?? '';
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
      const rule = Rules.find(
        ({ Actions }) => Actions?.[0]?.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn === group(name),
      );
      return { ListenerArn, RuleArn: rule?.RuleArn ?? '' };
    },
    becomes: (name, wanted) =>
      vi.waitFor(() => {
        const targets = opened.door.sandbox.elb.targets(group(name));
        const states = targets.map(({ health: { State, Reason } }) => [State, Reason].filter(Boolean).join(' '));
        expect(states).toEqual([wanted]);
      }, 90_000),
  };
  await world.start({ services: names.filter((name) => !idle.has(name)), wait: 'healthy' });
  return world;
}
