import {
  decodeLaunchFacts,
  isAdoptedTag,
  isRetireTag,
  type LaunchFacts,
  launchFactsVariable,
  parseMoment,
  parseRetireMark,
  type RetireMark,
} from '@start-engines/core';
import type { Caller } from './lossy-client.ts';
import { lags, type Stage } from './stage.ts';

/** A rule that did not hold, when, and what was seen. */
export interface Violation {
  readonly rule: string;
  readonly at: number;
  readonly seen: string;
}

/** What became of one task, as the model has it and not as stale reads show it. */
export interface TaskStory {
  readonly taskArn: string;
  readonly startedBy: string;
  readonly createdAt: number;
  readonly facts: LaunchFacts | undefined;
  lastStatus: string;
  ip: string | undefined;
  /** When it was told to stop or began to end by itself. */
  endedAt?: number;
  /** It crashed or lost its capacity. */
  lost?: boolean;
  /** The marks that it is to go, oldest first. */
  readonly marks: (RetireMark & { readonly at: number })[];
  readonly adoptions: { readonly asked: number; readonly at: number }[];
  /** When a caller was told that it is up. */
  readonly toldUp: number[];
}

/** Watches every call and every change of a task, and notes what must not happen even for a moment. */
export interface Witness {
  readonly violations: readonly Violation[];
  readonly stories: readonly TaskStory[];
  report(rule: string, seen: string): void;
  /** A restart of the owner (`startedBy`) is on its way. */
  expectRestart(startedBy: string, asked: number): void;
  /** A stop of the owner (`startedBy`) has answered that it is carried out. */
  noteStop(startedBy: string, asked: number): void;
  story(taskArn: string): TaskStory | undefined;
  before(caller: Caller, operation: string, input: Input): void;
  after(caller: Caller, operation: string, input: Input, output: Input): void;
}

type Input = Readonly<Record<string, unknown>>;
interface Target {
  readonly Id: string;
  readonly Port: number;
}

/** From the look that decides something until the call it leads to has its effect, at most. */
const decisionMs = lags.tagsMs + 6 * lags.latencyMs;

export function createWitness(stage: Stage, troubled: () => boolean): Witness {
  const { world } = stage;
  const violations: Violation[] = [];
  const stories = new Map<string, TaskStory>();
  const registeredSince = new Map<string, number>();
  const restarts = new Map<string, Set<number>>();
  const stops: { readonly startedBy: string; readonly asked: number; readonly at: number }[] = [];
  const now = () => world.clock.now();
  const report = (rule: string, seen: string) => violations.push({ rule, at: now(), seen });
  // A call that was refused or lost is made again up to half a minute later without another look; a launch is not.
  const launchSlackMs = () => decisionMs + (troubled() ? 8_000 : 0);
  const slackMs = () => decisionMs + (troubled() ? 30_000 : 0);

  world.ecs.onTaskStateChange((detail) => {
    const task = detail as unknown as ChangedTask;
    const known = stories.get(task.taskArn);
    if (known === undefined) {
      stories.set(task.taskArn, beginStory(task, now()));
      judgeCreation(task);
      judgeLateness(task);
      return;
    }
    known.lastStatus = task.lastStatus;
    known.ip = task.containers[0]?.networkInterfaces[0]?.privateIpv4Address ?? known.ip;
    if (task.desiredStatus === 'STOPPED' && known.endedAt === undefined) {
      known.endedAt = now();
      if (task.stopCode !== 'UserInitiated') known.lost = true;
    }
  });

  function judgeCreation({ startedBy = '', taskArn }: ChangedTask): void {
    const kept = [...stories.values()].filter((story) => {
      // A task that was once marked may have been given up, and be wanted again by a later start.
      return story.startedBy === startedBy && story.endedAt === undefined && story.marks.length === 0;
    });
    const allowed = 1 + (restarts.get(startedBy)?.size ?? 0);
    if (kept.length > allowed) {
      report(
        'one live task',
        `${short(taskArn)} joins ${kept.map((one) => short(one.taskArn)).join(', ')} of ${startedBy}`,
      );
    }
  }

  /** A start or a restart that is older than a stop which was carried out ends as `Superseded`. */
  function judgeLateness({ startedBy = '', taskArn }: ChangedTask): void {
    const asked = stories.get(taskArn)?.facts?.asked ?? 0;
    const stopped = [...stories.values()].filter(
      (story) =>
        story.startedBy === startedBy &&
        story.marks.some((mark) => mark.by === 'stop' && mark.asked > asked && mark.at < now() - launchSlackMs()),
    );
    const overtaken = stops.find(
      (stop) => stop.startedBy === startedBy && stop.asked > asked && stop.at < now() - launchSlackMs(),
    );
    if (overtaken !== undefined) {
      report('nothing comes up that a stop has overtaken', `${short(taskArn)} asked ${asked} after ${overtaken.asked}`);
    }
    for (const story of stopped) {
      report(
        'a stop outweighs what was asked before it',
        `${short(taskArn)} asked ${asked} comes after ${short(story.taskArn)}`,
      );
    }
  }

  function judgeMark(caller: Caller, story: TaskStory, mark: RetireMark): void {
    const { facts, startedBy } = story;
    if (mark.by === 'start') judgeWithdrawal(caller, story);
    if (mark.by === 'stop') judgeStop(story, mark.asked, 'marked');
    if (mark.by !== 'restart') return;
    const replaced = [...stories.values()].some(
      (other) =>
        other.startedBy === startedBy &&
        other.taskArn !== story.taskArn &&
        // Nobody can know yet that it has just ended or been marked, even if a later start wants it back by now.
        (isHealthyEverywhere(other) || Math.max(other.endedAt ?? 0, ...marksOf(other)) > now() - slackMs()),
    );
    if (!replaced) report('a restart replaces by a healthy task', `${short(story.taskArn)} asked ${facts?.asked}`);
  }

  const marksOf = ({ marks }: TaskStory) => marks.map(({ at }) => at);

  function judgeWithdrawal(caller: Caller, { taskArn, toldUp }: TaskStory): void {
    if (toldUp.some((at) => at < now() - slackMs())) {
      report('a start takes down nothing that somebody was told is up', `${caller.name} takes down ${short(taskArn)}`);
    }
  }

  function judgeStop(story: TaskStory, asked: number, what: string): void {
    const { facts, taskArn, adoptions } = story;
    const decidedAt = story.marks.find((mark) => mark.by === 'stop' && mark.asked >= asked)?.at ?? now();
    const evident = adoptions.filter((adoption) => adoption.at < decidedAt - slackMs()).map((one) => one.asked);
    const latest = Math.max(facts?.asked ?? 0, ...evident);
    if (latest > asked)
      report('a stop leaves what was asked later', `${short(taskArn)} asked ${latest}, ${what} by a stop of ${asked}`);
  }

  function judgeStopTask(caller: Caller, story: TaskStory, reason: string): void {
    const { ip, taskArn, endedAt } = story;
    const stopAsked = reason.startsWith('stop@') ? parseMoment(reason.slice('stop@'.length)) : undefined;
    if (stopAsked !== undefined) judgeStop(story, stopAsked, 'stopped');
    if (reason.startsWith('start@')) judgeWithdrawal(caller, story);
    if (endedAt !== undefined) return;
    for (const { group, target } of registeredAt(story.startedBy, ip)) {
      report('deregistered before it is stopped', `${caller.name} stops ${short(taskArn)} with ${target} in ${group}`);
    }
  }

  /** In the groups of another service an address is that service's leftover, from before it was this task's. */
  function registeredAt(startedBy: string, ip: string | undefined): { group: string; target: string }[] {
    if (ip === undefined) return [];
    return groupsOf(startedBy).flatMap((arn) =>
      stage
        .registered(arn)
        .filter((target) => target.id === ip)
        .map((target) => ({
          group: arn.split('/').at(-2) ?? arn,
          target: `${target.id}:${target.port} ${target.health.State}`,
        })),
    );
  }

  const groupsOf = (startedBy: string) => {
    const own = [...stories.values()].filter((story) => story.startedBy === startedBy);
    return [...new Set(own.flatMap((story) => story.facts?.targets.map((one) => one.targetGroupArn) ?? []))];
  };

  function isHealthyEverywhere({ ip, facts }: TaskStory): boolean {
    return (facts?.targets ?? []).every(({ targetGroupArn, port }) =>
      stage
        .registered(targetGroupArn)
        .some((one) => one.id === ip && one.port === port && one.health.State === 'healthy'),
    );
  }

  /** Somebody's right target must not be taken out, not even one that is merely not healthy yet. */
  function judgeDeregistration(caller: Caller, targetGroupArn: string, { Id, Port }: Target): void {
    const stands = stage.registered(targetGroupArn).some((target) => target.id === Id && target.port === Port);
    const since = registeredSince.get(`${targetGroupArn} ${Id}:${Port}`) ?? 0;
    // Whoever decides by a look that is older than the registration cannot know of it.
    const readAt = caller.groupReads.get(targetGroupArn) ?? 0;
    if (!stands || since > readAt - lags.tasksMs) return;
    const rightful = [...stories.values()].find(
      (story) =>
        story.ip === Id &&
        story.lastStatus === 'RUNNING' &&
        // What an earlier task with the same address has left is not this one's yet.
        story.createdAt < since &&
        isKept(story) &&
        // A stop that cannot know yet that a later start wants the task has it back in a moment.
        !(story.marks.length > 0 && story.adoptions.some((adoption) => adoption.at > now() - slackMs())) &&
        story.facts?.targets.some((one) => one.targetGroupArn === targetGroupArn && one.port === Port),
    );
    if (rightful !== undefined) {
      report('a right target is not evicted', `${caller.name} evicts ${Id}:${Port} of ${short(rightful.taskArn)}`);
    }
  }

  function judgeRegistration(caller: Caller, { Id }: Target): void {
    const holder = [...stories.values()].findLast((story) => story.ip === Id);
    if (holder !== undefined && caller.seenGone.has(holder.taskArn)) {
      report('what was seen to go is not registered', `${caller.name} registers ${Id} of ${short(holder.taskArn)}`);
    }
  }

  function judgeOwnership(caller: Caller, story: TaskStory | undefined, operation: string): void {
    if (story !== undefined && !caller.mayTouch(story.startedBy)) {
      report(
        'nobody else’s tasks are touched',
        `${caller.name} ${operation} ${short(story.taskArn)} of ${story.startedBy}`,
      );
    }
  }

  return {
    violations,
    get stories() {
      return [...stories.values()];
    },
    report,
    expectRestart(startedBy, asked) {
      restarts.set(startedBy, (restarts.get(startedBy) ?? new Set()).add(asked));
    },
    noteStop(startedBy, asked) {
      stops.push({ startedBy, asked, at: now() });
    },
    story: (taskArn) => stories.get(taskArn),
    before(caller, operation, input) {
      const story = stories.get(String(input.task ?? input.resourceArn));
      const targets = (input.Targets ?? []) as readonly Target[];
      switch (operation) {
        case 'StopTask':
          judgeOwnership(caller, story, operation);
          if (story !== undefined) judgeStopTask(caller, story, String(input.reason));
          return;
        case 'TagResource':
          judgeOwnership(caller, story, operation);
          return;
        case 'DeregisterTargets':
          for (const target of targets) judgeDeregistration(caller, String(input.TargetGroupArn), target);
          return;
        case 'RegisterTargets':
          for (const target of targets) judgeRegistration(caller, target);
          return;
      }
    },
    after(caller, operation, input, output) {
      if (operation === 'DescribeTasks') noteGone(caller, output);
      if (operation === 'DescribeTargetHealth') caller.groupReads.set(String(input.TargetGroupArn), now());
      if (operation === 'RegisterTargets') {
        for (const { Id, Port } of input.Targets as readonly Target[]) {
          registeredSince.set(`${input.TargetGroupArn} ${Id}:${Port}`, now());
        }
      }
      const story = stories.get(String(input.resourceArn));
      if (operation !== 'TagResource' || story === undefined) return;
      for (const { key, value } of input.tags as readonly Tag[]) {
        const mark = isRetireTag(key) ? parseRetireMark(value, undefined) : undefined;
        if (mark !== undefined && story.endedAt === undefined) {
          if (goingSince(story) === undefined) judgeMark(caller, story, mark);
          story.marks.push({ ...mark, at: now() });
        }
        if (isAdoptedTag(key)) {
          const asked = parseMoment(value) ?? 0;
          story.adoptions.push({ asked, at: now() });
          caller.adopted.set(story.taskArn, Math.max(asked, caller.adopted.get(story.taskArn) ?? 0));
          caller.seenGone.delete(story.taskArn);
        }
      }
    },
  };
}

interface Tag {
  readonly key: string;
  readonly value: string;
}

interface ChangedTask {
  readonly taskArn: string;
  readonly startedBy?: string;
  readonly desiredStatus: string;
  readonly lastStatus: string;
  readonly stopCode?: string;
  readonly containers: readonly { readonly networkInterfaces: readonly { readonly privateIpv4Address: string }[] }[];
  readonly overrides: {
    readonly containerOverrides?: readonly { readonly environment?: readonly { name: string; value: string }[] }[];
  };
}

function beginStory({ taskArn, startedBy = '', lastStatus, overrides }: ChangedTask, at: number): TaskStory {
  const variables = (overrides.containerOverrides ?? []).flatMap(({ environment }) => environment ?? []);
  const facts = decodeLaunchFacts(variables.find(({ name }) => name === launchFactsVariable)?.value);
  return { taskArn, startedBy, createdAt: at, facts, lastStatus, ip: undefined, marks: [], adoptions: [], toldUp: [] };
}

/** Remembers what the caller was shown to be retiring or ended, until it is shown that the task is wanted again. */
function noteGone(caller: Caller, output: Input): void {
  for (const { taskArn, desiredStatus, tags = [] } of output.tasks as readonly (ChangedTask & { tags?: Tag[] })[]) {
    const shown = tags.filter(({ key }) => isAdoptedTag(key)).map(({ value }) => parseMoment(value) ?? 0);
    const adopted = Math.max(...shown, caller.adopted.get(taskArn) ?? 0);
    caller.adopted.set(taskArn, adopted);
    const marks = tags.flatMap(({ key, value }) => (isRetireTag(key) ? (parseRetireMark(value, undefined) ?? []) : []));
    const goes = marks.some((mark) => mark.by !== 'stop' || mark.asked >= adopted);
    if (desiredStatus === 'STOPPED' || goes) caller.seenGone.add(taskArn);
    else if (marks.length > 0) caller.seenGone.delete(taskArn);
  }
}

/** Live, and not marked to go. */
export function isKept(story: TaskStory): boolean {
  return story.endedAt === undefined && goingSince(story) === undefined;
}

/** Since when the task has been marked to go. A stop's mark does not count against what was asked for later. */
export function goingSince({ marks, facts, adoptions }: TaskStory): number | undefined {
  const asked = Math.max(facts?.asked ?? 0, ...adoptions.map((adoption) => adoption.asked));
  return marks.find((mark) => mark.by !== 'stop' || mark.asked >= asked)?.at;
}

/** The first digits of a task's id: enough to find it in a trace. */
export function short(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1).slice(0, 6);
}
