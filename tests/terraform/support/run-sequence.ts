import type { Invoked } from '../../front-door/open-front-door.ts';

/** The part of the Amazon States Language that `modules/state-machine` uses. */
export interface SequenceDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: 'Task' | 'Choice' | 'Succeed' | 'Fail';
  readonly Parameters?: Call;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly OutputPath?: string;
  readonly Choices?: readonly { readonly Variable: string; readonly NumericEquals: number; readonly Next: string }[];
  readonly Default?: string;
  readonly Next?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
}

interface Call {
  readonly FunctionName: string;
  readonly Payload: Readonly<Record<string, unknown>>;
}

export interface SequenceRun {
  /** Every state that was entered. A task appears once for each attempt. */
  readonly visited: readonly string[];
  readonly end: { readonly status: 'SUCCEEDED' } | { readonly status: 'FAILED'; readonly error: string };
}

/**
 * Runs a definition as Step Functions does, without its pauses. `invoke` performs the tasks' calls.
 *
 * @param startTime `$$.Execution.StartTime`
 */
export async function runSequence(
  { StartAt, States }: SequenceDefinition,
  invoke: (call: Call) => Promise<Invoked>,
  startTime = '2026-11-23T07:00:00.000Z',
): Promise<SequenceRun> {
  const context = { Execution: { StartTime: startTime } };
  const visited: string[] = [];
  let data: unknown = {};
  let name = StartAt;
  while (true) {
    const state = States[name];
    if (state === undefined) throw new RangeError(`state ${name} does not exist`);
    if (state.Type === 'Task') {
      const outcome = await runTask(state, () => {
        visited.push(name);
        return invoke(fillIn(state.Parameters, context) as Call);
      });
      data = outcome.data;
      name = outcome.next;
      continue;
    }
    visited.push(name);
    if (state.Type === 'Choice') {
      const chosen = state.Choices?.find(({ Variable, NumericEquals }) => select(data, Variable) === NumericEquals);
      name = chosen?.Next ?? state.Default ?? '';
      continue;
    }
    if (state.Type === 'Succeed') return { visited, end: { status: 'SUCCEEDED' } };
    return { visited, end: { status: 'FAILED', error: state.Error ?? String(select(data, state.ErrorPath ?? '$')) } };
  }
}

/** Runs a task with its retriers, each of which counts its own attempts, and its catchers. */
async function runTask(state: State, call: () => Promise<Invoked>): Promise<{ data: unknown; next: string }> {
  const used = new Map<unknown, number>();
  while (true) {
    const { value, thrown } = await call();
    if (thrown === undefined)
      return { data: select({ Payload: value }, state.OutputPath ?? '$'), next: state.Next ?? '' };
    const matches = ({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }) =>
      ErrorEquals.some((name) => name === thrown.name || name === 'States.ALL');
    const retrier = state.Retry?.find(matches);
    const attempts = used.get(retrier) ?? 0;
    if (retrier !== undefined && attempts < retrier.MaxAttempts) {
      used.set(retrier, attempts + 1);
      continue;
    }
    const catcher = state.Catch?.find(matches);
    if (catcher === undefined) throw new Error(`no catcher matches ${thrown.name}`);
    return { data: { Error: thrown.name, Cause: thrown.message }, next: catcher.Next };
  }
}

/** The parameters with each member whose name ends in `.$` replaced by what its path selects in the context object. */
function fillIn(value: unknown, context: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).map(([name, item]) =>
    name.endsWith('.$') ? [name.slice(0, -2), select(context, String(item).slice(1))] : [name, fillIn(item, context)],
  );
  return Object.fromEntries(members);
}

/** A reference path such as `$.statusCode`. */
function select(data: unknown, path: string): unknown {
  const keys = path.split('.').slice(1);
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], data);
}
