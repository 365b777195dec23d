import { RunTaskCommand } from '@aws-sdk/client-ecs';
import type { BusEvent, CallLogEntry, PlantedFault } from '@start-engines/sandbox';
import { functionName, liveFunction } from '../world/seed-world.ts';
import { type CallPoint, nameOf, pointsOf } from './call-name.ts';
import { type CellWorld, cellService, invoke, openCellWorld, until } from './cell-world.ts';
import { checkInvariants } from './check-invariants.ts';
import { type FaultColumn, isKill } from './faults.ts';
import type { Ending, Scenario } from './scenario.ts';
import { isSettled, ownerOf, type TrueTask } from './truth.ts';
import { watchInvariants } from './watch-invariants.ts';

/** A call, and the fault that hits it. */
export interface Injection {
  readonly call: CallPoint;
  readonly column: FaultColumn;
}

/** A scenario with one fault is a cell of the table. It can also be played without faults or with two at once. */
export interface Cell {
  readonly scenario: Scenario;
  readonly injections: readonly Injection[];
}

export interface CellResult {
  /** In a few words; `not reached` when no run made the call of the cell. */
  readonly outcome: string;
  /** One sentence for each violation; empty when the cell passes. */
  readonly violations: readonly string[];
  /** The calls that the operation made, retries included. */
  readonly calls: readonly CallPoint[];
  /** Whether a process of the function ended although no fault killed it, as when a busy machine lets it time out. */
  readonly isDisturbed: boolean;
}

export interface CellOptions {
  readonly seed: number;
  /** Sandbox seconds per real second. */
  readonly speed: number;
}

/** The name that `--only` takes: `start/RunTask/kill-after`, or `start/RunTask/throttle+StopTask/late` with two faults. */
export function cellName({ scenario, injections }: Cell): string {
  const names = injections.map(({ call, column }) => `${nameOf(call)}/${column.name}`);
  return `${scenario.name}/${names.join('+') || 'no-fault'}`;
}

export const notReached = 'not reached';

/** Plays one cell in its own sandbox: the event, a reconcile without faults, then the older request. */
export async function runCell(cell: Cell, { seed, speed }: CellOptions): Promise<CellResult> {
  const { scenario, injections } = cell;
  const services = Object.entries(scenario.services).map(([name, groups]) =>
    cellService(name, groups, scenario.mapping),
  );
  await using world = await openCellWorld({ seed, speed, services, durations: scenario.durations });
  const { sandbox } = world;
  const names = Object.keys(scenario.services);
  const bystander = await runBystander(world, services[0]?.family);
  const prepared = await scenario.prepare(world);

  const watch = watchInvariants(world, { services: names, mostKept: scenario.mostKept });
  const planted = injections.map((injection) => ({ ...injection, fault: plant(world, injection) }));
  const before = sandbox.calls.lastSequence;
  const announcedBefore = announcedOutcomes(world).length;
  const requestedAt = sandbox.clock.now();
  const requestId = sandbox.lambda.invokeAsync(liveFunction, JSON.stringify(prepared.event(requestedAt)));
  await until('the end of the event', () => sandbox.lambda.pendingEvents(functionName) === 0);
  for (const { fault } of planted) fault.remove();

  const entries = sandbox.calls.list({ after: before }).filter(({ caller }) => caller.startsWith('SANDBOXLAMBDA'));
  const calls = pointsOf(entries);
  const hit = planted.filter(({ fault }) => fault.consumed > 0);
  if (planted.length > 0 && hit.length === 0) return { outcome: notReached, violations: [], calls, isDisturbed: false };
  const ending = readEnding(world, requestId, announcedBefore);
  const violations: string[] = [];
  const add = (...lines: readonly (string | undefined)[]) => {
    violations.push(...lines.filter((line) => line !== undefined));
  };
  add(prepared.checkAnswer(ending));
  // The first of two faults can change how often the second one hits.
  if (planted.length === 1) add(...hit.map(({ column, fault }) => checkAttempts(column, fault)));
  for (const { column } of hit) if (isKill(column)) add(...(await checkKills(world, entries, column)));

  await until('all tasks to come to rest', () => isSettled(world, scenario.stuck));
  const reply = await invoke(world, { action: 'reconcile' });
  if (reply.failed) add(`a reconcile without faults failed: ${JSON.stringify(reply.payload)}`);
  const verdict = prepared.judge(ending);
  if ('violation' in verdict) add(verdict.violation);
  add(...checkInvariants(world, names, bystander), ...checkAnnounced(world, announcedBefore, cell, ending));
  if (violations.length === 0) add(await prepared.sendOlderRequest?.(requestedAt, ending));
  add(...watch.violations);
  const only = hit.length < planted.length ? ' (one fault only)' : '';
  const outcome = 'outcome' in verdict ? `${verdict.outcome}${only}` : 'violation';
  return { outcome, violations, calls, isDisturbed: hasUnplannedExit(world, entries) };
}

/** Plants a fault at the nth call of an operation. It also hits the SDK's further attempts at that call. */
function plant({ sandbox }: CellWorld, { call, column }: Injection): PlantedFault {
  const { fault, attempts, outageMs } = column;
  let seen = 0;
  let hit: string | undefined;
  const isEndless = attempts === Number.POSITIVE_INFINITY;
  return sandbox.faults.plant({
    service: call.service,
    operation: call.operation,
    fault,
    times: attempts,
    ...(outageMs === undefined ? {} : { forMs: outageMs }),
    matches(input) {
      seen += 1;
      if (seen < call.nth) return false;
      hit ??= JSON.stringify(input);
      return isEndless || hit === JSON.stringify(input);
    },
  });
}

/** A task of another service in the same workspace and cluster. No operation may touch it. */
async function runBystander(
  { clients, sandbox }: CellWorld,
  taskDefinition: string | undefined,
): Promise<TrueTask | undefined> {
  const { tasks } = await clients.ecs.send(
    new RunTaskCommand({
      cluster: 'chaos-cluster',
      taskDefinition,
      launchType: 'FARGATE',
      startedBy: ownerOf('bystander'),
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
    }),
  );
  const taskArn = tasks?.[0]?.taskArn;
  return sandbox.ecs.tasks().find((task) => task.taskArn === taskArn);
}

function readEnding(world: CellWorld, requestId: string, announcedBefore: number): Ending {
  const { sandbox } = world;
  const started = `START RequestId: ${requestId} `;
  return {
    failed: sandbox.lambda.onFailureRecords().some(({ record }) => record.requestContext.requestId === requestId),
    attempts: sandbox.lambda.logs(functionName).filter((line) => line.startsWith(started)).length,
    errorCodes: announcedOutcomes(world)
      .slice(announcedBefore)
      .map(({ detail }) => String(detail.errorCode ?? '')),
  };
}

function checkAttempts({ attempts }: FaultColumn, { consumed }: PlantedFault): string | undefined {
  const isRight = attempts === Number.POSITIVE_INFINITY || consumed === attempts;
  return isRight ? undefined : `the fault hit ${consumed} attempts instead of ${attempts}`;
}

/** Checks that each killed process is gone and made no further call. */
async function checkKills(
  { sandbox }: CellWorld,
  entries: readonly CallLogEntry[],
  { fault }: FaultColumn,
): Promise<(string | undefined)[]> {
  const violations: (string | undefined)[] = [];
  for (const { caller, sequence } of entries.filter((entry) => entry.fault === fault.kind)) {
    const killed = () => sandbox.lambda.processes().find(({ accessKeyId }) => accessKeyId === caller);
    await until('the end of the killed process', () => killed()?.exit !== undefined);
    const [later] = sandbox.calls.list({ caller, after: sequence });
    violations.push(
      killed()?.exit?.signal === 'SIGKILL' ? undefined : 'the process did not end with SIGKILL',
      later === undefined ? undefined : `the killed process called ${later.operation} afterwards`,
    );
  }
  return violations;
}

function hasUnplannedExit({ sandbox }: CellWorld, entries: readonly CallLogEntry[]): boolean {
  const killed = new Set(entries.filter(({ fault }) => fault?.startsWith('kill-')).map(({ caller }) => caller));
  return sandbox.lambda.processes().some(({ exit, accessKeyId }) => exit !== undefined && !killed.has(accessKeyId));
}

function announcedOutcomes({ sandbox }: CellWorld): readonly BusEvent[] {
  return sandbox.events.recent().filter(({ source }) => source === 'start-engines');
}

/**
 * Checks that the outcome is on the event bus, unless the fault hit PutEvents, or the mapping could never be read: then it is unknown
 * whether the service exists.
 */
function checkAnnounced(
  world: CellWorld,
  before: number,
  { scenario, injections }: Cell,
  { failed }: Ending,
): string[] {
  const isAnnounced = announcedOutcomes(world).length > before || (failed && !scenario.announcesFailure);
  const isPutEventsHit = injections.some(({ call }) => call.operation === 'PutEvents');
  const isUnknown =
    failed &&
    injections.some(
      ({ call, column }) => call.operation === 'GetParameters' && column.attempts === Number.POSITIVE_INFINITY,
    );
  return isAnnounced || isPutEventsHit || isUnknown ? [] : ['no outcome was published on the event bus (invariant 6)'];
}
