import { RunTaskCommand } from '@aws-sdk/client-ecs';
import type { BusEvent, CallLogEntry, PlantedFault } from '@start-engines/sandbox';
import { functionName, liveFunction } from '../world/seed-world.ts';
import { type CallPoint, nameOf, pointsOf } from './call-name.ts';
import { type CellWorld, cellService, invoke, openCellWorld, until } from './cell-world.ts';
import { checkInvariants } from './check-invariants.ts';
import { type Affliction, isKill } from './faults.ts';
import type { Ending, Scenario } from './scenario.ts';
import { isSettled, ownerOf, type TrueTask } from './truth.ts';
import { postWitness } from './witness.ts';

/** A call, and what happens to it. */
export interface Strike {
  readonly call: CallPoint;
  readonly affliction: Affliction;
}

/** One square of the table. Without a strike it is a quiet run, with two it is no square but a pair. */
export interface Cell {
  readonly scenario: Scenario;
  readonly strikes: readonly Strike[];
}

export interface CellResult {
  /** In a few words; `not reached` when the operation never made that call this time. */
  readonly outcome: string;
  /** Everything that must not be; empty when the cell holds. */
  readonly complaints: readonly string[];
  /** The calls that the operation made, retries included. */
  readonly calls: readonly CallPoint[];
}

/** `start/RunTask/kill-after`, by which `--only` finds it; `start/RunTask/throttle+StopTask/late` for a pair. */
export function cellName({ scenario, strikes }: Cell): string {
  const names = strikes.map(({ call, affliction }) => `${nameOf(call)}/${affliction.name}`);
  return `${scenario.name}/${names.join('+') || 'quiet'}`;
}

export const notReached = 'not reached';

/** Plays one cell in a sandbox of its own, from the event to the reconcile and the wish that comes late. */
export async function runCell(cell: Cell, seed: number): Promise<CellResult> {
  const { scenario, strikes } = cell;
  const services = Object.entries(scenario.services).map(([name, groups]) =>
    cellService(name, groups, scenario.mapping),
  );
  await using world = await openCellWorld({ seed, services, durations: scenario.durations });
  const { sandbox } = world;
  const names = Object.keys(scenario.services);
  const bystander = await runBystander(world, services[0]?.family);
  const prepared = await scenario.prepare(world);

  const witness = postWitness(world, { services: names, mostLive: scenario.mostLive });
  const planted = strikes.map((strike) => ({ ...strike, fault: plant(world, strike) }));
  const before = sandbox.calls.lastSequence;
  const toldBefore = toldOutcomes(world).length;
  const askedAt = sandbox.clock.now();
  const requestId = sandbox.lambda.invokeAsync(liveFunction, JSON.stringify(prepared.event(askedAt)));
  await until('the end of the event', () => sandbox.lambda.pendingEvents(functionName) === 0);
  for (const { fault } of planted) fault.remove();

  const entries = sandbox.calls.list({ after: before }).filter(({ caller }) => caller.startsWith('SANDBOXLAMBDA'));
  const calls = pointsOf(entries);
  const struck = planted.filter(({ fault }) => fault.consumed > 0);
  if (planted.length > 0 && struck.length === 0) return { outcome: notReached, complaints: [], calls };
  const ending = readEnding(world, requestId, toldBefore);
  const complaints: string[] = [];
  const complain = (...lines: readonly (string | undefined)[]) => {
    complaints.push(...lines.filter((line) => line !== undefined));
  };
  complain(prepared.claim(ending));
  // One of two faults may keep the other from striking, or from striking as often.
  if (planted.length === 1) for (const { affliction, fault } of struck) complain(checkCount(affliction, fault));
  for (const { affliction } of struck)
    if (isKill(affliction)) complain(...(await checkKill(world, entries, affliction)));

  await until('rest', () => isSettled(world, scenario.stuck));
  const reply = await invoke(world, { action: 'reconcile' });
  if (reply.failed) complain(`a reconcile without faults failed: ${JSON.stringify(reply.payload)}`);
  const verdict = prepared.judge(ending);
  if ('complaint' in verdict) complain(verdict.complaint);
  complain(...checkInvariants(world, names, bystander), ...checkTold(world, toldBefore, cell, ending));
  if (complaints.length === 0) complain(await prepared.lateWish?.(askedAt, ending));
  complain(...witness.complaints);
  const [first] = struck;
  const alone = first !== undefined && struck.length < planted.length ? `, ${nameOf(first.call)} alone was struck` : '';
  return { outcome: 'word' in verdict ? `${verdict.word}${alone}` : 'broken', complaints, calls };
}

/** Strikes the nth call of that operation, and the SDK's further attempts at the same call. */
function plant({ sandbox }: CellWorld, { call, affliction }: Strike): PlantedFault {
  const { fault, strikes, outageMs } = affliction;
  let seen = 0;
  let struck: string | undefined;
  const always = strikes === Number.POSITIVE_INFINITY;
  return sandbox.faults.plant({
    service: call.service,
    operation: call.operation,
    fault,
    times: strikes,
    ...(outageMs === undefined ? {} : { forMs: outageMs }),
    matches(input) {
      seen += 1;
      if (seen < call.nth) return false;
      struck ??= JSON.stringify(input);
      return always || struck === JSON.stringify(input);
    },
  });
}

/** A task of another service of the workspace, in the same cluster, that nobody may touch. */
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

function readEnding(world: CellWorld, requestId: string, toldBefore: number): Ending {
  const { sandbox } = world;
  const started = `START RequestId: ${requestId} `;
  return {
    failed: sandbox.lambda.onFailureRecords().some(({ record }) => record.requestContext.requestId === requestId),
    attempts: sandbox.lambda.logs(functionName).filter((line) => line.startsWith(started)).length,
    errorCodes: toldOutcomes(world)
      .slice(toldBefore)
      .map(({ detail }) => String(detail.errorCode ?? '')),
  };
}

/** That the fault was consumed as often as it was planned. */
function checkCount({ strikes }: Affliction, { consumed }: PlantedFault): string | undefined {
  const isRight = strikes === Number.POSITIVE_INFINITY || consumed === strikes;
  return isRight ? undefined : `the fault struck ${consumed} times, not ${strikes}`;
}

/** That the killed process is gone and has called nothing since. */
async function checkKill(
  { sandbox }: CellWorld,
  entries: readonly CallLogEntry[],
  { fault }: Affliction,
): Promise<(string | undefined)[]> {
  const struck = entries.find((entry) => entry.fault === fault.kind);
  const killed = () => sandbox.lambda.processes().find(({ accessKeyId }) => accessKeyId === struck?.caller);
  await until('the end of the killed process', () => killed()?.exit !== undefined);
  const later = sandbox.calls.list({ caller: struck?.caller ?? '', after: struck?.sequence ?? 0 });
  return [
    killed()?.exit?.signal === 'SIGKILL' ? undefined : 'the process did not end by SIGKILL',
    later.length === 0 ? undefined : `the killed process has called ${later[0]?.operation} since`,
  ];
}

function toldOutcomes({ sandbox }: CellWorld): readonly BusEvent[] {
  return sandbox.events.recent().filter(({ source }) => source === 'start-engines');
}

/** An outcome is told on the bus, unless telling it is what was struck. */
function checkTold(world: CellWorld, before: number, { scenario, strikes }: Cell, { failed }: Ending): string[] {
  const told = toldOutcomes(world).length > before || (failed && !scenario.tellsFailure);
  const isHidden = strikes.some(({ call }) => call.operation === 'PutEvents');
  return told || isHidden ? [] : ['no outcome was told on the bus (invariant 6)'];
}
