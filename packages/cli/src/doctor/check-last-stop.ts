import { type EndOfTask, formatMoment, isLive, type Task, taskIdOf } from '@start-engines/core';
import type { Check } from './check.ts';
import { logsOf } from './check-targets.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, ok, unknown } from './link.ts';
import type { MendCommands } from './mend-commands.ts';
import { endOf, keptTask } from './views.ts';

/** How the last task ended, if no newer task runs. */
export const checkLastStop: Check = (evidence, commands) => {
  if ('problem' in evidence.tasks) return unknown(evidence.tasks.problem);
  const last = evidence.tasks.value.find((task) => !isLive(task));
  if (last === undefined) return ok('no task has ended in the last hour');
  if (keptTask(evidence) !== undefined) return ok(`${taskIdOf(last.taskArn)} ended; a newer task has replaced it`);
  if (last.retire?.by === 'stop' || last.retire?.by === 'restart') {
    return ok(
      `${taskIdOf(last.taskArn)} ended as intended: ${last.retire.by} requested at ${formatMoment(last.retire.asked)}`,
    );
  }
  if (last.retire !== undefined) {
    return {
      status: 'broken',
      summary: `the last task was stopped by ${last.retire.by} because it was not up in time`,
      evidence: describeEnd(last),
      mend: mendFor(last, evidence, commands),
      explainedBy: ['listener-rule', 'target-group', 'zones', 'security-groups', 'task-definition'],
    };
  }
  return describeOwnEnd(last, evidence, commands);
};

function describeOwnEnd(last: Task, evidence: Evidence, commands: MendCommands): Finding {
  const end = endOf(last, evidence);
  if (end.kind === 'finished') {
    return ok(`${taskIdOf(last.taskArn)} finished its work: ${end.container} exited with exit code 0`);
  }
  const by = end.kind === 'stopped' ? 'was stopped outside start-engines' : 'ended on its own';
  return {
    status: 'broken',
    summary: `the last task ${by}: ${nameEnd(last, end)}`,
    evidence: [
      ...describeEnd(last),
      ...(end.certain
        ? []
        : ['ECS does not report which container ended first, and the task definition does not show it']),
    ],
    mend: mendFor(last, evidence, commands),
  };
}

function nameEnd({ stopCode, stoppedReason }: Task, { container, exitCode }: EndOfTask): string {
  if (container !== undefined && exitCode !== undefined) return `${container} exited with ${exitCode}`;
  const reason = /^(\w+(?:Error|Exception)):/.exec(stoppedReason ?? '')?.[1];
  return reason ?? stopCode ?? 'ECS gives no reason';
}

function describeEnd({ taskArn, stopCode, stoppedReason, containers }: Task): readonly string[] {
  return [
    `${taskIdOf(taskArn)}: ${[stopCode, stoppedReason].filter((text) => text !== undefined).join(': ') || 'no reason given'}`,
    ...containers
      .filter(({ exitCode, reason }) => exitCode !== undefined || reason !== undefined)
      .map(({ name, exitCode, reason }) => {
        const code =
          exitCode === undefined
            ? []
            : [`exit code ${exitCode}${exitCode === 137 ? ' (killed, possibly out of memory)' : ''}`];
        return `${name}: ${[...code, ...(reason === undefined ? [] : [reason])].join(', ')}`;
      }),
  ];
}

function mendFor(last: Task, evidence: Evidence, commands: MendCommands): readonly string[] {
  const start = commands.engines('start', evidence.service);
  if (/CannotPull|pull image/i.test(last.stoppedReason ?? '')) {
    return [
      'Register a task definition whose image can be pulled (check its name, the registry and the route out of the subnet), then:',
      start,
    ];
  }
  const { kind } = endOf(last, evidence);
  if (kind === 'interrupted' || kind === 'stopped') return [start];
  return [...logsOf(evidence, commands), 'Fix what makes the container exit, then:', start];
}
