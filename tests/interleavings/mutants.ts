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
        file: 'service-session.ts',
        search: '      clientToken,\n      facts,',
        replace: '      clientToken: undefined,\n      facts,',
      },
    ],
  },
  {
    name: 'a token without the workspace',
    patches: [
      {
        file: 'launch-token.ts',
        search: 'JSON.stringify([startedBy, predecessorArn',
        replace: "JSON.stringify([startedBy.split('/').at(-1), predecessorArn",
      },
    ],
  },
  {
    name: 'ready means registered when retiring',
    patches: [
      {
        file: 'view.ts',
        search: "return sight.kind === 'shown' && sight.target.state === 'healthy' ?",
        replace: "return sight.kind === 'shown' ?",
      },
    ],
  },
  {
    name: 'no retire mark',
    patches: [
      {
        file: 'service-session.ts',
        search: "(await tasks.markRetiring(action.task.taskArn, action.mark)) === 'ended'",
        replace: 'false',
      },
    ],
  },
  {
    name: 'tasks observed before targets',
    patches: [
      {
        file: 'service-session.ts',
        search:
          '    await this.#readGroups(new Set([...this.#scope.targetGroupArns, ...this.#groupsOf([...this.#tasks.values()])]));\n',
        replace: '',
      },
      {
        file: 'service-session.ts',
        search: "await this.#readTasks('STOPPED');\n",
        replace:
          "await this.#readTasks('STOPPED');\n    await this.#readGroups(new Set([...this.#scope.targetGroupArns, ...this.#groupsOf([...this.#tasks.values()])]));\n",
      },
      {
        file: 'survey-workspace.ts',
        search:
          "  await mapWithLimit([...sessions.values()], servicesAtOnce, (session) => session.readMappedGroups());\n  const clustersReadAt = ports.clock.now();\n  const { found, unreadable } = await readTasks(patientReads(ports, 'all', until), mappings);\n",
        replace:
          "  const clustersReadAt = ports.clock.now();\n  const { found, unreadable } = await readTasks(patientReads(ports, 'all', until), mappings);\n  await mapWithLimit([...sessions.values()], servicesAtOnce, (session) => session.readMappedGroups());\n",
      },
    ],
  },
  {
    name: 'adopters that compensate',
    patches: [
      {
        file: 'bring-up.ts',
        search: '    if (this.#launching === undefined) throw error;\n',
        replace: '',
      },
      {
        file: 'bring-up.ts',
        search: '(one) => isKept(one) && one.facts?.launchId === this.#intent.launchId',
        replace: '(one) => isKept(one)',
      },
    ],
  },
  {
    name: 'attempts counted from zero only',
    patches: [{ file: 'plan-start.ts', search: 'minuteOf(view.at)', replace: 'intent.refusals.length' }],
  },
  {
    name: 'a stop that ignores asked',
    patches: [{ file: 'plan-stop.ts', search: 'isLive(task) && lastAskedFor(task) <= asked', replace: 'isLive(task)' }],
  },
  {
    name: 'a start that ignores later stops',
    patches: [
      {
        file: 'plan-start.ts',
        search: '  if (laterStop !== undefined) return fail(superseded(intent, laterStop));\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a start that reads no note of a stop',
    patches: [
      {
        file: 'plan-start.ts',
        search: 'return view.at - asked > lateAfterMs && !isKnown;',
        replace: 'return false && asked > 0 && isKnown;',
      },
    ],
  },
];
