import { ownerOf, parseMoment, type RetireMark } from '@start-engines/core';
import type { Registration, Scene } from './judge-scene.ts';
import type { Caller } from './lossy-client.ts';
import { owners } from './stage.ts';
import { isKept, short, type TaskStory } from './stories.ts';
import type { Sending, Target } from './witness.ts';

/** The shortest time for which ECS shows an ended task. */
const rememberedMs = 3_600_000;

/** A start reserves this time for cleaning up. */
const lastMinuteMs = 25_000;

const listingValidMs = 5_000;

/** A task that is missing in its group must be missing in two looks this far apart. */
const vacantLookMs = 5_000;

/** Checks for states that must not exist even for a moment. */
export interface Judge {
  /** @param sentAt when the RunTask that launched the task was sent */
  creation(story: TaskStory, sentAt: number): void;
  mark(caller: Caller, story: TaskStory, mark: RetireMark): void;
  registration(caller: Caller, target: Target): void;
  call(sending: Sending): void;
  /** @param to where the rule of the group sends its requests from now on */
  routeChange(caller: Caller, targetGroupArn: string, to: 'service' | 'activator'): void;
  isHealthyEverywhere(story: TaskStory): boolean;
}

export function createJudge({
  stage,
  isTroubled,
  stories,
  registrations,
  routes,
  restarts,
  expectedStops,
  successes,
  stops,
  report,
}: Scene): Judge {
  const now = () => stage.world.clock.now();
  const { lags, latencyMs, startTimeoutSeconds } = stage.settings;
  /** The longest time from the look behind a decision until the resulting call takes effect. */
  const decisionMs = Math.max(lags.tagsMs, lags.tasksMs) + 6 * latencyMs;
  // A refused or lost call is retried for up to half a minute without another look. A launch is not.
  const launchSlackMs = () => decisionMs + (isTroubled() ? 8_000 : 0);
  const slackMs = () => decisionMs + (isTroubled() ? 30_000 : 0);
  const ofOwner = (startedBy: string) => [...stories.values()].filter((story) => story.startedBy === startedBy);

  function judgeCount({ startedBy, taskArn }: TaskStory): void {
    const kept = ofOwner(startedBy).filter((story) => {
      // A marked task does not count: a later start may have adopted it after the stop gave up.
      return story.endedAt === undefined && story.marks.length === 0;
    });
    const allowed = 1 + (restarts.get(startedBy)?.size ?? 0);
    if (kept.length > allowed) {
      report(
        'one live task',
        `${short(taskArn)} joins ${kept.map((one) => short(one.taskArn)).join(', ')} of ${startedBy}`,
      );
    }
  }

  /** A start or a restart that is older than a completed stop ends as `Superseded`. */
  function judgeLateness({ startedBy, taskArn, facts }: TaskStory, sentAt: number): void {
    const asked = facts?.asked ?? 0;
    const decidedAt = sentAt - launchSlackMs();
    const stopped = ofOwner(startedBy).filter((story) =>
      story.marks.some(
        (mark) => mark.by === 'stop' && mark.asked > asked && mark.at < decidedAt && isLeft(story, mark),
      ),
    );
    const overtaken = stops.find((stop) => stop.startedBy === startedBy && stop.asked > asked && stop.at < decidedAt);
    if (overtaken !== undefined) {
      report(
        'no task is launched for a request older than a completed stop',
        `${short(taskArn)} asked ${asked} after ${overtaken.asked}`,
      );
    }
    for (const story of stopped) {
      report(
        'a stop supersedes earlier requests',
        `${short(taskArn)} asked ${asked} comes after ${short(story.taskArn)}`,
      );
    }
  }

  /** StopTask deletes the marks. Only the mark that it names is left until the other stop has written its note. */
  const isLeft = ({ stopAsked }: TaskStory, mark: RetireMark) => stopAsked === undefined || mark.asked <= stopAsked;

  /** ECS forgets a task one hour after its end. */
  function judgeRepetition({ startedBy, taskArn, facts }: TaskStory, sentAt: number): void {
    const answeredAt = successes.get(`${startedBy} ${facts?.asked}`) ?? Number.POSITIVE_INFINITY;
    if (answeredAt > sentAt - launchSlackMs()) return;
    const remembered = ofOwner(startedBy).filter((story) => (story.endedAt ?? now()) > now() - rememberedMs);
    if (remembered.length > 1) {
      report('one event runs one task', `${short(taskArn)} is launched for a request answered at ${answeredAt}`);
    }
  }

  function judgeMark(caller: Caller, story: TaskStory, mark: RetireMark): void {
    const { facts, startedBy } = story;
    if (mark.by === 'stop') {
      judgeStop(story, mark.asked, 'marked');
      return;
    }
    judgeLoss(caller, story, mark);
    judgePatience(caller, story);
    if (mark.by === 'start') judgeWithdrawal(caller, story);
    if (mark.by !== 'restart') return;
    const replaced = ofOwner(startedBy).some(
      (other) => other.taskArn !== story.taskArn && (isHealthyEverywhere(other) || hasJustGone(other)),
    );
    if (!replaced) report('a restart waits for a healthy replacement', `${short(story.taskArn)} asked ${facts?.asked}`);
  }

  /** Only a later stop may mark the last healthy task. */
  function judgeLoss(caller: Caller, story: TaskStory, mark: RetireMark): void {
    const { healthySince, startedBy, taskArn } = story;
    if (healthySince === undefined || isOvertaken(story) || !isHealthyEverywhere(story)) return;
    const groups = story.facts?.targets.map((one) => one.targetGroupArn) ?? [];
    // Unreadable health is not bad health. A caller that read the group before the task was healthy cannot know.
    const sawIt = groups.every(
      (arn) => caller.unreadGroups.has(arn) || (caller.groupReads.get(arn) ?? 0) > healthySince + lags.targetsMs,
    );
    const others = ofOwner(startedBy).filter((other) => other.taskArn !== taskArn);
    const isReplaced = others.some((other) => (isKept(other) && isHealthyEverywhere(other)) || hasJustGone(other));
    if (sawIt && !isReplaced) {
      report('the last healthy task stays', `${caller.name} marks ${short(taskArn)} as retiring for a ${mark.by}`);
    }
  }

  /** A task that is not running yet gets the start time-out of its mapping, if its launcher has that much time. */
  function judgePatience(caller: Caller, story: TaskStory): void {
    const { createdAt, upAt, taskArn } = story;
    const ageMs = now() - createdAt;
    const hasTime = caller.deadline - now() > lastMinuteMs;
    if (upAt !== undefined || ageMs >= startTimeoutSeconds * 1_000 || !hasTime || isOvertaken(story)) return;
    report('a task has its time to start', `${caller.name} stops ${short(taskArn)} after ${ageMs} ms`);
  }

  /** Judged by the later requests that were visible. */
  const isOvertaken = ({ startedBy, facts, adoptions }: TaskStory) => {
    const evident = adoptions.filter((adoption) => adoption.at < now() - slackMs()).map((one) => one.asked);
    return (expectedStops.get(startedBy) ?? 0) > Math.max(facts?.asked ?? 0, ...evident);
  };

  /** No caller can see yet that it has ended or been marked, even if a later start has adopted it since. */
  const hasJustGone = (story: TaskStory) => Math.max(story.endedAt ?? 0, ...marksOf(story)) > now() - slackMs();

  const marksOf = ({ marks }: TaskStory) => marks.map(({ at }) => at);

  function judgeWithdrawal(caller: Caller, { taskArn, reportedUp }: TaskStory): void {
    if (reportedUp.some((at) => at < now() - slackMs())) {
      report('a start stops no task that was reported as up', `${caller.name} stops ${short(taskArn)}`);
    }
  }

  /** Requests must not reach a task that leaves: every node of the load balancer sends them elsewhere first. */
  function judgeRoute(caller: Caller, story: TaskStory, targetGroupArn: string, what: string): void {
    if (stage.activatorGroupArn === '' || story.endedAt !== undefined || story.lastStatus !== 'RUNNING') return;
    const { to, since } = routes.get(targetGroupArn) ?? { to: 'activator', since: 0 };
    if (to === 'activator' && now() - since >= stage.settings.settleMs) return;
    const isServed = ofOwner(story.startedBy).some(
      (other) => other !== story && (isHealthyIn(other, targetGroupArn) || hasJustGone(other)),
    );
    if (isServed || !isMapped(story.startedBy, targetGroupArn)) return;
    report(
      'a task leaves when its route has settled',
      `${caller.name} ${what} ${short(story.taskArn)}: ${to}, ${now() - since} ms`,
    );
  }

  /** Requests go to the service only for a healthy task, and a kept task that was healthy keeps them. */
  function judgeRouteChange(caller: Caller, targetGroupArn: string, to: 'service' | 'activator'): void {
    const standing = [...stories.values()].filter(
      (story) =>
        story.endedAt === undefined && story.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn),
    );
    if (to === 'service') {
      const isSeen =
        standing.some((story) => isHealthyIn(story, targetGroupArn)) || [...stories.values()].some(hasJustGone);
      if (!isSeen) report('requests go to a healthy task', `${caller.name} turns ${targetGroupArn}`);
      return;
    }
    const left = standing.find(
      (story) =>
        // A later start may have made a mark void that the caller has seen.
        story.marks.length === 0 &&
        story.healthySince !== undefined &&
        story.healthySince < now() - slackMs() - vacantLookMs,
    );
    if (left !== undefined)
      report('a healthy task keeps its requests', `${caller.name} turns ${short(left.taskArn)} off`);
  }

  /** The rule of a group that the mapping no longer names is not looked after. */
  const isMapped = (startedBy: string, targetGroupArn: string) =>
    owners.some(
      (owner) => ownerOf(owner.workspace, owner.service) === startedBy && stage.rulesOf(owner).has(targetGroupArn),
    );

  const isHealthyIn = ({ ip, facts }: TaskStory, targetGroupArn: string) =>
    facts?.targets.some(
      (target) =>
        target.targetGroupArn === targetGroupArn &&
        stage
          .registered(targetGroupArn)
          .some((one) => one.id === ip && one.port === target.port && one.health.State === 'healthy'),
    ) === true;

  function judgeStop(story: TaskStory, asked: number, what: string): void {
    const { facts, taskArn, adoptions } = story;
    const decidedAt = story.marks.find((mark) => mark.by === 'stop' && mark.asked >= asked)?.at ?? now();
    const evident = adoptions.filter((adoption) => adoption.at < decidedAt - slackMs()).map((one) => one.asked);
    const latest = Math.max(facts?.asked ?? 0, ...evident);
    if (latest > asked)
      report(
        'a stop keeps tasks of later requests',
        `${short(taskArn)} asked ${latest}, ${what} by a stop of ${asked}`,
      );
  }

  function judgeStopTask(caller: Caller, story: TaskStory, reason: string, sentAt: number): void {
    const { ip, taskArn, endedAt } = story;
    const stopAsked = reason.startsWith('stop@') ? parseMoment(reason.slice('stop@'.length)) : undefined;
    if (stopAsked !== undefined) judgeStop(story, stopAsked, 'stopped');
    if (reason.startsWith('start@')) judgeWithdrawal(caller, story);
    if (endedAt !== undefined) return;
    for (const { targetGroupArn } of story.facts?.targets ?? []) judgeRoute(caller, story, targetGroupArn, 'stops');
    if (stopAsked !== undefined) story.stopAsked = stopAsked;
    for (const { group, target } of registeredAt(story.startedBy, ip, sentAt)) {
      report('deregistered before it is stopped', `${caller.name} stops ${short(taskArn)} with ${target} in ${group}`);
    }
  }

  /** In the groups of another service the address is that service's leftover, from before this task got it. */
  function registeredAt(
    startedBy: string,
    ip: string | undefined,
    sentAt: number,
  ): { group: string; target: string }[] {
    if (ip === undefined) return [];
    return groupsOf(startedBy).flatMap((arn) =>
      stage
        .registered(arn)
        .filter((target) => target.id === ip && isOwn(startedBy, arn, target.port))
        // A target that was registered while the call was in flight could not have been deregistered before.
        .filter((target) => !isRecent(registrations.get(`${arn} ${ip}:${target.port}`), sentAt))
        .map((target) => ({
          group: arn.split('/').at(-2) ?? arn,
          target: `${target.id}:${target.port} ${target.health.State}`,
        })),
    );
  }

  /** In a service's own group every port at the task's address belongs to the task. */
  const isOwn = (startedBy: string, arn: string, port: number) =>
    !stage.isContested ||
    ofOwner(startedBy).some((one) =>
      one.facts?.targets.some((target) => target.targetGroupArn === arn && target.port === port),
    );

  /** A registration that took effect long after it was sent may come between the look and the StopTask. */
  const isRecent = (registration: Registration | undefined, sentAt: number) =>
    registration !== undefined && registration.at > sentAt - (registration.wasLate ? decisionMs : 0);

  const groupsOf = (startedBy: string) => [
    ...new Set(ofOwner(startedBy).flatMap((story) => story.facts?.targets.map((one) => one.targetGroupArn) ?? [])),
  ];

  function isHealthyEverywhere({ ip, facts }: TaskStory): boolean {
    if (facts === undefined) return false;
    return facts.targets.every(({ targetGroupArn, port }) =>
      stage
        .registered(targetGroupArn)
        .some((one) => one.id === ip && one.port === port && one.health.State === 'healthy'),
    );
  }

  /** A correct target must not be deregistered, even if it is not healthy yet. */
  function judgeDeregistration({ caller, input, groupReadAt }: Sending, { Id, Port }: Target): void {
    const targetGroupArn = String(input.TargetGroupArn);
    const foreign = stage.foreignTarget(targetGroupArn);
    if (foreign?.id === Id)
      report('no target of another owner is deregistered', `${caller.name} deregisters ${Id}:${Port}`);
    const standing = stage.registered(targetGroupArn).find((target) => target.id === Id && target.port === Port);
    // In a group that may be shared, the owner of an unhealthy target is not looked up (docs/adr/0015).
    const isSilent = stage.isContested && ['unhealthy', 'unused'].includes(standing?.health.State ?? '');
    const since = registrations.get(`${targetGroupArn} ${Id}:${Port}`)?.at ?? 0;
    const holder = [...stories.values()].findLast((story) => story.ip === Id && story.createdAt < since);
    if (standing !== undefined && holder !== undefined) judgeRoute(caller, holder, targetGroupArn, 'deregisters');
    // A caller whose look is older than the registration cannot know of it.
    if (standing === undefined || isSilent || since > groupReadAt - lags.tasksMs) return;
    const owner = [...stories.values()].find(
      (story) =>
        story.ip === Id &&
        story.lastStatus === 'RUNNING' &&
        // The leftover of an earlier task with the same address does not belong to this task yet.
        story.createdAt < since &&
        isKept(story) &&
        // A process whose mark AWS refuses continues without it.
        !caller.triedToMark.has(story.taskArn) &&
        // The list of addresses may be five seconds old (docs/adr/0015). On AWS no task is up that soon.
        !(stage.isContested && story.createdAt > now() - listingValidMs - decisionMs) &&
        // A stop that cannot see a later adoption yet registers the target again soon.
        !(story.marks.length > 0 && story.adoptions.some((adoption) => adoption.at > now() - slackMs())) &&
        story.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn && one.port === Port),
    );
    if (owner !== undefined) {
      report('a correct target is not evicted', `${caller.name} evicts ${Id}:${Port} of ${short(owner.taskArn)}`);
    }
  }

  function judgeRegistration(caller: Caller, { Id }: Target): void {
    // An address may be reused. A stale read still shows its former task running, and the caller registers that one.
    const holders = [...stories.values()].filter((story) => story.ip === Id);
    const holder = holders.at(-1);
    if (holder !== undefined && holders.every(({ taskArn }) => caller.seenGone.has(taskArn))) {
      report('a task seen as retiring is not registered', `${caller.name} registers ${Id} of ${short(holder.taskArn)}`);
    }
  }

  function judgeOwnership(caller: Caller, story: TaskStory | undefined, operation: string): void {
    if (story !== undefined && !caller.mayTouch(story.startedBy)) {
      report(
        'no task of another owner is changed',
        `${caller.name} ${operation} ${short(story.taskArn)} of ${story.startedBy}`,
      );
    }
  }

  return {
    creation(story, sentAt) {
      judgeCount(story);
      judgeLateness(story, sentAt);
      judgeRepetition(story, sentAt);
    },
    mark: judgeMark,
    registration: judgeRegistration,
    call(sending) {
      const { caller, operation, input, sentAt } = sending;
      const story = stories.get(String(input.task ?? input.resourceArn));
      switch (operation) {
        case 'StopTask':
          judgeOwnership(caller, story, operation);
          if (story !== undefined) judgeStopTask(caller, story, String(input.reason), sentAt);
          return;
        case 'TagResource':
          judgeOwnership(caller, story, operation);
          return;
        case 'DeregisterTargets':
          for (const target of (input.Targets ?? []) as readonly Target[]) judgeDeregistration(sending, target);
          return;
      }
    },
    routeChange: judgeRouteChange,
    isHealthyEverywhere,
  };
}
