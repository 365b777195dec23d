import { isRetireTag, parseAdoption, parseRetireMark, type RetireMark, upTag } from '@start-engines/core';
import { forgedCorrelationId } from './forge.ts';
import { createJudge } from './judge-calls.ts';
import type { Registration } from './judge-scene.ts';
import type { Caller } from './lossy-client.ts';
import type { Stage } from './stage.ts';
import {
  beginStory,
  type ChangedTask,
  continueStory,
  goingSince,
  isKept,
  noteGone,
  type Tag,
  type TaskStory,
} from './stories.ts';

/** A broken rule, when it broke, and what was observed. */
export interface Violation {
  readonly rule: string;
  readonly at: number;
  readonly seen: string;
}

type Input = Readonly<Record<string, unknown>>;

/** A call in flight to AWS, with its caller's knowledge when it was sent. */
export interface Sending {
  readonly caller: Caller;
  readonly operation: string;
  readonly input: Input;
  readonly sentAt: number;
  /** When the caller had last read the target group that the call names. */
  readonly groupReadAt: number;
}

/** Where a rule has sent requests since when. */
export interface RouteRecord {
  readonly to: 'service' | 'activator';
  readonly since: number;
}

interface RuleAction {
  readonly ForwardConfig?: { readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[] };
}

export interface Target {
  readonly Id: string;
  readonly Port: number;
}

/** A call is late if it takes effect more than this after it was sent. */
const lateMs = 1_000;

/** Watches every call and every change of a task, and records states that must not exist even for a moment. */
export interface Witness {
  readonly violations: readonly Violation[];
  readonly stories: readonly TaskStory[];
  /** Whether calls may have been throttled or lost. */
  readonly isTroubled: boolean;
  report(rule: string, seen: string): void;
  /** A restart of the owner (`startedBy`) is under way. */
  expectRestart(startedBy: string, asked: number): void;
  /** A stop of the owner (`startedBy`) is under way. */
  expectStop(startedBy: string, asked: number): void;
  /** A stop of the owner (`startedBy`) has answered with success. */
  noteStop(startedBy: string, asked: number): void;
  /** The latest request time among the owner's stops that have answered by now, or 0. */
  stoppedBy(startedBy: string, at: number): number;
  /** A start or restart of the owner (`startedBy`) has answered with success. */
  noteSuccess(startedBy: string, asked: number): void;
  /** The journal names a task that is not the service's. */
  noteForeign(taskArn: string): void;
  story(taskArn: string): TaskStory | undefined;
  /** Where the rule of a group sends requests, if requests wake its service. */
  route(targetGroupArn: string): RouteRecord;
  sent(caller: Caller, operation: string, input: Input): Sending;
  before(sending: Sending): void;
  after(sending: Sending, output: Input): void;
}

export function createWitness(stage: Stage, isTroubled: () => boolean): Witness {
  const { world } = stage;
  const violations: Violation[] = [];
  const stories = new Map<string, TaskStory>();
  /** Tasks that another principal has launched in a service's name. The rules about the service's tasks do not apply to them. */
  const forged = new Map<string, TaskStory>();
  const registrations = new Map<string, Registration>();
  const routes = new Map<string, RouteRecord>();
  const restarts = new Map<string, Set<number>>();
  const expectedStops = new Map<string, number>();
  const successes = new Map<string, number>();
  const stops: { readonly startedBy: string; readonly asked: number; readonly at: number }[] = [];
  const now = () => world.clock.now();
  const report = (rule: string, seen: string) => violations.push({ rule, at: now(), seen });
  const judge = createJudge({
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
  });
  /** The call that takes effect at this moment. */
  let current: Sending | undefined;

  world.ecs.onTaskStateChange((detail) => {
    const task = detail as unknown as ChangedTask;
    const known = stories.get(task.taskArn) ?? forged.get(task.taskArn);
    if (known !== undefined) {
      continueStory(known, task, now());
      return;
    }
    const story = beginStory(task, now());
    if (isForged(story)) {
      forged.set(task.taskArn, story);
      return;
    }
    stories.set(task.taskArn, story);
    judge.creation(story, current?.sentAt ?? now());
  });

  const isForged = ({ facts }: TaskStory): boolean =>
    facts?.correlationId === forgedCorrelationId ||
    (facts?.mac !== undefined && [...stories.values()].some((other) => other.facts?.mac === facts.mac));
  const noteForgedTarget = ({ name }: Caller, { Id, Port }: Target): void => {
    const holder = [...forged.values()].find((story) => story.ip === Id && story.endedAt === undefined);
    if (holder !== undefined)
      report('no forged task is registered', `${name} registers ${Id}:${Port} of ${holder.taskArn}`);
  };

  const noteTags = ({ caller, input }: Sending, story: TaskStory): void => {
    for (const { key, value } of input.tags as readonly Tag[]) {
      const mark = isRetireTag(key) ? parseRetireMark(value, undefined) : undefined;
      if (mark !== undefined) noteMark(caller, story, mark);
      if (key === upTag) {
        story.reportedUpAt ??= now();
        caller.seenGone.delete(story.taskArn);
      }
      const { asked } = parseAdoption(key, value) ?? {};
      if (asked !== undefined) {
        story.adoptions.push({ asked, at: now() });
        caller.adopted.set(story.taskArn, Math.max(asked, caller.adopted.get(story.taskArn) ?? 0));
        caller.seenGone.delete(story.taskArn);
      }
    }
  };
  const noteMark = (caller: Caller, story: TaskStory, mark: RetireMark): void => {
    if (story.endedAt !== undefined) return;
    if (goingSince(story) === undefined) judge.mark(caller, story, mark);
    story.marks.push({ ...mark, at: now() });
  };
  const noteRoute = ({ caller, input }: Sending): void => {
    const [action] = input.Actions as readonly RuleAction[];
    const groups = action?.ForwardConfig?.TargetGroups ?? [];
    const own = groups.find(({ TargetGroupArn }) => TargetGroupArn !== stage.activatorGroupArn);
    if (own === undefined || groups.length !== 2 || groups.every(({ Weight }) => Weight === own.Weight)) {
      report('a rule keeps both groups, and one of them gets the requests', `${caller.name} ${JSON.stringify(groups)}`);
      return;
    }
    const to = own.Weight === 0 ? 'activator' : 'service';
    judge.routeChange(caller, own.TargetGroupArn, to);
    if (routes.get(own.TargetGroupArn)?.to !== to) routes.set(own.TargetGroupArn, { to, since: now() });
  };
  const noteHealth = (): void => {
    for (const story of stories.values()) {
      if (!isKept(story) || !judge.isHealthyEverywhere(story)) delete story.healthySince;
      else story.healthySince ??= now();
    }
  };

  return {
    violations,
    get stories() {
      return [...stories.values()];
    },
    get isTroubled() {
      return isTroubled();
    },
    report,
    expectRestart(startedBy, asked) {
      restarts.set(startedBy, (restarts.get(startedBy) ?? new Set()).add(asked));
    },
    expectStop(startedBy, asked) {
      expectedStops.set(startedBy, Math.max(asked, expectedStops.get(startedBy) ?? 0));
    },
    stoppedBy: (startedBy, at) =>
      Math.max(0, ...stops.filter((stop) => stop.startedBy === startedBy && stop.at < at).map(({ asked }) => asked)),
    noteStop(startedBy, asked) {
      stops.push({ startedBy, asked, at: now() });
    },
    noteSuccess(startedBy, asked) {
      const key = `${startedBy} ${asked}`;
      if (!successes.has(key)) successes.set(key, now());
    },
    noteForeign(taskArn) {
      if (forged.size === 0) report('only a forged task is foreign', taskArn);
    },
    story: (taskArn) => stories.get(taskArn),
    route: (targetGroupArn) => routes.get(targetGroupArn) ?? { to: 'activator', since: 0 },
    sent(caller, operation, input) {
      if (operation === 'RegisterTargets') {
        for (const target of input.Targets as readonly Target[]) {
          judge.registration(caller, target);
          noteForgedTarget(caller, target);
        }
      }
      if (operation === 'TagResource' && (input.tags as readonly Tag[]).some(({ key }) => isRetireTag(key))) {
        caller.triedToMark.add(String(input.resourceArn));
      }
      if (operation === 'DescribeTargetHealth') caller.unreadGroups.add(String(input.TargetGroupArn));
      const groupReadAt = caller.groupReads.get(String(input.TargetGroupArn)) ?? 0;
      return { caller, operation, input, sentAt: now(), groupReadAt };
    },
    before(sending) {
      current = sending;
      noteHealth();
      judge.call(sending);
    },
    after(sending, output) {
      const { caller, operation, input } = sending;
      current = undefined;
      if (operation === 'DescribeTasks') noteGone(caller, output);
      if (operation === 'DescribeTargetHealth') {
        caller.groupReads.set(String(input.TargetGroupArn), now());
        caller.unreadGroups.delete(String(input.TargetGroupArn));
      }
      if (operation === 'ModifyRule') noteRoute(sending);
      if (operation === 'RegisterTargets') {
        for (const { Id, Port } of input.Targets as readonly Target[]) {
          const wasLate = now() - sending.sentAt > lateMs;
          registrations.set(`${input.TargetGroupArn} ${Id}:${Port}`, { at: now(), wasLate });
        }
      }
      const story = stories.get(String(input.resourceArn));
      if (operation === 'TagResource' && story !== undefined) noteTags(sending, story);
    },
  };
}
