import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { PolicyDocument } from './iam-authoriser.ts';

/** The deployed resources of one workspace, as AWS's APIs return them (read by account.py). */
export interface Deployment {
  readonly function: {
    /** The resource policy of the alias `live`. */
    readonly configuration: {
      readonly FunctionName: string;
      readonly Runtime: string;
      readonly Role: string;
      readonly Handler: string;
      readonly Timeout: number;
      readonly MemorySize: number;
      readonly Architectures: readonly string[];
      readonly CodeSha256: string;
      readonly Version: string;
      readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
    };
    readonly invokeConfig: {
      readonly MaximumRetryAttempts: number;
      readonly MaximumEventAgeInSeconds: number;
      readonly DestinationConfig: { readonly OnFailure: { readonly Destination: string } };
    };
    readonly policy: ResourcePolicy;
  };
  readonly roles: Readonly<Record<string, Role>>;
  readonly parameters: readonly { readonly Name: string; readonly Type: 'String'; readonly Value: string }[];
  readonly rules: readonly Rule[];
  readonly schedules: readonly Schedule[];
  readonly queues: Readonly<Record<string, { readonly QueueArn: string; readonly Policy: ResourcePolicy | null }>>;
  readonly loadBalancer: LoadBalancer;
  readonly securityGroups: readonly SecurityGroup[];
  readonly logGroups: readonly { readonly logGroupName: string; readonly retentionInDays?: number }[];
  readonly alarms: readonly {
    readonly AlarmName: string;
    readonly AlarmActions: readonly string[];
    readonly InsufficientDataActions: readonly string[];
  }[];
  readonly api: HttpApi;
}

export interface HttpApi {
  readonly stages: readonly {
    readonly StageName: string;
    readonly AccessLogSettings: { readonly DestinationArn: string };
    readonly DefaultRouteSettings: { readonly ThrottlingBurstLimit: number; readonly ThrottlingRateLimit: number };
  }[];
  readonly routes: readonly {
    readonly RouteKey: string;
    readonly AuthorizationType: string;
    readonly AuthorizerId?: string;
    readonly AuthorizationScopes?: readonly string[];
    readonly Target: string;
  }[];
  readonly integrations: readonly {
    readonly IntegrationId: string;
    readonly IntegrationUri: string;
    readonly CredentialsArn: string;
    readonly PayloadFormatVersion: string;
  }[];
  readonly authorizers: readonly {
    readonly AuthorizerId: string;
    readonly JwtConfiguration: { readonly Issuer: string; readonly Audience: readonly string[] };
  }[];
}

export interface ResourcePolicy {
  readonly Statement: readonly {
    readonly Action: string;
    readonly Principal: { readonly Service: string };
    readonly Resource: string;
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

export interface Role {
  readonly arn: string;
  /** The inline policies. */
  readonly policies: readonly PolicyDocument[];
  /** The managed policies, in no particular order. */
  readonly attached: readonly PolicyDocument[];
}

export interface Rule {
  readonly Name: string;
  readonly Arn: string;
  readonly EventBusName: string;
  readonly EventPattern: string;
  readonly State: 'ENABLED' | 'DISABLED';
  readonly targets: readonly {
    readonly Id: string;
    readonly Arn: string;
    readonly DeadLetterConfig?: { readonly Arn: string };
    readonly RetryPolicy?: { readonly MaximumRetryAttempts: number; readonly MaximumEventAgeInSeconds: number };
  }[];
}

export interface Schedule {
  readonly Name: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input: string;
    readonly DeadLetterConfig: { readonly Arn: string };
  };
}

export interface LoadBalancer {
  readonly LoadBalancerArn: string;
  readonly LoadBalancerName: string;
  readonly AvailabilityZones: readonly { readonly SubnetId: string }[];
  readonly SecurityGroups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly listeners: readonly Listener[];
  readonly targetGroups: readonly TargetGroup[];
}

export interface Listener {
  readonly Port: number;
  readonly Protocol: 'HTTP' | 'HTTPS';
  readonly SslPolicy?: string;
  readonly Certificates?: readonly { readonly CertificateArn: string }[];
  readonly DefaultActions: readonly Action[];
  readonly rules: readonly {
    readonly Priority: string;
    readonly IsDefault: boolean;
    readonly Conditions: readonly {
      readonly Field: 'path-pattern';
      readonly PathPatternConfig: { readonly Values: readonly string[] };
    }[];
    readonly Actions: readonly Action[];
  }[];
}

export interface TargetGroup {
  readonly TargetGroupArn: string;
  readonly TargetGroupName: string;
  readonly Port: number;
  readonly VpcId: string;
  readonly HealthCheckPath: string;
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthCheckTimeoutSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly UnhealthyThresholdCount: number;
  readonly Matcher: { readonly HttpCode: string };
  readonly TargetType: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SecurityGroup {
  readonly GroupId: string;
  readonly GroupName: string;
  readonly IpPermissions: readonly IpPermission[];
  readonly IpPermissionsEgress: readonly IpPermission[];
}

export interface IpPermission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly IpRanges: readonly { readonly CidrIp: string }[];
  readonly UserIdGroupPairs: readonly { readonly GroupId: string }[];
}

/**
 * All policies of a role as one, which IAM would evaluate in the same way. The Sid of a statement from a managed policy ends
 * with the policy's number.
 *
 * @throws RangeError if the role does not exist or does not have exactly one inline policy
 */
export function policyOfRole({ roles }: Deployment, roleArn: string): PolicyDocument {
  const role = Object.values(roles).find(({ arn }) => arn === roleArn);
  const [inline, ...others] = role?.policies ?? [];
  if (role === undefined || inline === undefined || others.length > 0) {
    throw new RangeError(`${roleArn} does not have exactly one inline policy`);
  }
  const managed = role.attached.flatMap(({ Statement }, index) =>
    Statement.map((statement) => ({ ...statement, Sid: `${statement.Sid}${index + 1}` })),
  );
  return { ...inline, Statement: [...inline.Statement, ...managed] };
}

/** The mapping documents by their names below the workspace's path, such as `services/auth`. */
export function mappingDocuments({ parameters, function: { configuration } }: Deployment) {
  const path = configuration.Environment.Variables.PARAMETER_PATH ?? '';
  const documents = new Map(
    parameters.map(({ Name, Value }) => [Name.slice(path.length + 1), JSON.parse(Value) as Record<string, unknown>]),
  );
  // The other parameters are Terraform's own.
  return new Map([...documents].filter(([name]) => name === 'defaults' || name.startsWith('services/')));
}
