import type { ErrorCode, RestartOutcome, StartEnginesError, StartOutcome, StopOutcome } from '@start-engines/core';
import type { Owner } from './script.ts';
import { lags, owners, type Stage } from './stage.ts';
import { goingSince, isKept, short, type TaskStory, type Witness } from './witness.ts';

/** Something that was asked for, and every answer to it: it may be delivered more than once. */
export interface Wish {
  readonly kind: 'start' | 'stop' | 'restart';
  readonly owner: Owner;
  readonly startedBy: string;
  readonly asked: number;
  readonly answers: Answer[];
}

export interface Answer {
  readonly caller: string;
  readonly at: number;
  readonly begunAt: number;
  readonly deadline: number;
  readonly outcome: StartOutcome | RestartOutcome | StopOutcome | undefined;
  readonly error: StartEnginesError | undefined;
}

export interface Settled {
  readonly wish: Wish | undefined;
  readonly answer: Answer;
  readonly witness: Witness;
  readonly troubled: boolean;
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
]);

/** A look may be this old when it is acted upon: the read itself, the way back, and one more call. */
const answerSlackMs = Math.max(lags.tagsMs, lags.tasksMs) + 4 * lags.latencyMs;

/** Every operation ends in time with an outcome or an expected error, and a success names a task that is up. */
export function judgeAnswer({ wish, answer, witness, wishes }: Settled): void {
  const { caller, error, at, deadline } = answer;
  if (at > deadline) witness.report('every operation ends in time', `${caller} ${at - deadline} ms late`);
  if (error !== undefined) {
    if (!expectedCodes.has(error.code) && !isOfDeletedGroup(error))
      witness.report('expected errors only', `${caller}: ${error.code}: ${error.message}`);
    if (error.code === 'Superseded') judgeSuperseded(wish, wishes, answer, witness);
    return;
  }
  if (wish?.kind === 'start') judgeSuccess(answer, witness);
}

/** A task that was started with a group which was deleted can neither be registered there nor adopted. */
function isOfDeletedGroup({ code, context }: StartEnginesError): boolean {
  return code === 'AwsRejected' && context.awsCode === 'TargetGroupNotFound';
}

function judgeSuperseded(wish: Wish | undefined, wishes: readonly Wish[], { caller }: Answer, witness: Witness): void {
  const later = wishes.some(
    (other) => other.kind === 'stop' && other.startedBy === wish?.startedBy && other.asked > wish.asked,
  );
  if (!later) witness.report('superseded by a later stop only', caller);
}

function judgeSuccess({ caller, at, outcome }: Answer, witness: Witness): void {
  const { taskArn, waitedFor } = outcome as StartOutcome;
  const story = witness.story(taskArn);
  if (story === undefined) {
    witness.report('a success names a task', `${caller} names ${taskArn}`);
    return;
  }
  // StopTask deletes the mark, and a look at the task may still be from before: for so long it seems to be up again.
  const goneAt = story.endedAt ?? goingSince(story) ?? Infinity;
  if (goneAt < at - answerSlackMs) {
    witness.report('a success names a live task', `${caller} names ${short(taskArn)}, gone for ${at - goneAt} ms`);
  }
  if (waitedFor !== 'none') story.toldUp.push(at);
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
  for (const owner of owners) {
    const startedBy = `start-engines/${owner.workspace}/${owner.service}`;
    const stories = end.witness.stories.filter((story) => story.startedBy === startedBy);
    const live = stories.filter((story) => story.endedAt === undefined);
    judgeLive(end, startedBy, live);
    judgeTargets(end, owner, stories);
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

function judgeTargets({ stage, witness }: End, owner: Owner, stories: readonly TaskStory[]): void {
  for (const targetGroupArn of stage.groupsOf(owner)) {
    for (const { id, port } of stage.registered(targetGroupArn)) {
      const running = stories.some((story) => story.ip === id && story.endedAt === undefined);
      if (!running) witness.report('no stale target', `${id}:${port} in ${targetGroupArn.split('/').at(-2)}`);
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
  const { waitedFor } = success.outcome as StartOutcome;
  // Whoever deletes all its groups takes a task down, too.
  const isCutOff = ({ facts }: TaskStory) => facts?.targets.every((one) => stage.isDeleted(one.targetGroupArn));
  const lost = stories.some((story) => (story.lost || isCutOff(story)) && (story.endedAt ?? 0) > success.begunAt);
  if (live.length === 0 && waitedFor !== 'none' && !lost) {
    witness.report('the last wish wins', `${success.caller} was told that the service is up, and it is down`);
  }
}
