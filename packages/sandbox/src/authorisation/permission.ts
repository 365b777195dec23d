import type { Account } from '../model/arn.ts';

/** One thing that a call must be allowed: an action on a resource, with what policies can make conditions of. */
export interface Permission {
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` for an action that IAM knows no resource for. */
  readonly resource: string;
  /** The condition keys that the request itself gives; those of the principal are not among them. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** What the requests of one account and Region are looked at with. */
export interface PermissionSources extends Account {
  /** The revision that RunTask would take, and its roles. `undefined` when there is none. */
  readonly findTaskDefinition: (identifier: string) => TaskDefinitionRoles | undefined;
}

export interface TaskDefinitionRoles {
  readonly taskDefinitionArn: string;
  readonly taskRoleArn?: unknown;
  readonly executionRoleArn?: unknown;
}

type Input = Readonly<Record<string, unknown>>;

/** Says what a call with this input must be allowed, all of it. */
export type PermissionReader = (input: Input, sources: PermissionSources) => readonly Permission[];

/** The readers of one service's operations, by operation. */
export type PermissionReaders = Readonly<Record<string, PermissionReader>>;

export function permission(action: string, resource: string, context: Permission['context'] = {}): Permission {
  return { action, resource, context };
}

/** A list in an input. What is none is the operation's to refuse. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A reader for an operation that IAM knows no resource for. */
export function anywhere(action: string): PermissionReader {
  return () => [permission(action, '*')];
}

/** Passing a role to a service that will use it. A name without a path stands for the account's role of that name. */
export function passRole({ accountId }: Account, role: string, service: string): Permission {
  const arn = role.startsWith('arn:') ? role : `arn:aws:iam::${accountId}:role/${role}`;
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
