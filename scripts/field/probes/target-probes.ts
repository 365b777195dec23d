import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { send } from './call-function.ts';
import type { Probe } from './probe.ts';
import { awaitHealth, deregister, emptyGroup, healthOf, register, runTarget } from './targets.ts';
import { errorOf, until } from './world.ts';

/** The settings of the groups in the field test. */
const intervalMs = 5_000;
const healthyThreshold = 5;
const deregistrationDelayMs = 5_000;

/** Probes of target groups and their targets. */
export const targetProbes: readonly Probe[] = [
  {
    fact: 'AWS-031',
    async run(world) {
      await using target = await runTarget(world);
      await register(world, 'healthy', target.ip);
      await awaitHealth(world, 'healthy', target.ip, ['healthy']);
      await deregister(world, 'healthy', target.ip);
      const draining = await awaitHealth(world, 'healthy', target.ip, ['draining'], deregistrationDelayMs);
      await register(world, 'healthy', target.ip);
      const again = await awaitHealth(world, 'healthy', target.ip, ['initial', 'healthy'], deregistrationDelayMs);
      await deregister(world, 'healthy', target.ip);
      const holds = draining?.State === 'draining' && ['initial', 'healthy'].includes(again?.State ?? '');
      return { holds, observed: `${draining?.State}, then ${again?.State ?? 'absent'}` };
    },
  },
  {
    fact: 'AWS-032',
    async run(world) {
      const observed = await errorOf(deregister(world, 'healthy', '10.0.250.250'));
      return { holds: observed === 'no error', observed };
    },
  },
  {
    fact: 'AWS-033',
    async run(world) {
      await using target = await runTarget(world);
      await register(world, 'healthy', target.ip);
      const from = Date.now();
      await until(
        () => healthOf(world, 'healthy', target.ip),
        (health) => health?.Reason !== 'Elb.RegistrationInProgress' && health !== undefined,
        60_000,
      );
      const registered = Date.now() - from;
      const health = await awaitHealth(world, 'healthy', target.ip, ['healthy'], 60_000);
      const elapsed = Date.now() - from;
      await deregister(world, 'healthy', target.ip);
      return {
        holds: health?.State === 'healthy' && elapsed - registered < intervalMs * (healthyThreshold - 1),
        observed: `${health?.State} ${elapsed} ms after RegisterTargets; the threshold is ${healthyThreshold} checks`,
        measured: { targetRegistrationMs: [registered], firstHealthCheckMs: [elapsed - registered] },
      };
    },
  },
  {
    fact: 'AWS-034',
    async run(world) {
      await register(world, 'unused', '10.0.0.250');
      const health = await until(
        () => healthOf(world, 'unused', '10.0.0.250'),
        (found) => found !== undefined,
        20_000,
      );
      await deregister(world, 'unused', '10.0.0.250');
      return {
        holds: health?.State === 'unused' && health.Reason === 'Target.NotInUse',
        observed: `${health?.State}, ${health?.Reason}`,
      };
    },
  },
  {
    fact: 'AWS-035',
    async run(world) {
      await using target = await runTarget(world);
      await register(world, 'healthy', target.ip);
      await awaitHealth(world, 'healthy', target.ip, ['healthy']);
      const from = Date.now();
      await deregister(world, 'healthy', target.ip);
      await awaitHealth(world, 'healthy', target.ip, ['draining'], deregistrationDelayMs);
      await awaitHealth(world, 'healthy', target.ip, ['absent', 'unused'], 60_000);
      const elapsed = Date.now() - from;
      return {
        holds: elapsed >= deregistrationDelayMs * 0.8,
        observed: `draining for ${elapsed} ms; the delay is ${deregistrationDelayMs} ms`,
      };
    },
  },
  {
    fact: 'AWS-036',
    async run(world) {
      await emptyGroup(world, 'healthy');
      await using target = await runTarget(world);
      await register(world, 'healthy', target.ip);
      await awaitHealth(world, 'healthy', target.ip, ['healthy']);
      await send(world, [{ path: '/healthy' }]);
      await deregister(world, 'healthy', target.ip);
      const from = Date.now();
      const answers = await send(world, [{ path: '/healthy' }], { times: 40, pauseMs: 200 });
      // nginx has no page of this path, so 404 also comes from the task.
      const last = answers.findLast(({ status }) => status === 200 || status === 404);
      const lag = last === undefined ? 0 : Math.max(0, last.at - from);
      const refused = answers.at(-1)?.status;
      return {
        holds: refused === 503,
        observed: `chosen for ${lag} ms after DeregisterTargets; then ${refused}`,
        measured: { deregistrationLagMs: [lag] },
      };
    },
  },
  {
    fact: 'AWS-037',
    async run(world) {
      await using target = await runTarget(world);
      await register(world, 'failing', target.ip);
      const health = await awaitHealth(world, 'failing', target.ip, ['unhealthy']);
      const [answer] = await send(world, [{ path: '/failing' }]);
      await deregister(world, 'failing', target.ip);
      const answered = answer?.status === 200 || answer?.status === 404;
      return {
        holds: health?.State === 'unhealthy' && answered,
        observed: `${health?.State}, and a request gets ${answer?.status}`,
      };
    },
  },
  {
    fact: 'AWS-039',
    async run(world) {
      await using target = await runTarget(world);
      await register(world, 'weightless', target.ip);
      const health = await awaitHealth(world, 'weightless', target.ip, ['healthy'], 60_000);
      const [answer] = await send(world, [{ path: '/weightless' }]);
      await deregister(world, 'weightless', target.ip);
      return {
        holds: health?.State === 'healthy' && answer?.status === 503,
        observed: `${health?.State}, and a request gets ${answer?.status}`,
      };
    },
  },
  {
    fact: 'AWS-042',
    readOnly: true,
    async run({ clients, resources }) {
      const TargetGroupArn = resources.groups.empty.replace(/[^/]+$/, '0123456789abcdef');
      const call = clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
      const error: unknown = await call.then(() => undefined).catch((caught: unknown) => caught);
      const { name = 'no error', Code = name } = (error ?? {}) as { name?: string; Code?: string };
      return { holds: Code === 'TargetGroupNotFound' || name === 'TargetGroupNotFoundException', observed: Code };
    },
  },
];
