/** One rule of core taken away. Every rule is there because its absence breaks an invariant: this proves it. */
export interface Mutant {
  readonly name: string;
  /** The dimension whose scripts notice it; `plain` unless another is named. */
  readonly dimension?: string;
  readonly patches: readonly Patch[];
}

export interface Patch {
  /** Below packages/core/src. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly search: string;
  readonly replace: string;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'no token',
    patches: [
      {
        file: 'session/carry-out.ts',
        search: '    clientToken,\n    facts,',
        replace: '    clientToken: undefined,\n    facts,',
      },
    ],
  },
  {
    name: 'a token without the workspace',
    patches: [
      {
        file: 'plan/launch-token.ts',
        search: 'JSON.stringify([startedBy, predecessorArn',
        replace: "JSON.stringify([startedBy.split('/').at(-1), predecessorArn",
      },
    ],
  },
  {
    name: 'ready means registered when retiring',
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
        search: 'await tasks.markRetiring(action.task.taskArn, action.mark)',
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
    name: 'adopters that compensate',
    patches: [
      {
        file: 'operations/bring-up.ts',
        search: '    if (!launcher.hasLaunched) throw failure;\n',
        replace: '',
      },
      {
        file: 'operations/compensate.ts',
        search: '(one) => isKept(one) && one.facts?.launchId === launchId',
        replace: '(one) => isKept(one)',
      },
    ],
  },
  {
    name: 'attempts counted from zero only',
    patches: [{ file: 'plan/plan-start.ts', search: 'minuteOf(view.at)', replace: 'intent.refusals.length' }],
  },
  {
    name: 'a stop that ignores asked',
    patches: [
      { file: 'plan/plan-stop.ts', search: 'isLive(task) && lastAskedFor(task) <= asked', replace: 'isLive(task)' },
    ],
  },
  {
    name: 'a start that ignores later stops',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: '  if (laterStop !== undefined) return fail(superseded(intent, laterStop));\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a start that reads no note of a stop',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'return view.at - asked > lateAfterMs && !isKnown;',
        replace: 'return false && asked > 0 && isKnown;',
      },
    ],
  },
  {
    name: 'a launch that does not wait until a generation settles',
    dimension: 'aged',
    patches: [
      { file: 'plan/plan-start.ts', search: 'if (settlesIn !== undefined) {', replace: 'if (settlesIn === -1) {' },
    ],
  },
  {
    name: 'refusals that outlive their generation',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'intent.refusals.filter(({ predecessorArn }) => predecessorArn === predecessor?.taskArn)',
        replace: 'intent.refusals',
      },
    ],
  },
  {
    name: 'a conflict whose overrides are not compared',
    dimension: 'overrides',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'isKept(task) && !ours ? differingOverrides(task, intent) : [];',
        replace: 'isKept(task) && !ours ? [] : [];',
      },
    ],
  },
  {
    name: 'a launch without a claim on its cluster',
    dimension: 'overrides',
    patches: [
      {
        file: 'plan/plan-cluster.ts',
        search: 'if (choice === undefined) return undefined;',
        replace: 'if (choice !== null) return undefined;',
      },
    ],
  },
  {
    name: 'unknown health that counts as bad',
    dimension: 'outages',
    patches: [
      {
        file: 'plan/plan-compensation.ts',
        search: 'if (isHealthUnknown(view, task)) return false;',
        replace: '',
      },
    ],
  },
  {
    name: 'a carried-out start that is repeated',
    dimension: 'redelivery',
    patches: [
      { file: 'plan/plan-start.ts', search: 'if (past !== undefined) return', replace: 'if (past === null) return' },
    ],
  },
  {
    name: 'a reconcile that enforces no note of a stop',
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
    name: 'a slow launch after which no note is read',
    dimension: 'late-effects',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: "since - Math.max(asked, readAt) > lateAfterMs ? 'unknown' : 'none'",
        replace: "since < 0 ? 'unknown' : 'none'",
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
    name: 'leftovers taken out although a task has their address',
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
    name: 'leftovers that stay while anybody has their address',
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
    name: 'strays taken out of shared groups',
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
    name: 'a healthy timeout that begins again with every look',
    patches: [{ file: 'plan/plan-start.ts', search: 'followed.standingSince ?? view.at;', replace: 'view.at;' }],
  },
  {
    name: 'a start timeout that counts from before the launch',
    dimension: 'outages',
    patches: [
      {
        file: 'model/task.ts',
        search: 'return createdAt + facts.startTimeoutSeconds * 1000;',
        replace: 'return facts.deadline;',
      },
    ],
  },
  {
    name: 'a start that keeps no time to clean up',
    dimension: 'outages',
    patches: [
      {
        file: 'operations/bring-up.ts',
        search: 'const giveUpAt = context.deadline - Math.max(mapping.drainSeconds * 1000, markVisibleMs) - cleanUpMs;',
        replace: 'const giveUpAt = context.deadline + cleanUpMs - markVisibleMs + mapping.drainSeconds;',
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
    name: 'marks that are forgotten when they are read late',
    patches: [
      {
        file: 'model/merge-readings.ts',
        search: 'laterMark(validMark(merged, newer.retire), validMark(merged, older?.retire));',
        replace: 'validMark(merged, newer.retire);',
      },
    ],
  },
  {
    name: 'retiring tasks that nobody finishes',
    patches: [
      {
        file: 'plan/upkeep/finish-retiring.ts',
        search: '[...tasks, ...view.foreign].filter(isRetiring).flatMap',
        replace: 'tasks.filter(isRetiring).filter(() => false).flatMap',
      },
    ],
  },
  {
    name: 'running tasks that nobody registers',
    patches: [
      {
        file: 'plan/upkeep/register-missing.ts',
        search: 'goneInMs(view, task) === undefined',
        replace: 'goneInMs(view, task) === 0',
      },
    ],
  },
  {
    name: 'any stop that supersedes a start',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: "task.retire?.by === 'stop' && task.retire.asked > intent.asked);",
        replace: "task.retire?.by === 'stop');",
      },
    ],
  },
  {
    name: 'adoptions that are not noted',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'task.facts?.launchId === intent.launchId || intent.asked <= lastAskedFor(task)',
        replace: 'task.facts !== null || intent.asked <= lastAskedFor(task)',
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
    name: 'copies of tasks that nobody notices',
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
    name: 'a registration of what is to go',
    patches: [
      {
        file: 'model/task.ts',
        search: "return isKept(task) && task.lastStatus === 'RUNNING'",
        replace: "return isLive(task) && task.lastStatus === 'RUNNING'",
      },
    ],
  },
  {
    name: 'a registration for an old look',
    dimension: 'parameter-store',
    patches: [
      {
        file: 'session/carry-out.ts',
        search: 'if (memory.wasReadWithin(taskArn, lookValidMs)) return true;',
        replace: "if (taskArn !== '') return true;",
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
    name: 'an address of a type that the group does not take',
    patches: [
      {
        file: 'model/view.ts',
        search: 'return (type === undefined ? undefined : addressOfType(task, type)) ?? task.privateIp;',
        replace: "return (type !== 'ipv4' ? undefined : addressOfType(task, type)) ?? task.privateIp;",
      },
    ],
  },
];
