import type { Account } from '../model/arn.ts';

/** A required permission: an action on a resource, with the condition keys for policies. */
export interface Permission {
  /** An IAM action, such as `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` for an action that supports no resource. */
  readonly resource: string;
  /** The condition keys of the request, without those of the principal. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** The account, Region and task definitions that permissions depend on. */
export interface PermissionSources extends Account {
  /** The revision that RunTask would use, with its roles. `undefined` if there is none. */
  readonly findTaskDefinition: (identifier: string) => TaskDefinitionRoles | undefined;
}

export interface TaskDefinitionRoles {
  readonly taskDefinitionArn: string;
  readonly taskRoleArn?: unknown;
  readonly executionRoleArn?: unknown;
}

type Input = Readonly<Record<string, unknown>>;

/** Returns all permissions that a call with this input needs. */
export type PermissionReader = (input: Input, sources: PermissionSources) => readonly Permission[];

/** The permission readers of one service, by operation. */
export type PermissionReaders = Readonly<Record<string, PermissionReader>>;

export function permission(action: string, resource: string, context: Permission['context'] = {}): Permission {
  return { action, resource, context };
}

/** A list in an input. If it is not a list, the operation itself rejects it. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A reader for an operation that supports no resource. */
export function anywhere(action: string): PermissionReader {
  return () => [permission(action, '*')];
}

/** The permission to pass a role to a service. A name without a path means the account's role of that name. */
export function passRole({ accountId }: Account, role: string, service: string): Permission {
  const arn = role.startsWith('arn:') ? role : `arn:aws:iam::${accountId}:role/${role}`;
  // AWS-065
  return permission('iam:PassRole', arn, { 'iam:PassedToService': service });
}

/** The condition keys of the tags that a request sets. */
export function tagContext(tags: unknown, keyMember: string, valueMember: string): Permission['context'] {
  const pairs = listOf(tags).map((tag): [string, string] => {
    const { [keyMember]: key, [valueMember]: value } = (tag ?? {}) as Input;
    return [String(key), String(value ?? '')];
  });
  if (pairs.length === 0) return {};
  const requested = pairs.map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return { 'aws:TagKeys': pairs.map(([key]) => key), ...Object.fromEntries(requested) };
}
