import { type Adoption, adoptionFor, lastAskedByPerson, lastAskedFor, leaseEndOf } from '../../model/adoptions.ts';
import { compareNewestFirst, isKept, type RetireMark, type Task, taskIdOf } from '../../model/task.ts';
import { isHealthyEverywhere, isUnhealthySomewhere, type View } from '../../model/view.ts';
import type { Action } from '../actions.ts';
import { healthyDeadlineOf, launcherGraceMs } from '../overdue.ts';
import { type MarkRetiring, marksIn, type UpkeepRule } from './rule.ts';

type MarkAdopted = Extract<Action, { kind: 'mark-adopted' }>;

/**
 * A restart launches a second task while the old one serves. The newest task that is healthy in all its target groups stays;
 * a newer one that is not healthy by its deadline is retired, whatever the older ones are.
 */
export const retireRivals: UpkeepRule = {
  plan: ({ view, staying }) => planRivals(view).filter(({ task }) => staying.includes(task)),
  describe({ staying }, actions) {
    const surplus = marksIn(actions).map(
      ({ task }) => `Task ${taskIdOf(task.taskArn)} is surplus: another task serves.`,
    );
    const undecided = rivalsAmong(staying);
    if (undecided.length < 2) return surplus;
    return [...surplus, `${undecided.length} tasks are up; the newest that is healthy will stay.`];
  },
};

/** Tasks of which one is to stay. */
export function rivalsAmong(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter((task) => isKept(task) && task.facts !== undefined).toSorted(compareNewestFirst);
}

function planRivals(view: View): (MarkRetiring | MarkAdopted)[] {
  const rivals = rivalsAmong(view.tasks);
  const winner = rivals.find((task) => isHealthyEverywhere(view, task));
  const newer = rivals.slice(0, winner === undefined ? -1 : rivals.indexOf(winner));
  const older = winner === undefined ? [] : rivals.slice(rivals.indexOf(winner) + 1);
  // Health that could not be read, or was read long ago, is no reason to retire a task.
  const late = newer.filter(
    (task) => view.at > healthyDeadlineOf(task) + launcherGraceMs && isUnhealthySomewhere(view, task),
  );
  return [
    ...inheritAdoption(winner, older),
    ...older.map((task) => retire(task, { asked: winner?.facts?.asked ?? view.at, by: 'restart' })),
    ...late.map((task) => retire(task, { asked: view.at, by: 'reconcile' })),
  ];
}

function retire(task: Task, mark: RetireMark): MarkRetiring {
  return { kind: 'mark-retiring', task, mark };
}

/** A start requested after the restart may have adopted the older task. An earlier stop must then spare the new one, too. */
function inheritAdoption(winner: Task | undefined, older: readonly Task[]): MarkAdopted[] {
  if (winner === undefined || older.length === 0) return [];
  const [person, wake] = [lastAskedByPerson, lastAskedFor].map((lastOf) => Math.max(...older.map(lastOf)));
  const ends = older.map((task) => leaseEndOf(task) ?? Number.POSITIVE_INFINITY);
  const adoptions: Adoption[] = [
    { asked: person ?? 0, leaseUntil: Math.max(...ends) },
    { asked: wake ?? 0, isWake: true },
  ];
  return adoptions
    .filter((adoption) => adoption.asked > (adoption.isWake ? lastAskedFor(winner) : lastAskedByPerson(winner)))
    .filter(({ asked, isWake }) => !isWake || asked > (person ?? 0))
    .map((adoption) => ({ kind: 'mark-adopted', task: winner, adoption: adoptionFor(winner, adoption) }));
}
