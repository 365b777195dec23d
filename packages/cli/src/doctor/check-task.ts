import { factsProblemOf, formatMoment, isRetiring, type Task, taskIdOf } from '@start-engines/core';
import { formatDuration } from '../output/format-duration.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, type LinkId, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { endOf, foreignTasks, keptTask, liveTasks, mappingOf, readable } from './views.ts';

const whyNone: readonly LinkId[] = [
  'last-stop',
  'task-definition',
  'security-groups',
  'zones',
  'target-group',
  'mapping',
  'envelope',
];

/** Whether one task runs, as the mapping says, and no other task runs under the service's name. */
export const checkTask: Check = (evidence, commands) => {
  if ('problem' in evidence.tasks) return unknown(evidence.tasks.problem);
  const own = checkOwnTasks(evidence, commands);
  const foreign = foreignTasks(evidence);
  const isAlone = liveTasks(evidence).length === 0;
  return foreign.length === 0 || (own.status === 'broken' && !isAlone)
    ? own
    : describeForeign(foreign, isAlone, evidence, commands);
};

function checkOwnTasks(evidence: Evidence, commands: MendCommands): Finding {
  const live = liveTasks(evidence);
  const kept = keptTask(evidence);
  if (kept === undefined) return describeNone(live.find(isRetiring), evidence, commands);
  if (live.length > 1) return describeSeveral(live, commands);
  if (kept.lastStatus !== 'RUNNING') return describeStarting(kept, evidence, commands);
  return describeMoved(kept, evidence, commands) ?? ok(`${taskIdOf(kept.taskArn)} is RUNNING at ${kept.privateIp}`);
}

/** Any principal that may run a task can write launch facts. A task without usable ones is reported and not changed. */
function describeForeign(
  foreign: readonly Task[],
  isAlone: boolean,
  { service }: Evidence,
  commands: MendCommands,
): Finding {
  const stops = foreign.map(({ clusterArn, taskArn }) =>
    commands.aws('ecs', 'stop-task', '--cluster', clusterArn, '--task', taskArn),
  );
  return {
    status: 'broken',
    summary: `${isAlone ? 'no task of the service runs; ' : ''}${foreign
      .map((task) => `task ${taskIdOf(task.taskArn)} ${factsProblemOf(task)}`)
      .join(', ')}`,
    evidence: ['a task without usable launch facts is neither registered nor adopted, and reconcile leaves it running'],
    mend: isAlone ? [...stops, commands.engines('start', service)] : stops,
    blocks: isAlone,
  };
}

function describeNone(retiring: Task | undefined, evidence: Evidence, commands: MendCommands): Finding {
  const { service } = evidence;
  const mend = [commands.engines('start', service)];
  if (retiring?.retire !== undefined) {
    const { by, asked } = retiring.retire;
    return {
      status: 'broken',
      summary: `the only task is retiring: ${by} requested at ${formatMoment(asked)}`,
      evidence: [`${taskIdOf(retiring.taskArn)} is ${retiring.lastStatus}`],
      mend,
    };
  }
  return {
    status: 'broken',
    summary: 'no task of the service runs',
    evidence: [whyNothingRuns(evidence)],
    mend,
    explainedBy: whyNone,
  };
}

function whyNothingRuns(evidence: Evidence): string {
  const [last] = readable(evidence.tasks) ?? [];
  if (last === undefined) return 'ECS knows of no task in the last hour';
  const { retire, lastStatus, taskArn } = last;
  if (retire?.by === 'stop') {
    return `a stop was requested ${formatDuration(Math.max(0, evidence.now - retire.asked) / 1000)} ago and carried out`;
  }
  if (endOf(last, evidence).kind === 'finished')
    return `the last one, ${taskIdOf(taskArn)}, finished its work with exit code 0`;
  return `the last one, ${taskIdOf(taskArn)}, is ${lastStatus}`;
}

function describeSeveral(live: readonly Task[], commands: MendCommands): Finding {
  return {
    status: 'broken',
    summary: `${live.length} tasks are live`,
    evidence: [
      ...live.map(
        ({ taskArn, lastStatus, retire }) =>
          `${taskIdOf(taskArn)} is ${lastStatus}${retire === undefined ? '' : `, retiring (${retire.by})`}`,
      ),
      'this is normal while a restart runs',
    ],
    mend: [commands.engines('reconcile')],
    blocks: false,
  };
}

function describeStarting(
  { taskArn, lastStatus, createdAt }: Task,
  evidence: Evidence,
  commands: MendCommands,
): Finding {
  const age = formatDuration(Math.max(0, evidence.now - createdAt) / 1000);
  return {
    status: 'broken',
    summary: `the task is still starting: ${lastStatus} for ${age}`,
    evidence: [taskIdOf(taskArn)],
    mend: [commands.engines('status', evidence.service, '--watch')],
  };
}

/** An edited mapping applies to the next task, not to the live one. */
function describeMoved(kept: Task, evidence: Evidence, commands: MendCommands): Finding | undefined {
  const mapping = mappingOf(evidence);
  if (mapping === undefined) return undefined;
  const describe = (targets: readonly { targetGroupArn: string; port: number }[]) =>
    targets.map(({ targetGroupArn, port }) => `${targetGroupArn.split('/').at(-2)}:${port}`).join(', ');
  const [own, wanted] = [describe(kept.facts?.targets ?? []), describe(mapping.targetGroups)];
  if (own === wanted) return undefined;
  return {
    status: 'broken',
    summary: 'the task was started before the mapping was changed, and is registered elsewhere',
    evidence: [`the task's own: ${own}`, `the mapping's: ${wanted}`],
    mend: [commands.engines('restart', evidence.service)],
    explainedBy: ['target-group', 'mapping', 'envelope'],
    blocks: false,
  };
}
