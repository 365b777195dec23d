import {
  isRetireTag,
  type LaunchFacts,
  launchFactsVariable,
  parseAdoption,
  parseRetireMark,
  type RetireMark,
  readLaunchFacts,
  upTag,
} from '@start-engines/core';
import type { Caller } from './lossy-client.ts';

/** The history of one task in the model, unaffected by stale reads. */
export interface TaskStory {
  readonly taskArn: string;
  readonly startedBy: string;
  readonly createdAt: number;
  readonly taskDefinitionArn: string;
  /** The variables of its container override. */
  readonly environment: Readonly<Record<string, string>>;
  readonly facts: LaunchFacts | undefined;
  lastStatus: string;
  ip: string | undefined;
  /** When it reached RUNNING. */
  upAt?: number;
  /** Since when it has been healthy in all its target groups, as far as this was observed. */
  healthySince?: number;
  /** When StopTask took effect or the task began to end on its own. */
  endedAt?: number;
  /** Whether it crashed, finished or lost its capacity, or a long-delayed StopTask took effect. */
  lost?: boolean;
  /** The request time of the stop that its StopTask named. That call has deleted the marks. */
  stopAsked?: number;
  /** Its retire marks, oldest first. */
  readonly marks: (RetireMark & { readonly at: number })[];
  readonly adoptions: { readonly asked: number; readonly at: number }[];
  /** When a start recorded on it that it is up. */
  reportedUpAt?: number;
  /** When it was reported to a caller as up. */
  readonly reportedUp: number[];
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The part of an `ECS Task State Change`'s `detail` that the stories need. */
export interface ChangedTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly startedBy?: string;
  readonly desiredStatus: string;
  readonly lastStatus: string;
  readonly stopCode?: string;
  readonly containers: readonly { readonly networkInterfaces: readonly { readonly privateIpv4Address: string }[] }[];
  readonly overrides: {
    readonly containerOverrides?: readonly { readonly environment?: readonly { name: string; value: string }[] }[];
  };
}

export function beginStory(task: ChangedTask, at: number): TaskStory {
  const { taskArn, taskDefinitionArn, startedBy = '', lastStatus, overrides } = task;
  const variables = (overrides.containerOverrides ?? []).flatMap(({ environment }) => environment ?? []);
  const environment = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const { facts } = readLaunchFacts(environment[launchFactsVariable], at);
  const story = { taskArn, taskDefinitionArn, startedBy, createdAt: at, environment, facts, lastStatus, ip: undefined };
  return { ...story, marks: [], adoptions: [], reportedUp: [] };
}

export function continueStory(story: TaskStory, task: ChangedTask, at: number): void {
  story.lastStatus = task.lastStatus;
  story.ip = task.containers[0]?.networkInterfaces[0]?.privateIpv4Address ?? story.ip;
  if (task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING') story.upAt ??= at;
  if (task.desiredStatus !== 'STOPPED' || story.endedAt !== undefined) return;
  story.endedAt = at;
  if (task.stopCode !== 'UserInitiated') story.lost = true;
}

/** Records tasks that the caller has seen as retiring or ended, until it sees that a later start has adopted them. */
export function noteGone(caller: Caller, output: Readonly<Record<string, unknown>>): void {
  for (const { taskArn, desiredStatus, tags = [] } of output.tasks as readonly (ChangedTask & { tags?: Tag[] })[]) {
    const shown = tags.flatMap(({ key, value }) => parseAdoption(key, value)?.asked ?? []);
    const adopted = Math.max(...shown, caller.adopted.get(taskArn) ?? 0);
    caller.adopted.set(taskArn, adopted);
    const marks = tags.flatMap(({ key, value }) => (isRetireTag(key) ? (parseRetireMark(value, undefined) ?? []) : []));
    const isReportedUp = tags.some(({ key }) => key === upTag);
    const goes = marks.some((mark) => counts(mark, adopted, isReportedUp));
    if (desiredStatus === 'STOPPED' || goes) caller.seenGone.add(taskArn);
    else if (marks.length > 0) caller.seenGone.delete(taskArn);
  }
}

/** Live and not marked as retiring. */
export function isKept(story: TaskStory): boolean {
  return story.endedAt === undefined && goingSince(story) === undefined;
}

/** Since when the task has been retiring. */
export function goingSince(story: TaskStory): number | undefined {
  const asked = lastRequestedAt(story);
  return story.marks.find((mark) => counts(mark, asked, story.reportedUpAt !== undefined))?.at;
}

/** A stop's mark does not count against a later request, nor a start's against a task that another start reported as up. */
function counts(mark: RetireMark, lastAsked: number, isReportedUp: boolean): boolean {
  if (mark.by === 'start') return !isReportedUp;
  return mark.by !== 'stop' || mark.asked >= lastAsked;
}

/** When the task was last requested: by the start that launched it, or by a later one that adopted it. */
export function lastRequestedAt({ facts, adoptions }: TaskStory): number {
  return Math.max(facts?.asked ?? 0, ...adoptions.map((adoption) => adoption.asked));
}

/** The first digits of a task's id: enough to find it in a trace. */
export function short(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1).slice(0, 6);
}
