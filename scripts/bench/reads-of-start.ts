import type { InMemoryWorld } from '@start-engines/sandbox/in-memory';

type Call = ReturnType<InMemoryWorld['calls']['list']>[number];

/** ECS reads by purpose. */
export interface ReadsOfStart {
  readonly listRunning: number;
  readonly listStopped: number;
  readonly lookUntilRunning: number;
  readonly lookAfterRegistration: number;
}

/** @param calls of one or more starts, each with its own caller, oldest first */
export function countReads(calls: readonly Call[]): ReadsOfStart {
  const registered = new Set<string>();
  const counts = { listRunning: 0, listStopped: 0, lookUntilRunning: 0, lookAfterRegistration: 0 };
  for (const { operation, caller, input } of calls) {
    if (operation === 'RegisterTargets') registered.add(caller);
    if (operation === 'ListTasks') counts[input.desiredStatus === 'STOPPED' ? 'listStopped' : 'listRunning'] += 1;
    if (operation === 'DescribeTasks')
      counts[registered.has(caller) ? 'lookAfterRegistration' : 'lookUntilRunning'] += 1;
  }
  return counts;
}
