import type { InputShapes } from '../shape.ts';

const tag = { 'Key!': 'string', Value: 'string' } as const;
const paging = { Marker: 'string', PageSize: 'integer' } as const;
const target = { 'Id!': 'string', Port: 'integer', AvailabilityZone: 'string' } as const;
const attribute = { Key: 'string', Value: 'string' } as const;
const values = { Values: ['string'], RegexValues: ['string'] } as const;

const action = {
  'Type!': 'string',
  TargetGroupArn: 'string',
  Order: 'integer',
  RedirectConfig: {
    Protocol: 'string',
    Port: 'string',
    Host: 'string',
    Path: 'string',
    Query: 'string',
    'StatusCode!': 'string',
  },
  FixedResponseConfig: { MessageBody: 'string', 'StatusCode!': 'string', ContentType: 'string' },
  AuthenticateOidcConfig: { SessionTimeout: 'integer', UseExistingClientSecret: 'boolean' },
  AuthenticateCognitoConfig: { SessionTimeout: 'integer' },
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: 'string', Weight: 'integer' }],
    TargetGroupStickinessConfig: { Enabled: 'boolean', DurationSeconds: 'integer' },
  },
} as const;

const condition = {
  Field: 'string',
  ...values,
  HostHeaderConfig: values,
  PathPatternConfig: values,
  HttpHeaderConfig: { HttpHeaderName: 'string', ...values },
  QueryStringConfig: { Values: [{ Key: 'string', Value: 'string' }] },
  HttpRequestMethodConfig: values,
  SourceIpConfig: values,
} as const;

const rewrites = { Rewrites: [{ 'Regex!': 'string', 'Replace!': 'string' }] } as const;
const transform = { 'Type!': 'string', HostHeaderRewriteConfig: rewrites, UrlRewriteConfig: rewrites } as const;

const healthCheck = {
  HealthCheckProtocol: 'string',
  HealthCheckPort: 'string',
  HealthCheckEnabled: 'boolean',
  HealthCheckPath: 'string',
  HealthCheckIntervalSeconds: 'integer',
  HealthCheckTimeoutSeconds: 'integer',
  HealthyThresholdCount: 'integer',
  UnhealthyThresholdCount: 'integer',
  Matcher: { HttpCode: 'string', GrpcCode: 'string' },
} as const;

const certificates = [{ CertificateArn: 'string', IsDefault: 'boolean' }] as const;

/** Inputs of Elastic Load Balancing v2's operations (API version 2015-12-01). */
export const elasticLoadBalancingInputShapes: InputShapes = {
  CreateLoadBalancer: {
    'Name!': 'string',
    Subnets: ['string'],
    SubnetMappings: [{ SubnetId: 'string', AllocationId: 'string', PrivateIPv4Address: 'string' }],
    SecurityGroups: ['string'],
    Scheme: 'string',
    Tags: [tag],
    Type: 'string',
    IpAddressType: 'string',
  },
  DescribeLoadBalancers: { LoadBalancerArns: ['string'], Names: ['string'], ...paging },
  DeleteLoadBalancer: { 'LoadBalancerArn!': 'string' },
  CreateListener: {
    'LoadBalancerArn!': 'string',
    Protocol: 'string',
    Port: 'integer',
    SslPolicy: 'string',
    Certificates: certificates,
    'DefaultActions!': [action],
    Tags: [tag],
  },
  DescribeListeners: { LoadBalancerArn: 'string', ListenerArns: ['string'], ...paging },
  DeleteListener: { 'ListenerArn!': 'string' },
  CreateRule: {
    'ListenerArn!': 'string',
    'Conditions!': [condition],
    'Priority!': 'integer',
    'Actions!': [action],
    Tags: [tag],
    Transforms: [transform],
  },
  DescribeRules: { ListenerArn: 'string', RuleArns: ['string'], ...paging },
  ModifyRule: {
    'RuleArn!': 'string',
    Conditions: [condition],
    Actions: [action],
    Transforms: [transform],
    ResetTransforms: 'boolean',
  },
  SetRulePriorities: { 'RulePriorities!': [{ RuleArn: 'string', Priority: 'integer' }] },
  SetSubnets: { 'LoadBalancerArn!': 'string', Subnets: ['string'] },
  SetSecurityGroups: { 'LoadBalancerArn!': 'string', 'SecurityGroups!': ['string'] },
  DeleteRule: { 'RuleArn!': 'string' },
  CreateTargetGroup: {
    'Name!': 'string',
    Protocol: 'string',
    ProtocolVersion: 'string',
    Port: 'integer',
    VpcId: 'string',
    ...healthCheck,
    TargetType: 'string',
    Tags: [tag],
    IpAddressType: 'string',
  },
  ModifyTargetGroup: { 'TargetGroupArn!': 'string', ...healthCheck },
  DescribeTargetGroups: {
    LoadBalancerArn: 'string',
    TargetGroupArns: ['string'],
    Names: ['string'],
    ...paging,
  },
  DeleteTargetGroup: { 'TargetGroupArn!': 'string' },
  ModifyTargetGroupAttributes: { 'TargetGroupArn!': 'string', 'Attributes!': [attribute] },
  DescribeTargetGroupAttributes: { 'TargetGroupArn!': 'string' },
  RegisterTargets: { 'TargetGroupArn!': 'string', 'Targets!': [target] },
  DeregisterTargets: { 'TargetGroupArn!': 'string', 'Targets!': [target] },
  DescribeTargetHealth: { 'TargetGroupArn!': 'string', Targets: [target], Include: ['string'] },
};
