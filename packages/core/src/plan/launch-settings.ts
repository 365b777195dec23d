import { createHash } from 'node:crypto';
import { clusterName } from '../model/clusters.ts';
import { type AllowedOverrides, matchesPattern, type OverrideName, type StartOverrides } from '../model/contract.ts';
import { StartEnginesError } from '../model/errors.ts';
import type { ServiceMapping, TargetGroupPort } from '../model/service-mapping.ts';

/** What a task is started with: the mapping with the permitted overrides applied. */
export interface LaunchSettings {
  readonly mapping: ServiceMapping;
  /** Digests of every value that an override can change, for the task as it will be started. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** The digests of the values that this start's overrides set. */
  readonly requested: Readonly<Record<string, string>>;
}

/**
 * Applies a start's overrides to the mapping.
 *
 * @throws StartEnginesError `OverrideNotAllowed`, which names every forbidden override, before anything has changed.
 */
export function applyOverrides(mapping: ServiceMapping, overrides: StartOverrides): LaunchSettings {
  const forbidden = findForbidden(mapping.allowOverrides, overrides);
  if (forbidden.length > 0) {
    throw new StartEnginesError(
      'OverrideNotAllowed',
      `The mapping of service "${mapping.service}" does not allow this value of: ${forbidden.join(', ')}.`,
      { context: { service: mapping.service, fields: forbidden } },
    );
  }
  const port = overrides.port ?? mapping.port;
  const merged: ServiceMapping = {
    ...mapping,
    cluster: overrides.cluster ?? mapping.cluster,
    taskDefinition: overrides.taskDefinition ?? mapping.taskDefinition,
    port,
    targetGroups: overriddenTargetGroups(mapping, overrides, port),
    subnets: overrides.subnets ?? mapping.subnets,
    securityGroups: overrides.securityGroups ?? mapping.securityGroups,
    environment: { ...mapping.environment, ...overrides.environment },
    startTimeoutSeconds: overrides.startTimeoutSeconds ?? mapping.startTimeoutSeconds,
    ...((overrides.containerName ?? mapping.containerName) === undefined
      ? {}
      : { containerName: overrides.containerName ?? mapping.containerName }),
  };
  return { mapping: merged, fingerprints: fingerprintMapping(merged), requested: fingerprintOverrides(overrides) };
}

/** The same settings in another cluster. */
export function inCluster(settings: LaunchSettings, cluster: string): LaunchSettings {
  const mapping = { ...settings.mapping, cluster };
  return { ...settings, mapping, fingerprints: { ...settings.fingerprints, ...fingerprintValues({ cluster }) } };
}

/** Whether the mapping permits a start to choose this cluster. */
export function permitsCluster(allowed: AllowedOverrides, cluster: string): boolean {
  return (allowed.cluster ?? []).some((pattern) => matchesPermitted(pattern, cluster));
}

/** A new port applies to the target groups that used the service's port; the others keep theirs. */
function overriddenTargetGroups(
  mapping: ServiceMapping,
  overrides: StartOverrides,
  port: number,
): ServiceMapping['targetGroups'] {
  if (overrides.targetGroupArn !== undefined) return [{ targetGroupArn: overrides.targetGroupArn, port }];
  const move = (group: TargetGroupPort): TargetGroupPort =>
    group.port === mapping.port ? { targetGroupArn: group.targetGroupArn, port } : group;
  const [first, ...others] = mapping.targetGroups;
  return [move(first), ...others.map(move)];
}

function findForbidden(allowed: AllowedOverrides, overrides: StartOverrides): string[] {
  const { environment = {}, ...plain } = overrides;
  const forbiddenValues = Object.entries(plain).filter(([name, value]) => {
    const permitted = allowed[name as OverrideName] ?? [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return !values.every((one) => permitted.some((pattern) => matchesPermitted(pattern, one)));
  });
  const forbiddenVariables = Object.keys(environment).filter(
    (variable) => !(allowed.environment ?? []).some((pattern) => matchesPermitted(pattern, variable)),
  );
  return [...forbiddenValues.map(([name]) => name), ...forbiddenVariables.map((variable) => `environment.${variable}`)];
}

function matchesPermitted(pattern: string | number, value: unknown): boolean {
  return typeof pattern === 'number' || typeof value !== 'string' ? pattern === value : matchesPattern(pattern, value);
}

function fingerprintMapping(mapping: ServiceMapping): Record<string, string> {
  const [firstGroup] = mapping.targetGroups;
  return {
    ...fingerprintValues({
      cluster: mapping.cluster,
      taskDefinition: mapping.taskDefinition,
      targetGroupArn: mapping.targetGroups.length === 1 ? firstGroup.targetGroupArn : mapping.targetGroups,
      subnets: mapping.subnets,
      securityGroups: mapping.securityGroups,
      containerName: mapping.containerName ?? '',
      port: mapping.port,
      startTimeoutSeconds: mapping.startTimeoutSeconds,
    }),
    ...fingerprintEnvironment(mapping.environment),
  };
}

function fingerprintOverrides(overrides: StartOverrides): Record<string, string> {
  const { environment = {}, ...plain } = overrides;
  return { ...fingerprintValues(plain), ...fingerprintEnvironment(environment) };
}

function fingerprintEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([variable, value]) => [`environment.${variable}`, digest(value)]),
  );
}

function fingerprintValues(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      // A name and an ARN may denote the same cluster.
      const said = name === 'cluster' && typeof value === 'string' ? clusterName(value) : value;
      return [name, digest(JSON.stringify(said))];
    }),
  );
}

/** Eight characters distinguish a handful of values, and reveal nothing about an environment's value. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

/** The names of the requested overrides that the task was not started with. */
export function overridesNotApplied(
  requested: Readonly<Record<string, string>>,
  startedWith: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(requested).filter((name) => requested[name] !== startedWith[name]);
}
