import type { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';
import { deniedError } from '../wire/fault-errors.ts';
import { cloudWatchPermissions } from './cloudwatch-permissions.ts';
import { ec2Permissions } from './ec2-permissions.ts';
import { ecsPermissions } from './ecs-permissions.ts';
import { elbPermissions } from './elb-permissions.ts';
import { eventsPermissions } from './events-permissions.ts';
import { lambdaPermissions } from './lambda-permissions.ts';
import { logsPermissions } from './logs-permissions.ts';
import { anywhere, type Permission, type PermissionReaders, type PermissionSources } from './permission.ts';
import { ssmPermissions } from './ssm-permissions.ts';

/** A required permission and the principal that needs it. */
export interface PermissionRequest extends Permission {
  /** The role whose policies apply. */
  readonly roleArn: string;
  /** The role's session, as in error messages: `arn:aws:sts::123456789012:assumed-role/<role>/<function>`. */
  readonly principalArn: string;
}

/** The decision of the policies. */
export interface PermissionVerdict {
  readonly effect: 'allow' | 'implicit-deny' | 'explicit-deny';
  /** Names of the statements that decided, as the `authorise` function names them. */
  readonly statements: readonly string[];
}

/** Decides one request by the policies of the role. The sandbox evaluates no policies itself: pass this as an option. */
export type Authorise = (request: PermissionRequest) => PermissionVerdict | Promise<PermissionVerdict>;

/** A request and its decision. */
export interface Authorisation extends PermissionRequest, PermissionVerdict {}

/** The principal: a function with its role. */
export interface Principal {
  readonly roleArn: string;
  readonly sessionName: string;
}

export interface Authoriser {
  /**
   * Checks the permissions that a call needs, up to the first denied one.
   * @returns the error for the caller, or `undefined` if the call is allowed
   */
  decideCall(
    principal: Principal,
    call: {
      readonly service: ServiceName;
      readonly operation: string;
      readonly input: Readonly<Record<string, unknown>>;
    },
  ): Promise<{ readonly authorisations: readonly Authorisation[]; readonly error: AwsError | undefined }>;
  /** Checks an AWS service's use of a role. */
  mayDo(principal: Principal, action: string, resource: string): Promise<boolean>;
  /** All decisions so far. */
  list(): readonly Authorisation[];
}

const readers: Readonly<Record<ServiceName, PermissionReaders>> = {
  ec2: ec2Permissions,
  ecs: ecsPermissions,
  elasticloadbalancing: elbPermissions,
  events: eventsPermissions,
  lambda: lambdaPermissions,
  logs: logsPermissions,
  monitoring: cloudWatchPermissions,
  ssm: ssmPermissions,
};

/** The permissions that a call needs. An operation without an entry needs its action on `*`. */
export function permissionsOf(
  service: ServiceName,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  sources: PermissionSources,
): readonly Permission[] {
  const read = readers[service][operation] ?? anywhere(`${service}:${operation}`);
  return read(input, sources);
}

export function createAuthoriser(authorise: Authorise, sources: PermissionSources): Authoriser {
  const decisions: Authorisation[] = [];

  async function decide({ roleArn, sessionName }: Principal, needed: Permission): Promise<Authorisation> {
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const principalArn = `arn:aws:sts::${sources.accountId}:assumed-role/${role}/${sessionName}`;
    const request = { ...needed, roleArn, principalArn };
    const decision = { ...request, ...(await authorise(request)) };
    decisions.push(decision);
    return decision;
  }

  return {
    async decideCall(principal, { service, operation, input }) {
      const authorisations: Authorisation[] = [];
      for (const needed of permissionsOf(service, operation, input, sources)) {
        const decision = await decide(principal, needed);
        authorisations.push(decision);
        if (decision.effect !== 'allow') return { authorisations, error: deniedError(service, decision) };
      }
      return { authorisations, error: undefined };
    },
    async mayDo(principal, action, resource) {
      const decision = await decide(principal, { action, resource, context: {} });
      return decision.effect === 'allow';
    },
    list: () => [...decisions],
  };
}
