/** A service of the demo. Five work, and the image of one cannot be pulled. */
export interface WorldService {
  readonly name: string;
  readonly cluster: string;
  readonly family: string;
  readonly port: number;
  /** Names of its target groups. The ALB routes `/api/<name>/*` to the first and `/api/<name>2/*` to the second. */
  readonly targetGroups: readonly string[];
  readonly image: string;
  /** Requests start it. */
  readonly wakes?: true;
  readonly mapping: Readonly<Record<string, unknown>>;
}

const engineImage = 'public.ecr.aws/start-engines/engine:1';

export const worldServices: readonly WorldService[] = [
  describeService('auth', {
    cluster: 'auth-cluster',
    family: 'auth-api-task',
    port: 8080,
    targetGroups: ['auth-lb'],
    allowOverrides: { taskDefinition: ['auth-api-task:*'] },
  }),
  describeService('pdf', { cluster: 'pdf-cluster', family: 'pdf-creator-task', port: 9080, targetGroups: ['pdf-lb'] }),
  describeService('fa', {
    cluster: 'fa-cluster',
    family: 'fa-engine-task',
    port: 2531,
    targetGroups: ['fa-tg', 'fa2-tg'],
    dependsOn: ['users'],
    allowOverrides: { taskDefinition: ['fa-engine-task:*'], environment: ['TRACE'] },
  }),
  describeService('users', {
    cluster: 'users-cluster',
    family: 'users-api-task',
    port: 8081,
    targetGroups: ['users-tg'],
  }),
  describeService('batch', {
    cluster: 'batch-cluster',
    family: 'batch-job-task',
    port: 8090,
    targetGroups: ['batch-tg'],
  }),
  describeService('reports', {
    cluster: 'batch-cluster',
    family: 'reports-task',
    port: 8095,
    targetGroups: ['reports-tg'],
    image: 'public.ecr.aws/start-engines/missing:1',
  }),
];

interface ServiceFacts extends Pick<WorldService, 'cluster' | 'family' | 'port' | 'targetGroups'> {
  readonly image?: string;
  readonly dependsOn?: readonly string[];
  readonly allowOverrides?: Readonly<Record<string, readonly string[]>>;
}

function describeService(name: string, { image = engineImage, ...facts }: ServiceFacts): WorldService {
  const { cluster, family, port, targetGroups, ...furtherKeys } = facts;
  const mapping = { cluster, taskDefinition: family, port, ...furtherKeys };
  return { name, cluster, family, port, targetGroups, image, mapping };
}

/** A service that requests start. It is not part of the demo's world. */
export const sleepingService: WorldService = {
  ...describeService('wiki', { cluster: 'auth-cluster', family: 'wiki-task', port: 8085, targetGroups: ['wiki-tg'] }),
  wakes: true,
};

/** The service with that name. @throws RangeError if there is none */
export function worldService(name: string): WorldService {
  const service = worldServices.find((one) => one.name === name);
  if (service === undefined) throw new RangeError(`the world has no service ${name}`);
  return service;
}
