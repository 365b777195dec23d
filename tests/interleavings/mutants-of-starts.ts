import type { Mutant } from './mutant.ts';

/** Rules about launching, adopting and waiting for a task. */
export const mutantsOfStarts: readonly Mutant[] = [
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
    name: 'a start that stops an adopted task',
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
    name: 'attempts without the minute',
    patches: [{ file: 'plan/plan-start.ts', search: 'minuteOf(view.at)', replace: 'intent.refusals.length' }],
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
    name: 'a start that ignores notes of stops',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'return view.at - asked > lateAfterMs && !isKnown;',
        replace: 'return false && asked > 0 && isKnown;',
      },
    ],
  },
  {
    name: 'a launch that does not wait until a generation has settled',
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
    name: 'a completed start that is repeated',
    dimension: 'redelivery',
    patches: [
      { file: 'plan/plan-start.ts', search: 'if (past !== undefined) return', replace: 'if (past === null) return' },
    ],
  },
  {
    name: 'a slow launch that reads no note afterwards',
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
    name: 'a healthy time-out that restarts with every look',
    patches: [{ file: 'plan/plan-start.ts', search: 'followed.standingSince ?? view.at;', replace: 'view.at;' }],
  },
  {
    name: 'a start time-out that begins before the launch',
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
    name: 'a start that reserves no time to clean up',
    dimension: 'outages',
    patches: [
      {
        file: 'operations/bring-up.ts',
        search: 'const giveUpAt = context.deadline - drainMs - cleanUpMs;',
        replace: 'const giveUpAt = context.deadline + 0 * (drainMs + cleanUpMs);',
      },
    ],
  },
  {
    name: 'an earlier stop that supersedes a start',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: "task.retire?.by === 'stop' && task.retire.asked > intent.asked);",
        replace: "task.retire?.by === 'stop');",
      },
    ],
  },
  {
    name: 'adoptions that are not recorded',
    patches: [
      {
        file: 'plan/plan-start.ts',
        search: 'task.facts?.launchId === intent.launchId || isAdoptionNoted(task, adoptionOf(intent))',
        replace: 'task.facts !== null || isAdoptionNoted(task, adoptionOf(intent))',
      },
    ],
  },
];
