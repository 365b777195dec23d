import { mappingDefaults, mostTaskTags } from '@start-engines/core';
import * as z from 'zod/mini';
import { exclusiveKeys } from '../src/check-document.ts';
import { mappingDocumentSchema, reservedVariable } from '../src/mapping-schema.ts';

type JsonSchema = Record<string, unknown>;

const descriptions: Readonly<Record<string, string>> = {
  $schema: 'The address of this JSON Schema, for editors.',
  cluster: 'Name or ARN of the ECS cluster. Required, here or in the other document.',
  taskDefinition: 'Family (its newest revision), family:revision or ARN. Required, here or in the other document.',
  port: 'The port that the service listens on. Required, here or in the other document.',
  targetGroupArn: 'The target group. This or targetGroups is required, here or in the other document.',
  listenerRuleArn: 'The listener rule that forwards to targetGroupArn. Required with wake. Excludes targetGroups.',
  targetGroups:
    'Several target groups, each with its own port (default: the port of the service) and, with wake, its own listenerRuleArn.',
  subnets: 'Subnets of the task. Required, here or in the other document.',
  securityGroups: "Security groups of the task. Default: the VPC's default group.",
  assignPublicIp: 'Whether the task gets a public address. Default DISABLED.',
  launchType:
    "Default FARGATE. CLUSTER_DEFAULT leaves the choice to the cluster's default capacity provider strategy. Excludes capacityProviderStrategy.",
  capacityProviderStrategy:
    'Capacity providers: FARGATE and FARGATE_SPOT, or those of Auto Scaling groups or Managed Instances. Excludes launchType.',
  platformVersion: 'Platform version of Fargate, such as 1.4.0. Default LATEST.',
  tags: 'Tags of the task. Merged with the defaults tag by tag; at most 10 altogether.',
  propagateTags: "TASK_DEFINITION copies the task definition's tags to the task. Default NONE.",
  enableECSManagedTags: 'Whether ECS tags the task with its cluster. Default false.',
  enableExecuteCommand: 'Whether ECS Exec may open a shell in the containers. Default false.',
  containerName:
    "The container that gets the environment. By default the one that exposes the port, or else the task definition's first essential container.",
  environment: 'Variables of the container. Merged with the defaults variable by variable.',
  wait: `What a start waits for. Default ${mappingDefaults.wait}.`,
  startTimeoutSeconds: `How long a start waits for the task to run. Default ${mappingDefaults.startTimeoutSeconds}.`,
  healthyTimeoutSeconds: `How long a start waits for the target to be healthy. Default ${mappingDefaults.healthyTimeoutSeconds}.`,
  drainSeconds: `How long a task stays up after it was deregistered. Default ${mappingDefaults.drainSeconds}.`,
  dependsOn: 'Services that a start of several brings up first.',
  exclusiveTargetGroup: 'False: something else registers targets in these groups too. Default true.',
  wake: "How requests wake the service while it is down. Belongs in the service's own document.",
  idle: 'Stops the service when it has had no requests for a while. Requires wake.',
  leaseSeconds: 'How long a start requests the service for. Default: without end.',
  allowOverrides: 'The overrides that events may ask for, each with the permitted values or patterns with "*".',
};

/** The schema of a document for editors, with what zod cannot write down itself. */
export function createJsonSchema(): JsonSchema {
  const schema: JsonSchema = { ...z.toJSONSchema(mappingDocumentSchema, { io: 'input' }) };
  const properties = schema.properties as Record<string, JsonSchema>;
  markUnique(schema);
  for (const [key, property] of Object.entries(properties)) {
    const description = descriptions[key];
    if (description === undefined) throw new Error(`scripts/json-schema.ts has no description of ${key}`);
    properties[key] = { description, ...property };
  }
  boundMergedObjects(properties);
  forbidReservedVariable(properties);
  return {
    $schema: schema.$schema,
    title: 'Service mapping',
    description: 'The defaults of a workspace, or one service. What a service says wins over the defaults.',
    ...schema,
    allOf: [
      ...exclusiveKeys.map((keys) => ({ not: { required: [...keys] } })),
      { not: { required: ['platformVersion', 'launchType'], properties: { launchType: { const: 'EC2' } } } },
    ],
  };
}

/** No list may say the same thing twice. Objects are compared whole here; the loader looks closer. */
function markUnique(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('type' in schema && schema.type === 'array') Object.assign(schema, { uniqueItems: true });
  for (const inner of Object.values(schema)) markUnique(inner);
}

/** Each is merged with the defaults' entry by entry, so an empty one says nothing. */
function boundMergedObjects(properties: JsonSchema): void {
  Object.assign(part(properties, 'environment'), { minProperties: 1 });
  Object.assign(part(properties, 'tags'), { minProperties: 1, maxProperties: mostTaskTags });
}

function forbidReservedVariable(properties: JsonSchema): void {
  const reserved = { const: reservedVariable };
  const environment = part(properties, 'environment');
  Object.assign(part(environment, 'propertyNames'), { not: reserved });
  const allowed = part(part(part(properties, 'allowOverrides'), 'properties'), 'environment');
  Object.assign(part(allowed, 'items'), { not: reserved });
}

function part(schema: JsonSchema, key: string): JsonSchema {
  const found = schema[key];
  if (typeof found !== 'object' || found === null) throw new Error(`the JSON Schema has no ${key}`);
  return found as JsonSchema;
}
