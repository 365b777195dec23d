import type { Sandbox } from '@start-engines/sandbox';
import { parameterPath } from '../world/seed-world.ts';
import type { CellWorld } from './cell-world.ts';

/** A task in the sandbox's model, without read lag. */
export type TrueTask = ReturnType<Sandbox['ecs']['tasks']>[number];

export interface TrueTarget {
  readonly group: string;
  readonly ip: string;
  readonly state: string;
}

const statusesUpToRunning = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING'];

/** `start-engines/dev/api` */
export function ownerOf(service: string): string {
  return `${parameterPath.slice(1)}/${service}`;
}

export function tasksOf({ sandbox }: CellWorld, service: string): readonly TrueTask[] {
  return sandbox.ecs.tasks().filter((task) => task.startedBy === ownerOf(service));
}

export function isLive(task: TrueTask): boolean {
  return task.desiredStatus === 'RUNNING' && statusesUpToRunning.includes(task.lastStatus);
}

export function liveTasksOf(world: CellWorld, service: string): readonly TrueTask[] {
  return tasksOf(world, service).filter(isLive);
}

/** Live tasks without a retire mark. A launch may replace a retiring task before that task has been stopped. */
export function keptTasksOf(world: CellWorld, service: string): readonly TrueTask[] {
  return liveTasksOf(world, service).filter(
    ({ tags }) => !tags.some(({ key }) => key?.startsWith('start-engines:retire')),
  );
}

export function ipOf(task: TrueTask): string | undefined {
  return task.containers[0]?.networkInterfaces[0]?.privateIpv4Address;
}

/** Targets that are registered and not draining, in all target groups. */
export function registeredTargets({ sandbox, groups }: CellWorld): readonly TrueTarget[] {
  return Object.entries(groups).flatMap(([group, arn]) =>
    sandbox.elb
      .targets(arn)
      .filter(({ health }) => !health.State.includes('draining'))
      .map(({ id, health }) => ({ group, ip: id, state: health.State })),
  );
}

/** Whether the service has exactly one kept task, which is RUNNING and registered in all target groups of the service. */
export function isUp(world: CellWorld, service: string): boolean {
  const [task, ...others] = keptTasksOf(world, service);
  return (
    task !== undefined &&
    others.length === 0 &&
    task.lastStatus === 'RUNNING' &&
    isFullyRegistered(world, service, task)
  );
}

/** Whether the service has no live task and no registered target. */
export function isDown(world: CellWorld, service: string): boolean {
  const targets = registeredTargets(world).filter(({ group }) => belongsTo(group, service));
  return liveTasksOf(world, service).length === 0 && targets.length === 0;
}

/** Whether the task is registered in every target group of the service. */
export function isFullyRegistered(world: CellWorld, service: string, task: TrueTask): boolean {
  const ip = ipOf(task);
  const registered = registeredTargets(world).filter((target) => target.ip === ip);
  return Object.keys(world.groups)
    .filter((group) => belongsTo(group, service))
    .every((group) => registered.some((target) => target.group === group));
}

function belongsTo(group: string, service: string): boolean {
  return group.replace(/-\d+$/, '') === service;
}

/** Whether no task is starting or stopping. @param stuck whether the scenario's tasks never run: a starting task is at rest */
export function isSettled(world: CellWorld, stuck = false): boolean {
  return world.sandbox.ecs.tasks().every((task) => {
    return task.lastStatus === 'STOPPED' || (isLive(task) && (stuck || task.lastStatus === 'RUNNING'));
  });
}
