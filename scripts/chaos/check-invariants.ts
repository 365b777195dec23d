import type { CallLogEntry } from '@start-engines/sandbox';
import type { CellWorld } from './cell-world.ts';
import { ipOf, isFullyRegistered, isLive, liveTasksOf, registeredTargets, type TrueTask } from './truth.ts';

/** The invariants that do not hold once all tasks are at rest, one sentence each. */
export function checkInvariants(
  world: CellWorld,
  services: readonly string[],
  bystander: TrueTask | undefined,
): readonly string[] {
  return [
    ...services.flatMap((service) => checkTasks(world, service)),
    ...checkTargets(world),
    ...checkGenerations(world.sandbox.calls.list({ service: 'ecs', operation: 'RunTask' })),
    ...checkBystander(world, bystander),
  ];
}

function checkTasks(world: CellWorld, service: string): string[] {
  const live = liveTasksOf(world, service);
  const orphans = live.filter((task) => !isFullyRegistered(world, service, task));
  return [
    ...(live.length > 1 ? [`${live.length} tasks of ${service} are live (invariant 1)`] : []),
    ...orphans.map((task) => `a ${task.lastStatus} task of ${service} is not in all its target groups (invariant 2)`),
  ];
}

function checkTargets(world: CellWorld): string[] {
  const running = new Set(world.sandbox.ecs.tasks().filter(isLive).map(ipOf));
  return registeredTargets(world)
    .filter(({ ip }) => !running.has(ip))
    .map(({ group, ip }) => `${ip} is registered in ${group}, but no live task has this address (invariant 3)`);
}

/** All RunTask calls with the same token must return the same task. */
function checkGenerations(entries: readonly CallLogEntry[]): string[] {
  const launched = new Map<string, Set<unknown>>();
  for (const { input, output } of entries) {
    const token = String(input.clientToken);
    const tasks = (output?.tasks ?? []) as readonly { readonly taskArn: string }[];
    const known = launched.get(token) ?? new Set();
    for (const { taskArn } of tasks) known.add(taskArn);
    launched.set(token, known);
  }
  return [...launched.values()]
    .filter(({ size }) => size > 1)
    .map(({ size }) => `one generation has ${size} tasks (invariant 1)`);
}

function checkBystander({ sandbox }: CellWorld, bystander: TrueTask | undefined): string[] {
  if (bystander === undefined) return [];
  const now = sandbox.ecs.tasks().find((task) => task.taskArn === bystander.taskArn);
  if (now !== undefined && isLive(now)) return [];
  return [`the task of another service has ended (invariant 4): ${now?.stopCode} ${now?.stoppedReason}`];
}
