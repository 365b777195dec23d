import { launchFactsVariable, mappingBounds, type OverrideName } from '@start-engines/core';
import * as z from 'zod/mini';
import { type Format, formats, permittedFormat } from './formats.ts';
import { expects, expectsUnseen, listOf, oneOf, text, wholeNumber } from './schema-parts.ts';
import { idle, leaseSeconds, wake } from './wake-schema.ts';

const port = wholeNumber(mappingBounds.port);

const startTimeoutSeconds = wholeNumber(mappingBounds.startTimeoutSeconds, ' of seconds');

const environmentVariable = text(formats.environmentVariable);

/** Containers take a variable with an empty value. */
const environmentValue = z.string(expectsUnseen('a string'));

const permitted = (format: Format) => z.exactOptional(listOf(text(permittedFormat(format)), 'permitted values'));

const allowOverrides = z.strictObject(
  {
    cluster: permitted(formats.cluster),
    taskDefinition: permitted(formats.taskDefinition),
    targetGroupArn: permitted(formats.targetGroupArn),
    subnets: permitted(formats.subnet),
    securityGroups: permitted(formats.securityGroup),
    containerName: permitted(formats.containerName),
    port: z.exactOptional(listOf(port, 'permitted ports')),
    environment: z.exactOptional(listOf(environmentVariable, 'names of variables')),
    startTimeoutSeconds: z.exactOptional(listOf(startTimeoutSeconds, 'permitted numbers of seconds')),
  } satisfies Record<OverrideName, unknown>,
  expects('an object of override → list of permitted values'),
);

/** ECS takes 20 providers, weights to 1,000 and bases to 100,000 (CapacityProviderStrategyItem). */
const capacityProviderStrategy = listOf(
  z.strictObject(
    {
      capacityProvider: text(formats.capacityProvider),
      weight: z.exactOptional(wholeNumber({ least: 0, most: 1000 })),
      base: z.exactOptional(wholeNumber({ least: 0, most: 100_000 })),
    },
    expects('an object with a capacityProvider'),
  ),
  'capacity providers',
  20,
);

/**
 * One document of Parameter Store: the workspace's defaults, or a service. Every key is optional here, because the other document may
 * have it. `checkDocument` and `mergeMapping` check several keys together.
 */
export const mappingDocumentSchema = z.strictObject(
  {
    // Editors use it to find the JSON Schema.
    $schema: z.exactOptional(z.string(expectsUnseen('the address of a JSON Schema'))),
    cluster: z.exactOptional(text(formats.cluster)),
    taskDefinition: z.exactOptional(text(formats.taskDefinition)),
    port: z.exactOptional(port),
    targetGroupArn: z.exactOptional(text(formats.targetGroupArn)),
    listenerRuleArn: z.exactOptional(text(formats.listenerRuleArn)),
    targetGroups: z.exactOptional(
      listOf(
        z.strictObject(
          {
            arn: text(formats.targetGroupArn),
            port: z.exactOptional(port),
            listenerRuleArn: z.exactOptional(text(formats.listenerRuleArn)),
          },
          expects('an object with an arn and perhaps a port'),
        ),
        'target groups',
      ),
    ),
    // Limits of ECS' AwsVpcConfiguration.
    subnets: z.exactOptional(listOf(text(formats.subnet), 'subnets', 16)),
    securityGroups: z.exactOptional(listOf(text(formats.securityGroup), 'security groups', 5)),
    assignPublicIp: z.exactOptional(oneOf(['ENABLED', 'DISABLED'])),
    // EXTERNAL instances have no awsvpc network, so their tasks have no address to register.
    launchType: z.exactOptional(oneOf(['FARGATE', 'EC2', 'CLUSTER_DEFAULT'])),
    capacityProviderStrategy: z.exactOptional(capacityProviderStrategy),
    platformVersion: z.exactOptional(text(formats.platformVersion)),
    tags: z.exactOptional(
      z.record(text(formats.tagKey), text(formats.tagValue), expects('an object of tag key → tag value')),
    ),
    // RunTask refuses SERVICE: these tasks belong to no ECS service.
    propagateTags: z.exactOptional(oneOf(['TASK_DEFINITION', 'NONE'])),
    enableECSManagedTags: z.exactOptional(z.boolean(expects('true or false'))),
    enableExecuteCommand: z.exactOptional(z.boolean(expects('true or false'))),
    containerName: z.exactOptional(text(formats.containerName)),
    environment: z.exactOptional(
      z.record(environmentVariable, environmentValue, expectsUnseen('an object of variable → string')),
    ),
    wait: z.exactOptional(oneOf(['running', 'healthy', 'none'])),
    startTimeoutSeconds: z.exactOptional(startTimeoutSeconds),
    healthyTimeoutSeconds: z.exactOptional(wholeNumber(mappingBounds.healthyTimeoutSeconds, ' of seconds')),
    drainSeconds: z.exactOptional(wholeNumber(mappingBounds.drainSeconds, ' of seconds')),
    dependsOn: z.exactOptional(listOf(text(formats.service), 'services')),
    exclusiveTargetGroup: z.exactOptional(z.boolean(expects('true or false'))),
    allowOverrides: z.exactOptional(allowOverrides),
    wake: z.exactOptional(wake),
    idle: z.exactOptional(idle),
    leaseSeconds: z.exactOptional(leaseSeconds),
  },
  expectsUnseen('an object'),
);

/** A well-formed document. */
export type MappingDocument = z.infer<typeof mappingDocumentSchema>;

/** It holds the launch facts, so a mapping may neither set nor allow it. */
export const reservedVariable = launchFactsVariable;
