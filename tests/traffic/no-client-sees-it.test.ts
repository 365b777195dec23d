import type { CallLogEntry } from '@start-engines/sandbox';
import { describe, expect, test } from 'vitest';
import { openBusyWorld } from './busy-world.ts';
import type { Exchange } from './steady-traffic.ts';

/** The drain is longer than the load balancer's deregistration lag, and longer than the lag of tag reads. */
const draining = { drainSeconds: 7, deregistrationLagMs: 6_500 };
const drainingTooShort = { drainSeconds: 0, deregistrationLagMs: 25_000 };

function of(exchanges: readonly Exchange[], service: string): readonly Exchange[] {
  return exchanges.filter((exchange) => exchange.service === service);
}

/** The number of responses by status. */
function answers(exchanges: readonly Exchange[]): Record<string, number> {
  const groups = Object.groupBy(exchanges, (exchange) => String(exchange.answer));
  return Object.fromEntries(Object.entries(groups).map(([answer, list]) => [answer, list?.length ?? 0]));
}

/** The requests that started before the task's deregistration and ended after StopTask. */
function acrossTheDrain(exchanges: readonly Exchange[], deregister: CallLogEntry, stop: CallLogEntry) {
  return exchanges.filter(({ begunAt, endedAt }) => begunAt < deregister.startedAt && endedAt > stop.startedAt);
}

describe('fifty requests per second through the load balancer, while the built zip', { timeout: 120_000 }, () => {
  test('restarts a service: no client of either service sees an error', async () => {
    await using world = await openBusyWorld(draining);
    const answer = await world.invoke({ action: 'restart', service: 'auth' });
    const exchanges = await world.endTraffic(1_000);
    console.log(answers(exchanges));
    expect(exchanges.filter((exchange) => exchange.answer !== 200)).toEqual([]);

    const { taskId, replacedTasks } = (answer as { body: { taskId: string; replacedTasks: string[] } }).body;
    const replaced = replacedTasks.map((taskArn) => taskArn.split('/').at(-1));
    expect(new Set(of(exchanges, 'auth').map((exchange) => exchange.task))).toEqual(new Set([...replaced, taskId]));
    expect(new Set(of(exchanges, 'pdf').map((exchange) => exchange.task)).size).toBe(1);

    const [deregister, stop] = [world.firstCall('DeregisterTargets'), world.firstCall('StopTask')];
    expect(acrossTheDrain(of(exchanges, 'auth'), deregister, stop)).not.toEqual([]);
    const late = exchanges.filter(({ task, begunAt }) => task === replaced[0] && begunAt > (deregister.endedAt ?? 0));
    expect(late, 'the load balancer still chose the old task after it had been deregistered').not.toEqual([]);
  });

  test('stops a service: no request before its deregistration fails, and none to the other service', async () => {
    await using world = await openBusyWorld(draining);
    const answer = await world.invoke({ action: 'stop', services: ['auth'] });
    const exchanges = await world.endTraffic(1_000);
    console.log(answers(exchanges));
    expect(answer).toMatchObject({ body: { results: [{ service: 'auth', status: 'stopped' }] } });
    expect(of(exchanges, 'pdf').filter((exchange) => exchange.answer !== 200)).toEqual([]);

    const [deregister, stop] = [world.firstCall('DeregisterTargets'), world.firstCall('StopTask')];
    const auth = of(exchanges, 'auth');
    const before = auth.filter((exchange) => exchange.begunAt < deregister.startedAt);
    expect(before.filter((exchange) => exchange.answer !== 200)).toEqual([]);
    expect(acrossTheDrain(auth, deregister, stop)).not.toEqual([]);
    // Later requests find no target, but the task answers all requests that the load balancer has sent to it.
    const after = auth.filter((exchange) => exchange.begunAt >= deregister.startedAt);
    expect(Object.keys(answers(after))).toEqual(['200', '503']);
  });

  test('restarts a service whose drain is too short: clients see errors, so the two tests above can fail', async () => {
    await using world = await openBusyWorld(drainingTooShort);
    await world.invoke({ action: 'restart', service: 'auth' });
    const exchanges = await world.endTraffic(2_000);
    console.log(answers(exchanges));
    expect(of(exchanges, 'auth').filter((exchange) => exchange.answer === 502)).not.toEqual([]);
    expect(of(exchanges, 'pdf').filter((exchange) => exchange.answer !== 200)).toEqual([]);
  });
});
