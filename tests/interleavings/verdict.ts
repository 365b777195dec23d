import type { ErrorCode, RestartOutcome, StartEnginesError, StartOutcome, StopOutcome } from '@start-engines/core';
import type { Overrides, Owner } from './script.ts';
import { owners, revisionOf, type Stage, secondClusterName } from './stage.ts';
import { goingSince, isKept, lastRequestedAt, short, type TaskStory } from './stories.ts';
import type { Witness } from './witness.ts';

/** A request and all its answers. It may be delivered more than once. */
export interface Request {
  readonly kind: 'start' | 'stop' | 'restart';
  readonly owner: Owner;
  readonly startedBy: string;
  readonly asked: number;
  readonly overrides: Overrides;
  readonly isWake: boolean;
  /** The target groups of the service's mapping when it was requested, if requests wake the service. */
  readonly routed: readonly string[];
  readonly answers: Answer[];
}

export interface Answer {
  readonly caller: string;
  readonly at: number;
  readonly begunAt: number;
  readonly deadline: number;
  /** The duration of the last call before the answer. */
  readonly lastCallMs: number;
  readonly outcome: StartOutcome | RestartOutcome | StopOutcome | undefined;
  readonly error: StartEnginesError | undefined;
}

export interface Settled {
  readonly stage: Stage;
  readonly request: Request | undefined;
  readonly answer: Answer;
  readonly witness: Witness;
  readonly requests: readonly Request[];
}

/** The errors to expect in a world where tasks crash, capacity runs out and AWS throttles. */
const expectedCodes = new Set<ErrorCode>([
  'Superseded',
  'WakeRefused',
  'CapacityUnavailable',
  'TaskStopped',
  'StartTimedOut',
  'TargetNotHealthy',
  'OutOfTime',
  'CompensationFailed',
  'SeveralFailed',
  'AwsThrottled',
  'AwsUnavailable',
  'MappingUnavailable',
]);

/** Every operation must end in time with an outcome or an expected error, and a success must name a task that is up. */
export function judgeAnswer({ stage, request, answer, witness, requests }: Settled): void {
  const { caller, error, at, deadline } = answer;
  if (at > deadline) witness.report('every operation ends in time', `${caller} ${at - deadline} ms late`);
  if (error !== undefined) {
    if (!expectedCodes.has(error.code) && !isOfDeletedGroup(error) && !isOfOverrides(error, request))
      witness.report('expected errors only', `${caller}: ${error.code}: ${error.message}`);
    if (error.code === 'Superseded') judgeSuperseded(request, requests, answer, witness);
    if (request !== undefined) judgePatience(error, answer, witness);
    if (request?.kind === 'start') judgeHealthTimeout(stage, error, answer, witness);
    return;
  }
  if (request?.kind === 'start') judgeSuccess(stage, request, answer, witness);
}

/** A task can be neither adopted nor registered in a group of its facts that was deleted. */
function isOfDeletedGroup({ code, context }: StartEnginesError): boolean {
  return code === 'AwsRejected' && context.awsCode === 'TargetGroupNotFound';
}

/** Another request, with other overrides, started the task. */
function isOfOverrides({ code }: StartEnginesError, request: Request | undefined): boolean {
  return code === 'OverrideNotApplied' && request !== undefined && Object.keys(request.overrides).length > 0;
}

const passingCodes = new Set<ErrorCode>(['AwsThrottled', 'AwsUnavailable', 'MappingUnavailable']);

/** Enough time for one more unanswered call and for a start's clean-up. */
const lastTryMs = 30_000;

/** Transient errors are retried. A reconcile leaves that to Lambda or to the next reconcile. */
function judgePatience({ code }: StartEnginesError, { caller, at, deadline }: Answer, witness: Witness): void {
  if (!passingCodes.has(code) || deadline - at < lastTryMs) return;
  witness.report('transient errors are retried until time is up', `${caller}: ${code} ${deadline - at} ms early`);
}

/** The longest pause between a start's two looks at a target's health. */
const healthPauseMs = 2_000;

/** A start that has adopted a task stops waiting for its health when the healthy time-out is over. */
function judgeHealthTimeout(
  stage: Stage,
  { code, context }: StartEnginesError,
  answer: Answer,
  witness: Witness,
): void {
  const story = witness.story(String(context.taskArn));
  if (code !== 'TargetNotHealthy' || story?.upAt === undefined || story.facts?.launchId === answer.caller) return;
  const { lags, latencyMs, healthyTimeoutSeconds } = stage.settings;
  const seenAt = Math.max(answer.begunAt, story.upAt) + lags.tasksMs + lags.targetsMs + 10 * latencyMs;
  const lateMs = answer.at - seenAt - healthyTimeoutSeconds * 1_000 - healthPauseMs;
  if (lateMs > 0 && !witness.isTroubled) {
    witness.report('an adopted task gets the healthy time-out', `${answer.caller} gives up ${lateMs} ms late`);
  }
}

function judgeSuperseded(
  request: Request | undefined,
  requests: readonly Request[],
  { caller }: Answer,
  witness: Witness,
): void {
  const later = requests.some(
    (other) => other.kind === 'stop' && other.startedBy === request?.startedBy && other.asked > request.asked,
  );
  if (!later) witness.report('only a later stop supersedes', caller);
}

/** The maximum age of a look when an operation acts on it: the read itself, its way back, and one more call. */
function slackOf({ settings }: Stage, { lastCallMs }: Answer): number {
  const { lags, latencyMs } = settings;
  return Math.max(lags.tagsMs, lags.tasksMs) + 4 * latencyMs + lastCallMs;
}

function judgeSuccess(stage: Stage, request: Request, answer: Answer, witness: Witness): void {
  const { caller, at, outcome } = answer;
  const { taskArn, waitedFor, ended } = outcome as StartOutcome;
  const story = witness.story(taskArn);
  if (story === undefined) {
    witness.report('a success names a task', `${caller} names ${taskArn}`);
    return;
  }
  const missing = notApplied(request.overrides, story);
  if (missing.length > 0) {
    witness.report(
      'a success has the requested overrides',
      `${caller} names ${short(taskArn)} without ${missing.join(', ')}`,
    );
  }
  // A start that waited for nothing was answered before its task was up.
  if (waitedFor !== 'none' || story.reportedUpAt !== undefined) witness.noteSuccess(request.startedBy, request.asked);
  if (ended !== undefined) {
    if (story.endedAt === undefined || story.upAt === undefined || lastRequestedAt(story) < request.asked) {
      witness.report('an ended task had been up', `${caller} names ${short(taskArn)}: ${ended}`);
    }
    return;
  }
  // StopTask deletes the mark, and a look may be older than that: until then the task seems to be up again.
  const goneAt = story.endedAt ?? goingSince(story) ?? Infinity;
  if (goneAt < at - slackOf(stage, answer)) {
    witness.report('a success names a live task', `${caller} names ${short(taskArn)}, gone for ${at - goneAt} ms`);
  }
  const stopAsked = witness.stoppedBy(request.startedBy, at - slackOf(stage, answer));
  if (stopAsked > lastRequestedAt(story)) {
    witness.report('no stopped task is reported as up', `${caller} names ${short(taskArn)}`);
  }
  if (waitedFor !== 'none') {
    story.reportedUp.push(at);
    judgeRouted(stage, request, story, answer, witness);
  }
}

/** A start is answered when requests reach its task. */
function judgeRouted(
  stage: Stage,
  { owner, routed }: Request,
  story: TaskStory,
  answer: Answer,
  witness: Witness,
): void {
  const rules = stage.rulesOf(owner);
  for (const { targetGroupArn } of story.facts?.targets ?? []) {
    const { to, since } = witness.route(targetGroupArn);
    if (
      !rules.has(targetGroupArn) ||
      !routed.includes(targetGroupArn) ||
      to === 'service' ||
      since > answer.at - slackOf(stage, answer)
    )
      continue;
    witness.report('a success is reached by requests', `${answer.caller} names ${short(story.taskArn)}: ${to}`);
  }
}

/** The requested overrides that the task was not started with. */
function notApplied({ mode, revision, elsewhere }: Overrides, story: TaskStory): readonly string[] {
  const isOfRevision = revision === undefined || story.taskDefinitionArn.endsWith(`/${revisionOf(revision)}`);
  return [
    ...(mode === undefined || story.environment.MODE === mode ? [] : [`MODE=${mode}`]),
    ...(isOfRevision ? [] : [`revision ${revision}`]),
    ...(elsewhere === undefined || story.taskArn.includes(`/${secondClusterName}/`) ? [] : [secondClusterName]),
  ];
}

/** After all activity has ceased, a start succeeds: no earlier event may keep a service down permanently. */
export function judgeFreshStart(settled: Settled): void {
  judgeAnswer(settled);
  const { answer, witness } = settled;
  if (answer.error !== undefined && !isOfDeletedGroup(answer.error)) {
    witness.report('a service can be started again', `${answer.caller}: ${answer.error.code}: ${answer.error.message}`);
  }
}

interface End {
  readonly stage: Stage;
  readonly witness: Witness;
  readonly requests: readonly Request[];
}

/** All activity has ceased and one reconcile has run. */
export function judgeEnd(end: End): void {
  judgeTargets(end);
  for (const owner of owners) judgeRoutes(end, owner);
  for (const owner of owners) {
    const startedBy = `start-engines/${owner.workspace}/${owner.service}`;
    const stories = end.witness.stories.filter((story) => story.startedBy === startedBy);
    const live = stories.filter((story) => story.endedAt === undefined);
    judgeLive(end, startedBy, live);
    judgeLatestRequest(end, startedBy, stories);
  }
}

function judgeLive({ stage, witness }: End, startedBy: string, live: readonly TaskStory[]): void {
  if (live.length > 1) {
    witness.report(
      'at most one live task in the end',
      `${startedBy} has ${live.map((story) => short(story.taskArn)).join(', ')}`,
    );
  }
  for (const story of live) {
    if (!isKept(story)) witness.report('no retiring task in the end', short(story.taskArn));
    const own = story.facts?.targets ?? [];
    // A task in one of two groups continues to serve if the other was deleted. A task in no group is an orphan.
    const left = own.filter(({ targetGroupArn }) => !stage.isDeleted(targetGroupArn));
    const missing = (left.length > 0 ? left : own).filter(
      ({ targetGroupArn, port }) =>
        !stage.registered(targetGroupArn).some((target) => target.id === story.ip && target.port === port),
    );
    if (isKept(story) && (missing.length > 0 || story.lastStatus !== 'RUNNING')) {
      witness.report(
        'no orphan',
        `${short(story.taskArn)} ${story.lastStatus}, not in ${missing.length} of its groups`,
      );
    }
  }
}

/** Requests go to the service exactly if a kept task is healthy in the group. */
function judgeRoutes({ stage, witness }: End, owner: Owner): void {
  for (const targetGroupArn of stage.rulesOf(owner).keys()) {
    const targets = stage.registered(targetGroupArn);
    const states = witness.stories
      .filter((story) => isKept(story) && story.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn))
      .flatMap(({ ip }) => targets.filter(({ id }) => id === ip).map(({ health }) => health.State));
    const { to } = witness.route(targetGroupArn);
    const group = targetGroupArn.split('/').at(-2);
    if (states.includes('healthy') && to !== 'service')
      witness.report('the route is right in the end', `${group}: ${to}, healthy`);
    if (states.every((state) => state === 'initial') && to !== 'activator') {
      witness.report('the route is right in the end', `${group}: ${to}, ${states.join() || 'no task'}`);
    }
  }
}

/** No path leads to another service's task or to an ended task, and targets of other systems are still registered. */
function judgeTargets({ stage, witness }: End): void {
  for (const targetGroupArn of stage.groups) {
    const group = targetGroupArn.split('/').at(-2);
    const foreign = stage.foreignTarget(targetGroupArn);
    const registered = stage.registered(targetGroupArn);
    if (foreign !== undefined && !registered.some(({ id }) => id === foreign.id)) {
      witness.report('no target of another owner is deregistered', `${foreign.id} is no longer in ${group}`);
    }
    for (const { id, port } of registered) {
      if (id === foreign?.id) continue;
      const holder = witness.stories.find((story) => story.ip === id && story.endedAt === undefined);
      if (!holder?.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn && one.port === port)) {
        const whose = holder === undefined ? '' : `, the address of ${short(holder.taskArn)} of ${holder.startedBy}`;
        witness.report('no stale target', `${id}:${port} in ${group}${whose}`);
      }
    }
  }
}

/**
 * The latest request wins. A start that succeeded has a live task, if that task was not lost. A stop that succeeded has left no
 * task that it could see. Cases without evidence in AWS are not judged (see README.md).
 */
function judgeLatestRequest({ stage, witness, requests }: End, startedBy: string, stories: readonly TaskStory[]): void {
  const last = requests
    .filter((request) => request.startedBy === startedBy)
    .reduce<Request | undefined>(
      (latest, request) => (latest === undefined || request.asked > latest.asked ? request : latest),
      undefined,
    );
  const success = last?.answers.findLast((answer) => answer.error === undefined);
  if (last === undefined || success === undefined) return;
  const live = stories.filter((story) => story.endedAt === undefined);
  if (last.kind === 'stop') {
    for (const { taskArn } of live) {
      witness.report('the latest request wins', `${success.caller} left ${short(taskArn)} running`);
    }
    return;
  }
  const { waitedFor, ended } = success.outcome as StartOutcome;
  if (ended !== undefined) return;
  // Deleting all its groups stops a task, too.
  const isCutOff = ({ facts }: TaskStory) => facts?.targets.every((one) => stage.isDeleted(one.targetGroupArn));
  const lostSince = Math.min(success.begunAt, success.at - slackOf(stage, success));
  const lost = stories.some((story) => (story.lost || isCutOff(story)) && (story.endedAt ?? 0) > lostSince);
  if (live.length === 0 && waitedFor !== 'none' && !lost) {
    witness.report('the latest request wins', `${success.caller} reported the service as up, but it is down`);
  }
}
