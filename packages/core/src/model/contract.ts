/**
 * What callers, Terraform and the command line agree on with the function, each defined once. `scripts/terraform/contract.ts`
 * writes Terraform's part as `terraform/modules/contract.json`.
 */

/** How callers request each operation: the action of a direct invoke, the detail-type of an event, the routes over HTTP. */
export const operationTriggers = {
  start: { action: 'start', detailType: 'Start ECS Task', routes: ['POST /services/{name}/start'] },
  stop: { action: 'stop', detailType: 'Stop ECS Tasks', routes: ['POST /services/{name}/stop'] },
  restart: { action: 'restart', detailType: 'Restart ECS Task', routes: ['POST /services/{name}/restart'] },
  reconcile: { action: 'reconcile' },
  status: { action: 'status', routes: ['GET /services', 'GET /services/{name}'] },
  /** Requested by the activator, for a request to a service that is down. */
  wake: { source: 'start-engines.activator', detailType: 'Wake ECS Service' },
  /** Requested by ECS itself. */
  // AWS-028
  taskChange: { source: 'aws.ecs', detailType: 'ECS Task State Change' },
} as const;

/** The source of the events about outcomes. */
export const outcomeSource = 'start-engines';

/** The message of the log line that an invocation begins with, and of those that it can end with. */
export const logMessages = { request: 'request', done: 'done', superseded: 'superseded', failed: 'failed' } as const;

export const serviceNamePattern = /^[a-z][a-z0-9-]{0,23}$/;
export const workspaceNamePattern = /^[a-z][a-z0-9-]{0,11}$/;
/** Neither the name of a service nor of a workspace. */
export const reservedNames = ['all', 'defaults'] as const;

/** The prefix of ECS' `startedBy`, before `<workspace>/<service>`. */
export const ownerPrefix = 'start-engines/';

const workspacesPath = '/start-engines/';

/** Where the parameters of a workspace are. */
export function parameterPathOf(workspace: string): string {
  return `${workspacesPath}${workspace}`;
}

/** What follows `/start-engines/` in a parameter path; undefined for every other path. */
export function workspaceInPath(parameterPath: string): string | undefined {
  return parameterPath.startsWith(workspacesPath) ? parameterPath.slice(workspacesPath.length) : undefined;
}

/**
 * The names below a parameter path, without a slash at the end. All but `defaults`, `envelope` and `launchKey` have a child for each
 * service.
 */
export function parametersBelow(parameterPath: string) {
  return {
    defaults: `${parameterPath}/defaults`,
    /** The service mappings. */
    services: `${parameterPath}/services`,
    /** What Terraform created for each service. */
    deployed: `${parameterPath}/deployed`,
    /** What mappings may name without another apply. */
    envelope: `${parameterPath}/envelope`,
    /** Notes of stops that found nothing to stop. */
    stops: `${parameterPath}/stops`,
    /** Claims of starts that choose their cluster. */
    launches: `${parameterPath}/launches`,
    /** When a service was last paused, and when its last pause ended: `<service>/paused` and `<service>/resumed`. */
    pauses: `${parameterPath}/pauses`,
    /** What the activator shows. */
    activation: `${parameterPath}/activation`,
    /** The key that authenticates launch facts. */
    launchKey: `${parameterPath}/keys/launch-facts`,
    /** Claims of people who edit a mapping. */
    claims: `${parameterPath}/claims`,
  };
}

/** How long the function caches service mappings. */
export const configTtlSeconds = { default: 30, most: 3_600 } as const;

/** How long a stop waits after its listener rule was changed, because the nodes of a load balancer apply the change one by one. */
export const routeSettleSeconds = { default: 20, least: 0, most: 120 } as const;

/** What holds when a service mapping does not say it. */
export const mappingDefaults = {
  wait: 'running',
  startTimeoutSeconds: 300,
  healthyTimeoutSeconds: 120,
  drainSeconds: 15,
  idle: { minUpSeconds: 600, ignoreRequests: 0 },
} as const;

/**
 * The least and the most that a mapping, an override or a launch fact may say. Lambda ends a function after 900 s, and a start
 * that gives up needs a minute of that to take its task down.
 */
export const mappingBounds = {
  port: { least: 1, most: 65_535 },
  startTimeoutSeconds: { least: 10, most: 840 },
  healthyTimeoutSeconds: { least: 5, most: 840 },
  drainSeconds: { least: 0, most: 300 },
  /** At most a week. */
  leaseSeconds: { least: 60, most: 604_800 },
} as const;

/** A task takes 50 tags, and start-engines keeps up to 40 of them for its own marks. */
export const mostTaskTags = 10;

/** The overrides that a mapping can allow, with the kind of each one's value. */
export const overrideKinds = {
  cluster: 'text',
  taskDefinition: 'text',
  /** Replaces the mapping's target groups by this one. */
  targetGroupArn: 'text',
  subnets: 'texts',
  securityGroups: 'texts',
  containerName: 'text',
  port: 'number',
  /** Added to the mapping's environment. */
  environment: 'variables',
  startTimeoutSeconds: 'number',
} as const;

export type OverrideName = keyof typeof overrideKinds;

interface OverrideValues {
  readonly text: string;
  readonly texts: readonly string[];
  readonly number: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a caller may request to differ from the mapping, as far as the mapping allows it. */
export type StartOverrides = {
  readonly [Name in OverrideName]?: OverrideValues[(typeof overrideKinds)[Name]];
};

/**
 * Permitted values for each override: literal strings, patterns with `*`, or numbers. For `environment` they are names
 * of variables. An override that is missing here is forbidden.
 */
export type AllowedOverrides = Readonly<Partial<Record<OverrideName, readonly (string | number)[]>>>;

/** Whether the text matches the pattern, in which `*` stands for any run of characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const literalParts = pattern.split('*');
  const first = literalParts[0] ?? '';
  const last = literalParts.at(-1) ?? '';
  if (literalParts.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of literalParts.slice(1, -1)) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
