import { DescribeTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
  type TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { launch, runInput } from './task-life.ts';
import { type GroupName, type ProbeWorld, until } from './world.ts';

/** A running task that a probe may register. */
export interface RunningTarget extends AsyncDisposable {
  readonly ip: string;
}

/** Starts a task and waits until it is RUNNING. It is stopped on disposal. */
export async function runTarget({ clients, resources }: ProbeWorld): Promise<RunningTarget> {
  const { cluster } = resources;
  const { taskArn = '' } = await launch(clients, runInput(resources));
  const stop = async () => {
    await clients.ecs.send(new StopTaskCommand({ cluster, task: taskArn, reason: 'field test: the probe is over' }));
  };
  const read = async () => {
    const reply = await clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    return reply.tasks?.[0];
  };
  const task = await until(read, (found) => found?.lastStatus === 'RUNNING' || found?.lastStatus === 'STOPPED');
  const details = task?.attachments?.flatMap((attachment) => attachment.details ?? []) ?? [];
  const ip = details.find(({ name }) => name === 'privateIPv4Address')?.value;
  if (task?.lastStatus !== 'RUNNING' || ip === undefined) {
    await stop();
    throw new Error(`the task is ${task?.lastStatus}: ${task?.stoppedReason ?? 'without a reason'}`);
  }
  return { ip, [Symbol.asyncDispose]: stop };
}

const Port = 80;

export async function register({ clients, resources }: ProbeWorld, group: GroupName, ip: string): Promise<void> {
  const TargetGroupArn = resources.groups[group];
  await clients.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: ip, Port }] }));
}

/** Removes what an interrupted run of a probe has left in the group. */
export async function emptyGroup({ clients, resources }: ProbeWorld, group: GroupName): Promise<void> {
  const TargetGroupArn = resources.groups[group];
  const { TargetHealthDescriptions = [] } = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  const Targets = TargetHealthDescriptions.flatMap(({ Target }) => Target ?? []);
  if (Targets.length > 0) await clients.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
}

export async function deregister({ clients, resources }: ProbeWorld, group: GroupName, ip: string): Promise<void> {
  const TargetGroupArn = resources.groups[group];
  await clients.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: ip, Port }] }));
}

/** The target's health in the group; undefined if it is not registered. */
export async function healthOf(
  { clients, resources }: ProbeWorld,
  group: GroupName,
  ip: string,
): Promise<TargetHealth | undefined> {
  const TargetGroupArn = resources.groups[group];
  const reply = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return reply.TargetHealthDescriptions?.find(({ Target }) => Target?.Id === ip)?.TargetHealth;
}

/** Waits until the target has one of the states, and returns the last health that was read. */
export function awaitHealth(
  world: ProbeWorld,
  group: GroupName,
  ip: string,
  states: readonly string[],
  patienceMs?: number,
) {
  return until(
    () => healthOf(world, group, ip),
    (health) => states.includes(health?.State ?? 'absent'),
    patienceMs,
  );
}
