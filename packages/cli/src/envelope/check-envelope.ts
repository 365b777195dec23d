import { matchesPattern, type ServiceMapping } from '@start-engines/core';
import type { FoundDefinition } from './read-definition.ts';
import type { Envelope } from './read-envelope.ts';

/** A resource of a mapping that the function's role may not access. */
export interface OutsideEnvelope {
  /** The key of the mapping that names it. */
  readonly key: string;
  readonly value: string;
  /** The Terraform variable that would allow it. */
  readonly variable: string;
}

/** Every resource of a mapping that is outside the envelope. */
export function findOutside(
  mapping: ServiceMapping,
  definition: FoundDefinition | undefined,
  envelope: Envelope,
): readonly OutsideEnvelope[] {
  const roles = [...new Set([definition?.executionRoleArn, definition?.taskRoleArn])].flatMap((arn) => arn ?? []);
  const outside = (key: string, value: string, permitted: readonly string[], variable: string) =>
    permitted.some((pattern) => matchesPattern(pattern, value)) ? [] : [{ key, value, variable }];
  return [
    ...outside('cluster', lastName(mapping.cluster), envelope.clusters.map(lastName), 'allowed_clusters'),
    ...outside('taskDefinition', familyOf(mapping.taskDefinition), envelope.taskFamilies, 'allowed_task_families'),
    ...mapping.targetGroups.flatMap(({ targetGroupArn }) =>
      outside('targetGroupArn', targetGroupArn, envelope.targetGroupArns, 'allowed_target_group_arns'),
    ),
    ...roles.flatMap((arn) => outside('taskDefinition', arn, envelope.taskRoleArns, 'allowed_task_role_arns')),
  ];
}

/** The family of a task definition, from its name or ARN, with or without a revision. */
export function familyOf(taskDefinition: string): string {
  return lastName(taskDefinition).replace(/:\d+$/, '');
}

/** The text after the last slash of an ARN, or the name itself. */
export function lastName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}
