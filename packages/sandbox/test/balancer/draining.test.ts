import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Balancer, createBalancer } from '../../src/balancer/balancer.ts';
import { createHttpHealthProbe } from '../../src/balancer/http-health-probe.ts';
import { noDelays } from '../../src/durations.ts';
import { createElbModel, type ElbModel } from '../../src/model/elb/elb-model.ts';
import { createNetwork } from '../../src/network.ts';
import { createProcessTaskRuntime } from '../../src/processes/process-task-runtime.ts';
import { createRandom } from '../../src/random.ts';
import { createRealClock } from '../../src/real-clock.ts';

const invocationContext = {
  service: 'elasticloadbalancing',
  requestId: '1',
  region: 'us-east-2',
  accountId: '123456789012',
} as const;

describe('a task behind the load balancer', () => {
  const network = createNetwork();
  const speed = 10;
  const clock = createRealClock(speed);
  const runtime = createProcessTaskRuntime({ network });
  let elb: ElbModel;
  let balancer: Balancer;
  let group: string;

  type Members = Readonly<Record<string, unknown>>;
  const call = async (operation: string, input: Members) =>
    (await elb.operations[operation]?.(input, { ...invocationContext, operation })) as Record<string, Members[]>;

  const stateOf = async (ip: string) => {
    const reply = await call('DescribeTargetHealth', { TargetGroupArn: group, Targets: [{ Id: ip, Port: 8080 }] });
    return (reply.TargetHealthDescriptions?.[0]?.TargetHealth as Members | undefined)?.State;
  };

  const start = async (ip: string, environment: Readonly<Record<string, string>>) => {
    const container = await runtime.start({
      taskArn: `arn:aws:ecs:us-east-2:123456789012:task/engines/${ip}`,
      containerName: 'auth',
      image: 'engine',
      privateIp: ip,
      containerPorts: [8080],
      entryPoint: [],
      command: [],
      environment,
    });
    await call('RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: ip }] });
    return container;
  };

  beforeAll(async () => {
    const probe = createHttpHealthProbe({ clock, network, speed });
    elb = createElbModel({
      clock,
      random: createRandom(1),
      durations: noDelays,
      probe,
      region: 'us-east-2',
      accountId: '123456789012',
    });
    balancer = createBalancer({ clock, speed, elb, network });
    const loadBalancers = await call('CreateLoadBalancer', { Name: 'engines', Subnets: ['subnet-1', 'subnet-2'] });
    const groups = await call('CreateTargetGroup', {
      Name: 'auth',
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: 'vpc-1',
      TargetType: 'ip',
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
    });
    group = String(groups.TargetGroups?.[0]?.TargetGroupArn);
    await call('CreateListener', {
      LoadBalancerArn: loadBalancers.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
    });
    await balancer.settled();
  });
  afterAll(async () => {
    await balancer.close();
    await runtime.close();
    clock.close();
  });

  it('receives requests, and finishes open requests when it drains and stops', async () => {
    expect((await fetch(balancer.url())).status).toBe(503);
    const container = await start('10.0.1.10', { SERVICE_NAME: 'auth', SLOW_MS: '500' });
    while ((await stateOf('10.0.1.10')) !== 'healthy') await delay(20);
    const inFlight = fetch(`${balancer.url()}/api/auth/me`);
    while (!runtime.output('arn:aws:ecs:us-east-2:123456789012:task/engines/10.0.1.10')?.includes('GET /api/auth/me')) {
      await delay(10);
    }
    await call('DeregisterTargets', { TargetGroupArn: group, Targets: [{ Id: '10.0.1.10' }] });
    expect(await stateOf('10.0.1.10')).toBe('draining');
    expect((await fetch(balancer.url())).status).toBe(503);
    if (process.platform !== 'win32') container.kill('SIGTERM');
    const reply = await inFlight;
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      service: 'auth',
      path: '/api/auth/me',
      headers: { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http', 'x-forwarded-port': '80' },
    });
  });

  it('fails its health checks, and receives requests only because no target is healthy', async () => {
    await start('10.0.1.11', { SERVICE_NAME: 'auth', UNHEALTHY: 'true' });
    // Before the process listens, its checks fail too, but a request would get a 502.
    while (!runtime.output('arn:aws:ecs:us-east-2:123456789012:task/engines/10.0.1.11')?.includes('listens')) {
      await delay(10);
    }
    while ((await stateOf('10.0.1.11')) !== 'unhealthy') await delay(50);
    expect((await fetch(balancer.url())).status).toBe(200);
    expect(elb.admin.counts().failOpenRequests).toBeGreaterThan(0);
  });

  it('loses its server with its listener', async () => {
    const url = balancer.url();
    const { Listeners } = await call('DescribeListeners', {
      LoadBalancerArn: (await call('DescribeLoadBalancers', {})).LoadBalancers?.[0]?.LoadBalancerArn,
    });
    await call('DeleteListener', { ListenerArn: Listeners?.[0]?.ListenerArn });
    await balancer.settled();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect(() => balancer.url('engines')).toThrow('engines has no listener');
  });
});
