import type { Mutant } from './mutant.ts';

/** Rules about reading, registering, retiring and stopping tasks. */
export const mutantsOfTasks: readonly Mutant[] = [
  {
    name: 'a registered task that counts as healthy',
    patches: [
      {
        file: 'model/view.ts',
        search: "return sight.kind === 'shown' && sight.target.state === 'healthy' ?",
        replace: "return sight.kind === 'shown' ?",
      },
    ],
  },
  {
    name: 'no retire mark',
    patches: [
      {
        file: 'session/carry-out.ts',
        search: 'await tasks.markRetiring(action.task.taskArn, mark)',
        replace: "'marked'",
      },
    ],
  },
  {
    name: 'tasks observed before targets',
    patches: [
      {
        file: 'session/observe.ts',
        search: '  await readGroups(session, [...scope.targetGroupArns, ...groupsOf(memory.tasks())]);\n',
        replace: '',
      },
      {
        file: 'session/observe.ts',
        search: "await readTasks(session, 'STOPPED');\n",
        replace:
          "await readTasks(session, 'STOPPED');\n  await readGroups(session, [...scope.targetGroupArns, ...groupsOf(memory.tasks())]);\n",
      },
      {
        file: 'reconcile/survey-workspace.ts',
        search:
          '  await mapWithLimit([...sessions.values()], servicesAtOnce, readMappedGroups);\n  const clustersReadAt = ports.clock.now();\n  const { found, unreadable } = await readTasks(patient, mappings);\n',
        replace:
          '  const clustersReadAt = ports.clock.now();\n  const { found, unreadable } = await readTasks(patient, mappings);\n  await mapWithLimit([...sessions.values()], servicesAtOnce, readMappedGroups);\n',
      },
    ],
  },
  {
    name: 'a stop that ignores later requests',
    patches: [
      {
        file: 'plan/plan-stop.ts',
        search: 'isLive(task) && lastAskedAgainst(mark, task) <= mark.asked',
        replace: 'isLive(task)',
      },
    ],
  },
  {
    name: 'a reconcile that ignores notes of stops',
    dimension: 'late-effects',
    patches: [
      {
        file: 'plan/later-stop.ts',
        search: 'latest < task.createdAt ? latest : undefined',
        replace: 'latest < 0 ? latest : undefined',
      },
    ],
  },
  {
    name: 'a mark that counts as visible after two seconds',
    dimension: 'old-reads',
    patches: [
      {
        file: 'plan/plan-targets.ts',
        search: 'export const markVisibleMs = 2 * tagLagMs + 2_000;',
        replace: 'export const markVisibleMs = 2_000;',
      },
    ],
  },
  {
    name: 'leftovers removed although another task has their address',
    dimension: 'shared-groups',
    patches: [
      {
        file: 'plan/plan-leftovers.ts',
        search: "      return { kind: 'inherited' };",
        replace: '      return undefined;',
      },
    ],
  },
  {
    name: 'leftovers kept while any task has their address',
    dimension: 'shared-groups',
    patches: [
      {
        file: 'plan/plan-leftovers.ts',
        search: '    default:\n      return undefined;',
        replace: "    case 'other':\n      return { kind: 'inherited' };\n    default:\n      return undefined;",
      },
    ],
  },
  {
    name: 'strays removed from shared groups',
    dimension: 'shared-groups',
    patches: [
      {
        file: 'plan/upkeep/remove-strays.ts',
        search: "return kind === 'other' && view.endedTargets",
        replace: "return kind !== 'owner' && view.endedTargets",
      },
    ],
  },
  {
    name: 'a task that is stopped while it is registered',
    patches: [
      {
        file: 'plan/plan-targets.ts',
        search: 'if (deregistrations.length > 0) return',
        replace: 'if (deregistrations.length > 99) return',
      },
    ],
  },
  {
    name: 'marks that are lost if they are read late',
    patches: [
      {
        file: 'model/merge-readings.ts',
        search: `laterMark(validMark(merged, newer.retire), validMark(merged, older?.retire)) ??
    chooseRetireMark(others, (mark) => lastAskedAgainst(mark, merged));`,
        replace: 'validMark(merged, newer.retire);',
      },
    ],
  },
  {
    name: 'retiring tasks that are not stopped',
    patches: [
      {
        file: 'plan/upkeep/finish-retiring.ts',
        search: '[...tasks, ...view.foreign].filter(isRetiring).flatMap',
        replace: 'tasks.filter(isRetiring).filter(() => false).flatMap',
      },
    ],
  },
  {
    name: 'running tasks that are not registered',
    patches: [
      {
        file: 'plan/upkeep/register-missing.ts',
        search: 'goneInMs(view, task) === undefined',
        replace: 'goneInMs(view, task) === 0',
      },
    ],
  },
  {
    name: 'launch facts whose MAC is not checked',
    dimension: 'forged',
    patches: [
      {
        file: 'model/launch-mac.ts',
        search: 'if (created.createdAt < key.createdAt) return true;',
        replace: 'if (key !== null) return true;',
      },
    ],
  },
  {
    name: 'copies of tasks that are not recognised',
    dimension: 'forged',
    patches: [
      {
        file: 'model/launch-mac.ts',
        search: 'if (original === undefined || original === task) return task;',
        replace: 'if (original !== null) return task;',
      },
    ],
  },
  {
    name: 'a registration of a retiring task',
    patches: [
      {
        file: 'model/task.ts',
        search: "return isKept(task) && task.lastStatus === 'RUNNING'",
        replace: "return isLive(task) && task.lastStatus === 'RUNNING'",
      },
    ],
  },
  {
    name: 'a registration after an old look',
    dimension: 'parameter-store',
    patches: [
      {
        file: 'session/carry-out.ts',
        search: 'if (memory.wasReadWithin(taskArn, lookValidMs)) return memory.task(taskArn);',
        replace: "if (taskArn !== '') return memory.task(taskArn);",
      },
    ],
  },
  {
    name: 'ended tasks that are not read when one was live before',
    dimension: 'parameter-store',
    patches: [
      {
        file: 'session/observe.ts',
        search: 'isKept(task) && listed.has(task.taskArn) && ',
        replace: 'isKept(task) && ',
      },
    ],
  },
  {
    name: 'an address of a type that the group does not accept',
    patches: [
      {
        file: 'model/view.ts',
        search: 'return (type === undefined ? undefined : addressOfType(task, type)) ?? task.privateIp;',
        replace: "return (type !== 'ipv4' ? undefined : addressOfType(task, type)) ?? task.privateIp;",
      },
    ],
  },
];
