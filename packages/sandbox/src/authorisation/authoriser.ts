import type { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';
import { deniedError } from '../wire/fault-errors.ts';
import { ec2Permissions } from './ec2-permissions.ts';
import { ecsPermissions } from './ecs-permissions.ts';
import { elbPermissions } from './elb-permissions.ts';
import { eventsPermissions } from './events-permissions.ts';
import { lambdaPermissions } from './lambda-permissions.ts';
import { logsPermissions } from './logs-permissions.ts';
import { anywhere, type Permission, type PermissionReaders, type PermissionSources } from './permission.ts';
import { ssmPermissions } from './ssm-permissions.ts';

/** A permission that somebody needs, and who that is. */
export interface PermissionRequest extends Permission {
  /** The role whose policies decide. */
  readonly roleArn: string;
  /** The role's session, as errors name it: `arn:aws:sts::123456789012:assumed-role/<role>/<function>`. */
  readonly principalArn: string;
}

/** What the policies say. */
export interface PermissionVerdict {
  readonly effect: 'allow' | 'implicit-deny' | 'explicit-deny';
  /** The statements that decided, by whatever name the decider gives them. */
  readonly statements: readonly string[];
}

/** Decides one request by the policies of the role. The sandbox knows no policy language: whoever starts it hands this in. */
export type Authorise = (request: PermissionRequest) => PermissionVerdict | Promise<PermissionVerdict>;

/** A request and what became of it. */
export interface Authorisation extends PermissionRequest, PermissionVerdict {}

/** Who acts: a function, with its role. */
export interface Principal {
  readonly roleArn: string;
  readonly sessionName: string;
}

export interface Authoriser {
  /**
   * Decides everything that a call needs, up to the first thing that is denied.
   * @returns the error that the caller gets, or nothing when the call may go on
   */
  decideCall(
    principal: Principal,
    call: {
      readonly service: ServiceName;
      readonly operation: string;
      readonly input: Readonly<Record<string, unknown>>;
    },
  ): Promise<{ readonly authorisations: readonly Authorisation[]; readonly error: AwsError | undefined }>;
  /** Decides what an AWS service does with somebody's role. */
  mayDo(principal: Principal, action: string, resource: string): Promise<boolean>;
  /** All decisions so far. */
  list(): readonly Authorisation[];
}

const READERS: Readonly<Record<ServiceName, PermissionReaders>> = {
  ec2: ec2Permissions,
  ecs: ecsPermissions,
  elasticloadbalancing: elbPermissions,
  events: eventsPermissions,
  lambda: lambdaPermissions,
  logs: logsPermissions,
  ssm: ssmPermissions,
};

/** What a call with this input must be allowed. What nobody has looked up yet needs its action everywhere. */
export function permissionsOf(
  service: ServiceName,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  sources: PermissionSources,
): readonly Permission[] {
  const read = READERS[service][operation] ?? anywhere(`${service}:${operation}`);
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
