import type { ErrorCode, RestartOutcome, StartEnginesError, StartOutcome, StopOutcome } from '@start-engines/core';
import type { Overrides, Owner } from './script.ts';
import { owners, revisionOf, type Stage, secondClusterName } from './stage.ts';
import { goingSince, isKept, lastAskedFor, short, type TaskStory } from './stories.ts';
import type { Witness } from './witness.ts';

/** Something that was asked for, and every answer to it: it may be delivered more than once. */
export interface Wish {
  readonly kind: 'start' | 'stop' | 'restart';
  readonly owner: Owner;
  readonly startedBy: string;
  readonly asked: number;
  readonly overrides: Overrides;
  readonly answers: Answer[];
}

export interface Answer {
  readonly caller: string;
  readonly at: number;
  readonly begunAt: number;
  readonly deadline: number;
  /** What the latest call took before the answer. */
  readonly lastCallMs: number;
  readonly outcome: StartOutcome | RestartOutcome | StopOutcome | undefined;
  readonly error: StartEnginesError | undefined;
}

export interface Settled {
  readonly stage: Stage;
  readonly wish: Wish | undefined;
  readonly answer: Answer;
  readonly witness: Witness;
  readonly wishes: readonly Wish[];
}

/** What may come of an operation in a world where tasks crash, capacity ends and AWS throttles. */
const expectedCodes = new Set<ErrorCode>([
  'Superseded',
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

/** Every operation ends in time with an outcome or an expected error, and a success names a task that is up. */
export function judgeAnswer({ stage, wish, answer, witness, wishes }: Settled): void {
  const { caller, error, at, deadline } = answer;
  if (at > deadline) witness.report('every operation ends in time', `${caller} ${at - deadline} ms late`);
  if (error !== undefined) {
    if (!expectedCodes.has(error.code) && !isOfDeletedGroup(error) && !isOfOverrides(error, wish))
      witness.report('expected errors only', `${caller}: ${error.code}: ${error.message}`);
    if (error.code === 'Superseded') judgeSuperseded(wish, wishes, answer, witness);
    if (wish !== undefined) judgePatience(error, answer, witness);
    if (wish?.kind === 'start') judgeHealthTimeout(stage, error, answer, witness);
    return;
  }
  if (wish?.kind === 'start') judgeSuccess(stage, wish, answer, witness);
}

/** A task that was started with a group which was deleted can neither be registered there nor adopted. */
function isOfDeletedGroup({ code, context }: StartEnginesError): boolean {
  return code === 'AwsRejected' && context.awsCode === 'TargetGroupNotFound';
}

/** Its task was started by a request for something else. */
function isOfOverrides({ code }: StartEnginesError, wish: Wish | undefined): boolean {
  return code === 'OverrideNotApplied' && wish !== undefined && Object.keys(wish.overrides).length > 0;
}

const passingCodes = new Set<ErrorCode>(['AwsThrottled', 'AwsUnavailable', 'MappingUnavailable']);

/** Time enough for one more call without an answer, and for what a start keeps to clean up. */
const lastTryMs = 30_000;

/** What passes is tried again. A reconcile leaves that to Lambda or to the next one. */
function judgePatience({ code }: StartEnginesError, { caller, at, deadline }: Answer, witness: Witness): void {
  if (!passingCodes.has(code) || deadline - at < lastTryMs) return;
  witness.report('what passes is tried again until time is up', `${caller}: ${code} ${deadline - at} ms early`);
}

/** What a start does between two looks at a target's health, at most. */
const healthPauseMs = 2_000;

/** A start that has adopted a task gives up on its health when the healthy timeout is over. */
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
    witness.report('an adopted task has the healthy timeout', `${answer.caller} gives up ${lateMs} ms late`);
  }
}

function judgeSuperseded(wish: Wish | undefined, wishes: readonly Wish[], { caller }: Answer, witness: Witness): void {
  const later = wishes.some(
    (other) => other.kind === 'stop' && other.startedBy === wish?.startedBy && other.asked > wish.asked,
  );
  if (!later) witness.report('superseded by a later stop only', caller);
}

/** A look may be this old when it is acted upon: the read itself, the way back, and one more call. */
function slackOf({ settings }: Stage, { lastCallMs }: Answer): number {
  const { lags, latencyMs } = settings;
  return Math.max(lags.tagsMs, lags.tasksMs) + 4 * latencyMs + lastCallMs;
}

function judgeSuccess(stage: Stage, wish: Wish, answer: Answer, witness: Witness): void {
  const { caller, at, outcome } = answer;
  const { taskArn, waitedFor, ended } = outcome as StartOutcome;
  const story = witness.story(taskArn);
  if (story === undefined) {
    witness.report('a success names a task', `${caller} names ${taskArn}`);
    return;
  }
  const missing = notApplied(wish.overrides, story);
  if (missing.length > 0) {
    witness.report(
      'a success has what was requested',
      `${caller} names ${short(taskArn)} without ${missing.join(', ')}`,
    );
  }
  // A start that waited for nothing was answered before its task was up.
  if (waitedFor !== 'none' || story.reportedUpAt !== undefined) witness.noteSuccess(wish.startedBy, wish.asked);
  if (ended !== undefined) {
    if (story.endedAt === undefined || story.upAt === undefined || lastAskedFor(story) < wish.asked) {
      witness.report('what has ended was carried out', `${caller} names ${short(taskArn)}: ${ended}`);
    }
    return;
  }
  // StopTask deletes the mark, and a look at the task may still be from before: for so long it seems to be up again.
  const goneAt = story.endedAt ?? goingSince(story) ?? Infinity;
  if (goneAt < at - slackOf(stage, answer)) {
    witness.report('a success names a live task', `${caller} names ${short(taskArn)}, gone for ${at - goneAt} ms`);
  }
  const stopAsked = witness.stoppedBy(wish.startedBy, at - slackOf(stage, answer));
  if (stopAsked > lastAskedFor(story)) {
    witness.report('nobody is told up what a stop has overtaken', `${caller} names ${short(taskArn)}`);
  }
  if (waitedFor !== 'none') {
    story.toldUp.push(at);
    judgeRouted(stage, wish, story, answer, witness);
  }
}

/** A start is answered when requests reach its task. */
function judgeRouted(stage: Stage, { owner }: Wish, story: TaskStory, answer: Answer, witness: Witness): void {
  const rules = stage.rulesOf(owner);
  for (const { targetGroupArn } of story.facts?.targets ?? []) {
    const { to, since } = witness.route(targetGroupArn);
    if (!rules.has(targetGroupArn) || to === 'service' || since > answer.at - slackOf(stage, answer)) continue;
    witness.report('a success is reached by requests', `${answer.caller} names ${short(story.taskArn)}: ${to}`);
  }
}

/** What a start requests and the task was not started with. */
function notApplied({ mode, revision, elsewhere }: Overrides, story: TaskStory): readonly string[] {
  const isOfRevision = revision === undefined || story.taskDefinitionArn.endsWith(`/${revisionOf(revision)}`);
  return [
    ...(mode === undefined || story.environment.MODE === mode ? [] : [`MODE=${mode}`]),
    ...(isOfRevision ? [] : [`revision ${revision}`]),
    ...(elsewhere === undefined || story.taskArn.includes(`/${secondClusterName}/`) ? [] : [secondClusterName]),
  ];
}

/** After everything is quiet, a start succeeds: nothing that happened before keeps a service down for good. */
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
  readonly wishes: readonly Wish[];
}

/** It is quiet and one reconcile has run. */
export function judgeEnd(end: End): void {
  judgeTargets(end);
  for (const owner of owners) judgeRoutes(end, owner);
  for (const owner of owners) {
    const startedBy = `start-engines/${owner.workspace}/${owner.service}`;
    const stories = end.witness.stories.filter((story) => story.startedBy === startedBy);
    const live = stories.filter((story) => story.endedAt === undefined);
    judgeLive(end, startedBy, live);
    judgeLastWish(end, startedBy, stories);
  }
}

function judgeLive({ stage, witness }: End, startedBy: string, live: readonly TaskStory[]): void {
  if (live.length > 1) {
    witness.report(
      'one live task in the end',
      `${startedBy} has ${live.map((story) => short(story.taskArn)).join(', ')}`,
    );
  }
  for (const story of live) {
    if (!isKept(story)) witness.report('what is to go is gone in the end', short(story.taskArn));
    const own = story.facts?.targets ?? [];
    // What is registered in one of two groups serves on when the other was deleted; what is in none is an orphan.
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

/** A path leads to no other service's task, to no task that has ended, and still to whatever somebody else has registered. */
function judgeTargets({ stage, witness }: End): void {
  for (const targetGroupArn of stage.groups) {
    const group = targetGroupArn.split('/').at(-2);
    const foreign = stage.foreignTarget(targetGroupArn);
    const registered = stage.registered(targetGroupArn);
    if (foreign !== undefined && !registered.some(({ id }) => id === foreign.id)) {
      witness.report('nobody else’s target is taken out', `${foreign.id} is in ${group} no more`);
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
 * The last wish wins. A start that was told it is up has a live task, unless it was lost. A stop that has answered has
 * left no task that it could see; what AWS holds no evidence of is not judged (see README.md).
 */
function judgeLastWish({ stage, witness, wishes }: End, startedBy: string, stories: readonly TaskStory[]): void {
  const last = wishes
    .filter((wish) => wish.startedBy === startedBy)
    .reduce<Wish | undefined>(
      (latest, wish) => (latest === undefined || wish.asked > latest.asked ? wish : latest),
      undefined,
    );
  const success = last?.answers.findLast((answer) => answer.error === undefined);
  if (last === undefined || success === undefined) return;
  const live = stories.filter((story) => story.endedAt === undefined);
  if (last.kind === 'stop') {
    for (const { taskArn } of live) {
      witness.report('the last wish wins', `${success.caller} left ${short(taskArn)} running`);
    }
    return;
  }
  const { waitedFor, ended } = success.outcome as StartOutcome;
  if (ended !== undefined) return;
  // Whoever deletes all its groups takes a task down, too.
  const isCutOff = ({ facts }: TaskStory) => facts?.targets.every((one) => stage.isDeleted(one.targetGroupArn));
  const lostSince = Math.min(success.begunAt, success.at - slackOf(stage, success));
  const lost = stories.some((story) => (story.lost || isCutOff(story)) && (story.endedAt ?? 0) > lostSince);
  if (live.length === 0 && waitedFor !== 'none' && !lost) {
    witness.report('the last wish wins', `${success.caller} was told that the service is up, and it is down`);
  }
}
