import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { boolean, integer, list, string, structure } from '../shape.ts';
import type { Cluster } from './cluster.ts';
import { findCluster } from './cluster-operations.ts';
import { ecsOperation, invalidParameter } from './ecs-operation.ts';
import type { EcsService } from './ecs-service.ts';
import type { EcsState } from './ecs-state.ts';
import { findTaskDefinition } from './task-definition-operations.ts';

const loadBalancersShape = list(structure({ targetGroupArn: string, containerName: string, containerPort: integer }));
const createShape = structure({
  cluster: string,
  serviceName: string,
  taskDefinition: string,
  desiredCount: integer,
  loadBalancers: loadBalancersShape,
});
const updateShape = structure({
  cluster: string,
  service: string,
  desiredCount: integer,
  loadBalancers: loadBalancersShape,
});
const perCall = 10;

/** Services are stored and returned. The sandbox has no scheduler, so it rejects a desired count above 0. */
export function createServiceOperations(state: EcsState): Operations {
  return {
    CreateService: ecsOperation(createShape, (input) => {
      const cluster = findCluster(state, input.cluster);
      const serviceName = input.serviceName;
      if (serviceName === undefined) throw invalidParameter('Service name cannot be blank.');
      checkCount(input.desiredCount);
      const definition = findTaskDefinition(state, input.taskDefinition)?.definition;
      if (definition === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
      const serviceArn = makeArn(state.account, 'ecs', `service/${cluster.name}/${serviceName}`);
      if (state.services.get(serviceArn)?.status === 'ACTIVE') {
        throw invalidParameter('Creation of service was not idempotent.');
      }
      const service: EcsService = {
        serviceArn,
        serviceName,
        clusterArn: cluster.arn,
        createdAt: new Date(state.clock.now()),
        taskDefinition: definition.taskDefinitionArn,
        desiredCount: 0,
        status: 'ACTIVE',
        loadBalancers: input.loadBalancers ?? [],
      };
      state.services.set(serviceArn, service);
      return { service: showService(service) };
    }),

    UpdateService: ecsOperation(updateShape, (input) => {
      const service = findService(state, findCluster(state, input.cluster), input.service);
      checkCount(input.desiredCount);
      service.loadBalancers = input.loadBalancers ?? service.loadBalancers;
      return { service: showService(service) };
    }),

    DeleteService: ecsOperation(structure({ cluster: string, service: string, force: boolean }), (input) => {
      const service = findService(state, findCluster(state, input.cluster), input.service);
      service.status = 'INACTIVE';
      return { service: showService(service) };
    }),

    DescribeServices: ecsOperation(
      structure({ cluster: string, services: list(string), include: list(string) }),
      (input) => {
        const cluster = findCluster(state, input.cluster);
        const asked = input.services ?? [];
        if (asked.length === 0) throw invalidParameter('Services cannot be empty.');
        if (asked.length > perCall) throw invalidParameter(`Services cannot have more than ${perCall} elements.`);
        const found = asked.map((name) => ({ name, service: state.services.get(arnOf(state, cluster, name)) }));
        return {
          services: found.flatMap(({ service }) => (service === undefined ? [] : [showService(service)])),
          failures: found
            .filter(({ service }) => service === undefined)
            .map(({ name }) => ({ arn: arnOf(state, cluster, name), reason: 'MISSING' })),
        };
      },
    ),

    ListServices: ecsOperation(structure({ cluster: string, maxResults: integer, nextToken: string }), (input) => {
      const cluster = findCluster(state, input.cluster);
      const size = input.maxResults ?? perCall;
      if (size < 1 || size > 100) throw invalidParameter('maxResults must be from 1 to 100.');
      const start = input.nextToken === undefined ? 0 : Number(input.nextToken);
      if (!Number.isInteger(start)) throw invalidParameter('Invalid token in request.');
      const active = [...state.services.values()].filter(
        (service) => service.clusterArn === cluster.arn && service.status === 'ACTIVE',
      );
      const end = start + size;
      return {
        serviceArns: active.slice(start, end).map(({ serviceArn }) => serviceArn),
        ...(end < active.length ? { nextToken: String(end) } : {}),
      };
    }),
  };
}

function checkCount(desiredCount = 0): void {
  if (desiredCount === 0) return;
  throw invalidParameter('The sandbox stores services but runs no tasks for them: desiredCount must be 0.');
}

function findService(state: EcsState, cluster: Cluster, name = ''): EcsService {
  const service = state.services.get(arnOf(state, cluster, name));
  if (service?.status === 'ACTIVE') return service;
  throw new AwsError(
    service === undefined ? 'ServiceNotFoundException' : 'ServiceNotActiveException',
    'Service not found.',
  );
}

function arnOf(state: EcsState, cluster: Cluster, name: string): string {
  return name.startsWith('arn:') ? name : makeArn(state.account, 'ecs', `service/${cluster.name}/${name}`);
}

function showService(service: EcsService) {
  return {
    ...service,
    runningCount: 0,
    pendingCount: 0,
    launchType: 'FARGATE',
    schedulingStrategy: 'REPLICA',
    deployments: [],
    events: [],
    serviceRegistries: [],
    placementConstraints: [],
    placementStrategy: [],
  };
}
