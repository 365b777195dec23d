import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { clusterName } from './clusters.ts';
import { launchFactsVariable } from './launch-facts.ts';
import type { Task } from './task.ts';

/** The key that authenticates the launch facts of one workspace (docs/adr/0023). */
export interface LaunchKey {
  readonly workspace: string;
  /** 256 random bits. A `KeyObject` never prints them. */
  readonly secret: KeyObject;
  /** In milliseconds since the epoch. Tasks created earlier cannot carry a MAC made with this key. */
  readonly createdAt: number;
}

/** What a task runs, as requested from RunTask and as ECS shows it later. The MAC covers it together with the facts. */
export interface LaunchedWith {
  readonly startedBy: string;
  /** Name or ARN. */
  readonly cluster: string;
  /** `family`, `family:revision` or an ARN. */
  readonly taskDefinition: string;
  readonly enableExecuteCommand: boolean;
  /** RunTask's `overrides`. */
  readonly overrides: unknown;
}

type Written = Readonly<Record<string, unknown>>;

/** How long after `launchedAt` ECS may create the task. A launch is repeated for at most 15 minutes, the longest a function runs. */
const mostLaunchMs = 20 * 60_000;

/** How far `launchedAt` may lie after the creation, because the clocks of the function and ECS differ. */
const mostClockSkewMs = 5 * 60_000;

/** The MAC of launch facts as written, format version included. */
export function launchMac({ secret }: LaunchKey, written: Written, launched: LaunchedWith): string {
  const { mac: _, ...facts } = written;
  const covered = [
    facts,
    launched.startedBy,
    clusterName(launched.cluster),
    launched.taskDefinition.replace(/^arn:.*:task-definition\//, ''),
    launched.enableExecuteCommand,
    withoutEmpty(withoutFacts(launched.overrides)),
  ];
  return createHmac('sha256', secret)
    .update(JSON.stringify(sorted(covered)))
    .digest('base64url');
}

/** A launch token that only this system can compute, as long as a plain one. */
export function keyedToken({ secret }: LaunchKey, clientToken: string): string {
  return createHmac('sha256', secret).update(`token ${clientToken}`).digest('hex');
}

/**
 * Whether this system wrote the facts for this very task. Tasks older than the key are trusted: an earlier version launched them
 * without a MAC.
 *
 * @param created The task as ECS shows it; its task definition has a revision whether or not one was requested.
 */
export function isAuthentic(
  key: LaunchKey,
  written: Written,
  created: LaunchedWith & Pick<Task, 'createdAt'>,
): boolean {
  if (created.createdAt < key.createdAt) return true;
  const { mac, launchedAt } = written;
  if (typeof mac !== 'string' || typeof launchedAt !== 'number') return false;
  const launchMs = created.createdAt - launchedAt;
  if (launchMs > mostLaunchMs || launchMs < -mostClockSkewMs) return false;
  const requested = [created.taskDefinition, created.taskDefinition.replace(/:\d+$/, '')];
  return requested.some((taskDefinition) => isSame(mac, launchMac(key, written, { ...created, taskDefinition })));
}

function isSame(mac: string, expected: string): boolean {
  return mac.length === expected.length && timingSafeEqual(Buffer.from(mac), Buffer.from(expected));
}

/**
 * The tasks with the facts that can be trusted. When two tasks have the same MAC, the later one is a copy and loses its facts.
 */
export function withoutCopies(tasks: readonly Task[]): Task[] {
  const originals = new Map<string, Task>();
  for (const task of tasks) {
    const mac = task.facts?.mac;
    const known = mac === undefined ? undefined : originals.get(mac);
    if (mac !== undefined && (known === undefined || isEarlier(task, known))) originals.set(mac, task);
  }
  return tasks.map((task) => {
    const { facts, ...withoutFacts } = task;
    const original = facts?.mac === undefined ? task : originals.get(facts.mac);
    if (original === undefined || original === task) return task;
    return { ...withoutFacts, factsProblem: { kind: 'copied', from: original.taskArn } };
  });
}

function isEarlier(a: Task, b: Task): boolean {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.taskArn < b.taskArn);
}

/** The overrides with a placeholder for the launch facts: the MAC covers the facts as they were before it was added. */
function withoutFacts(overrides: unknown): unknown {
  if (!isRecord(overrides) || !Array.isArray(overrides.containerOverrides)) return overrides;
  const containerOverrides = overrides.containerOverrides.filter(isRecord).map((container) => {
    if (!Array.isArray(container.environment)) return container;
    const environment = container.environment
      .filter(isRecord)
      .map((variable) => (variable.name === launchFactsVariable ? { name: launchFactsVariable } : variable));
    return { ...container, environment: byName(environment) };
  });
  return { ...overrides, containerOverrides: byName(containerOverrides).filter((one) => !isNameAlone(one)) };
}

/** ECS names every container of the task definition, including those without overrides. */
function isNameAlone(container: Written): boolean {
  return Object.keys(withoutEmpty(container) as Written).every((key) => key === 'name');
}

function byName(items: readonly Written[]): Written[] {
  return items.toSorted((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
}

/** ECS adds empty members to what was requested, such as `inferenceAcceleratorOverrides: []`. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(members.filter(([, item]) => !isEmpty(item)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The same value with the members of every object sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
