import {
  addressesOf,
  type ErrorCode,
  formatMoment,
  formatTarget,
  hasAddress,
  type ObservedTarget,
  parseRetireMark,
} from '@start-engines/core';
import { exitCodeOf } from '../describe-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ServiceReport, SleepReport, StopReport, TaskReport } from '../fetch-status.ts';
import { describeMappingVersion } from './describe-mapping-version.ts';
import { formatDuration } from './format-duration.ts';
import { formatTable } from './format-table.ts';
import type { Style } from './output.ts';
import { joinLines } from './terminal-text.ts';

const head = ['SERVICE', 'STATE', 'AGE', 'TASK', 'IP', 'HEALTH'];
const shownOfTaskId = 8;

/** All services in one table, followed by remarks on single services. */
export function formatStatus(services: readonly ServiceReport[], style: Style): string {
  if (services.length === 0) return 'There are no services: no mappings and no tasks.';
  const table = formatServices(services, style);
  const isOverview = services.length > 1;
  const remarks = services.flatMap((service) => [
    ...remarksOn(service, style),
    ...versionsOf(service, isOverview, style),
  ]);
  return joinLines([table, ...(remarks.length === 0 ? [] : ['', ...remarks])]);
}

/** The mapping versions of the tasks; in an overview only the outdated ones. */
function versionsOf(report: ServiceReport, isOverview: boolean, style: Style): string[] {
  const { service, tasks } = report;
  return tasks.flatMap((task) => {
    const version = task.retire === undefined ? describeMappingVersion(report, task) : undefined;
    if (version?.isOutdated) return [style.yellow(`${service}: ${version.text}: engines restart ${service}`)];
    return version === undefined || isOverview ? [] : [`${service}: ${version.text}`];
  });
}

/** The table alone. */
export function formatServices(services: readonly ServiceReport[], style: Style): string {
  return formatTable(
    head.map((title) => style.dim(title)),
    services.flatMap((service) => rowsOf(service, style)),
  );
}

function rowsOf(report: ServiceReport, style: Style): string[][] {
  const rows = report.tasks.map((task, index) => [
    index === 0 ? style.bold(report.service) : '',
    stateOf(task, style),
    formatDuration(task.ageSeconds),
    task.taskId.slice(0, shownOfTaskId),
    joinLines(addressesOf(task)),
    joinLines(
      healthOf(report, task).map(
        ({ group, state, reason }) => `${group} ${paint(state, style)}${reason === undefined ? '' : ` ${reason}`}`,
      ),
    ),
  ]);
  const state = report.sleep === undefined ? 'not running' : describeSleep(report.sleep);
  const down = isKnown(report) ? style.dim(state) : style.red('unknown');
  const idle = rows.length > 0 ? [] : [[style.bold(report.service), down, '', '', '', '']];
  const others = leftoversOf(report).map(({ group, target }) => [
    '',
    style.yellow('no task'),
    '',
    '',
    formatTarget(target.ip, target.port),
    `${group} ${paint(target.state, style)}`,
  ]);
  return [...rows, ...idle, ...others];
}

/** Whether an empty task list means that no task runs. */
function isKnown({ problems = [] }: ServiceReport): boolean {
  return !problems.some(({ code }) => exitCodeOf(code) === exitCodes.unknown);
}

/** The state of a task in a word or two. */
export function stateOf({ lastStatus, retire, factsProblem }: TaskReport, style: Style): string {
  if (factsProblem !== undefined) return style.red(`${lastStatus}, foreign`);
  if (retire !== undefined) return style.yellow(`${lastStatus}, retiring (${retire.kind ?? retire.by})`);
  return lastStatus === 'RUNNING' ? style.green(lastStatus) : style.cyan(lastStatus);
}

/** The health of a task in each of its target groups. */
export function healthOf(
  report: ServiceReport,
  task: TaskReport,
): readonly { readonly group: string; readonly state: string; readonly reason?: string }[] {
  return (task.launch?.targets ?? []).map(({ targetGroupArn, port }) => {
    const group = groupName(targetGroupArn);
    const read = report.targetGroups.find((one) => one.targetGroupArn === targetGroupArn);
    if (read === undefined || read.problem !== undefined) return { group, state: 'unknown' };
    const target = read.targets.find((one) => hasAddress(task, one.ip) && one.port === port);
    if (target === undefined) return { group, state: 'not registered' };
    return { group, state: target.state, ...(target.reason === undefined ? {} : { reason: target.reason }) };
  });
}

/** Targets that get traffic and belong to no live task of the service. */
function leftoversOf({ tasks, targetGroups }: ServiceReport): readonly { group: string; target: ObservedTarget }[] {
  const ips = new Set(tasks.flatMap(addressesOf));
  return targetGroups.flatMap(({ targetGroupArn, targets }) =>
    targets
      .filter((target) => target.state !== 'draining' && !ips.has(target.ip))
      .map((target) => ({ group: groupName(targetGroupArn), target })),
  );
}

/** `auth-lb` of `arn:…:targetgroup/auth-lb/0123456789abcdef`. */
export function groupName(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}

function paint(state: string, style: Style): string {
  if (state === 'healthy') return style.green(state);
  return state === 'initial' || state === 'draining' ? style.cyan(state) : style.red(state);
}

/** Problems that explain a missing mapping. */
const mappingCodes = new Set<string>(['MappingUnavailable', 'UnknownService'] satisfies ErrorCode[]);

function remarksOn(report: ServiceReport, style: Style): string[] {
  const { service, targetGroups, mapping, lastStop, tasks, problems = [] } = report;
  const unreadable = targetGroups.flatMap(({ targetGroupArn, problem }) =>
    problem === undefined ? [] : [`${groupName(targetGroupArn)} could not be read: ${problem}`],
  );
  const serving =
    mapping.versions === undefined ? 'no version is valid' : `version ${mapping.versions.service} is used`;
  const broken = mapping.problems.map(
    ({ parameter, version, key, message }) =>
      `mapping invalid (${serving}): ${parameter} version ${version}${key === '' ? '' : `, ${key}`}: ${message}`,
  );
  const gaps = problems.map(({ code, message }) => `${code}: ${message}`);
  const isExplained = mapping.problems.length > 0 || problems.some(({ code }) => mappingCodes.has(code));
  const unmapped = mapping.versions === undefined && !isExplained ? ['no mapping'] : [];
  const foreign = tasks.flatMap(({ factsProblem }) => (factsProblem === undefined ? [] : [factsProblem.message]));
  const ended = lastStop === undefined || (tasks.length > 0 && wasMeant(lastStop)) ? [] : [describeStop(lastStop)];
  return [
    ...[...gaps, ...foreign, ...unreadable, ...broken, ...unmapped].map((line) => style.red(`${service}: ${line}`)),
    ...routesOf(report).map((line) => style.yellow(`${service}: ${line}`)),
    ...ended.map((line) => `${service}: ${line}`),
    ...endsOf(report).map((line) => style.dim(`${service}: ${line}`)),
  ];
}

/** Rules that do not send requests where they belong. */
function routesOf({ sleep }: ServiceReport): string[] {
  const due = sleep?.state === 'up' ? 'service' : 'activator';
  return (sleep?.routes ?? []).flatMap(({ state, targetGroupArn, problem }) => {
    const rule = `the rule of ${groupName(targetGroupArn)}`;
    if (state === 'unknown') return [`${rule} could not be read: ${problem}`];
    if (state === 'foreign') return [`${rule} was changed by hand: engines doctor`];
    if (state === 'missing') return [`${rule} does not exist: engines doctor`];
    return state === due || sleep?.state === 'waking' ? [] : [`${rule} sends requests to the ${state}`];
  });
}

/** When the service will stop, if no person stops it. */
function endsOf({ sleep, tasks }: ServiceReport): string[] {
  const lease = tasks.find(({ leaseUntil, retire }) => leaseUntil !== undefined && retire === undefined)?.leaseUntil;
  const { lastUsedAt, idleAt } = sleep ?? {};
  const used = lastUsedAt === undefined ? [] : [`last used at ${lastUsedAt}`];
  const idle = idleAt === undefined ? [] : [`idle from ${idleAt}, unless it is used until then`];
  const parts = [...used, ...idle, ...(lease === undefined ? [] : [`lease until ${lease}`])];
  return parts.length === 0 ? [] : [parts.join('; ')];
}

/** A service that requests can wake, while no task of it runs. */
function describeSleep({ state, pausedAt, retryAt }: SleepReport): string {
  if (state === 'paused' && pausedAt !== undefined) return `paused since ${pausedAt}`;
  return state === 'failed' && retryAt !== undefined ? `failed until ${retryAt}` : state;
}

function wasMeant({ code, reason, kind }: StopReport): boolean {
  return kind === 'finished' || (code === 'UserInitiated' && parseRetireMark(undefined, reason) !== undefined);
}

/** How the last task ended, with the container that ended it first. */
export function describeStop({ taskArn, code, reason, kind, container, containers = [] }: StopReport): string {
  const taskId = (taskArn.split('/').at(-1) ?? taskArn).slice(0, shownOfTaskId);
  const mark = parseRetireMark(undefined, reason);
  if (mark !== undefined) return `last task ${taskId}: ${mark.by} requested at ${formatMoment(mark.asked)}`;
  const why = [code, reason].filter((word) => word !== undefined).join(': ') || 'ended';
  const words = kind === 'finished' ? 'finished its work' : why;
  const byCause = containers.toSorted((a, b) => Number(b.name === container) - Number(a.name === container));
  const ends = byCause.flatMap(({ name, exitCode, reason: own }) => [
    ...(exitCode === undefined ? [] : [`${name} exited with ${exitCode}`]),
    // ECS usually repeats a container's reason in the task's reason.
    ...(own === undefined || reason?.includes(own) ? [] : [`${name}: ${own}`]),
  ]);
  return `last task ${taskId}: ${words}${ends.length === 0 ? '' : ` (${ends.join('; ')})`}`;
}
