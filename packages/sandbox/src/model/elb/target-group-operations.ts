import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { createHistory } from '../history.ts';
import { anything, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import {
  checkChoice,
  checkName,
  checkRange,
  elbOperation,
  othersOf,
  pageOf,
  required,
  validationError,
} from './elb-operation.ts';
import { drawId, type ElbState, findTargetGroup } from './elb-state.ts';
import { loadBalancersUsing } from './group-use.ts';
import { healthCheckFields, readHealthCheck } from './health-check-settings.ts';
import type { TargetGroup } from './target-group.ts';
import { changeAttributes, defaultAttributes, lambdaAttributes, showAttributes } from './target-group-attributes.ts';
import { stopWaiting } from './target-health.ts';

const createMembers = {
  Name: string,
  Protocol: string,
  ProtocolVersion: string,
  Port: integer,
  VpcId: string,
  TargetType: string,
  IpAddressType: string,
  Tags: anything,
  ...healthCheckFields,
};
const createShape = openStructure(createMembers);
const describeShape = structure({
  LoadBalancerArn: string,
  TargetGroupArns: list(string),
  Names: list(string),
  Marker: string,
  PageSize: integer,
});
const arnShape = structure({ TargetGroupArn: string });
const attributesShape = structure({
  TargetGroupArn: string,
  Attributes: list(structure({ Key: string, Value: string })),
});

export function createTargetGroupOperations(state: ElbState): Operations {
  const find = (input: { readonly TargetGroupArn?: string }): TargetGroup =>
    findTargetGroup(state, required(input.TargetGroupArn, 'TargetGroupArn'));

  return {
    CreateTargetGroup: elbOperation(createShape, (input) => {
      const group = createTargetGroup(state, input);
      state.targetGroups.set(group.arn, group);
      return { TargetGroups: [showTargetGroup(state, group)] };
    }),

    DescribeTargetGroups: elbOperation(describeShape, (input) => {
      const { page, more } = pageOf(select(state, input), input);
      return { TargetGroups: page.map((group) => showTargetGroup(state, group)), ...more };
    }),

    ModifyTargetGroup: elbOperation(structure({ TargetGroupArn: string, ...healthCheckFields }), (input) => {
      const group = find(input);
      group.healthCheck = readHealthCheck(input, group.healthCheck);
      return { TargetGroups: [showTargetGroup(state, group)] };
    }),

    DeleteTargetGroup: elbOperation(arnShape, (input) => {
      const arn = required(input.TargetGroupArn, 'TargetGroupArn');
      if (loadBalancersUsing(state, arn).length > 0) {
        throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`);
      }
      // Deleting an unknown resource succeeds.
      for (const target of state.targetGroups.get(arn)?.targets.values() ?? []) stopWaiting(target);
      state.targetGroups.delete(arn);
      return {};
    }),

    ModifyTargetGroupAttributes: elbOperation(attributesShape, (input) => {
      const group = find(input);
      changeAttributes(group, required(input.Attributes, 'Attributes'));
      return { Attributes: showAttributes(group) };
    }),

    DescribeTargetGroupAttributes: elbOperation(arnShape, (input) => ({ Attributes: showAttributes(find(input)) })),
  };
}

function createTargetGroup(state: ElbState, input: Shaped<typeof createShape>): TargetGroup {
  const name = required(input.Name, 'Name');
  checkName(name, 'Target group');
  const targetType = input.TargetType ?? 'instance';
  checkChoice(targetType, 'targetType', ['instance', 'ip', 'lambda', 'alb']);
  if (targetType === 'alb') {
    throw validationError(`The sandbox does not support target groups of the type '${targetType}'`);
  }
  const isLambda = targetType === 'lambda';
  if (isLambda && (input.Protocol !== undefined || input.Port !== undefined || input.VpcId !== undefined)) {
    throw validationError("Protocol, port and VPC cannot be specified for target groups with target type 'lambda'");
  }
  const protocol = isLambda ? '' : required(input.Protocol, 'Protocol');
  if (!isLambda && protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError('The sandbox supports only target groups with the protocols HTTP and HTTPS');
  }
  checkChoice(input.IpAddressType, 'ipAddressType', ['ipv4', 'ipv6']);
  const port = isLambda ? 0 : required(input.Port, 'Port');
  if (!isLambda) checkRange(port, 'port', 1, 65_535);
  if ([...state.targetGroups.values()].some((other) => other.name === name)) {
    throw new AwsError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${name}' exists, but with different settings`,
    );
  }
  return {
    arn: makeArn(state.account, 'elasticloadbalancing', `targetgroup/${name}/${drawId(state, `targetgroup/${name}`)}`),
    name,
    protocol,
    protocolVersion: input.ProtocolVersion ?? 'HTTP1',
    port,
    vpcId: input.VpcId ?? 'vpc-sandbox',
    targetType,
    ipAddressType: input.IpAddressType ?? 'ipv4',
    healthCheck: isLambda ? { ...readHealthCheck({}, undefined), enabled: false } : readHealthCheck(input, undefined),
    attributes: new Map(isLambda ? lambdaAttributes : defaultAttributes),
    targets: new Map(),
    history: createHistory(state.clock.now(), [], state.durations.targetHealthReadLagMs),
    forwarded: 0,
    others: othersOf(input, createMembers),
  };
}

function select(state: ElbState, input: Shaped<typeof describeShape>): readonly TargetGroup[] {
  if (input.TargetGroupArns !== undefined) return input.TargetGroupArns.map((arn) => findTargetGroup(state, arn));
  const all = [...state.targetGroups.values()];
  if (input.LoadBalancerArn !== undefined) {
    const { LoadBalancerArn } = input;
    return all.filter(({ arn }) => loadBalancersUsing(state, arn).includes(LoadBalancerArn));
  }
  if (input.Names === undefined) return all;
  if (!input.Names.every((name) => all.some((group) => group.name === name))) {
    throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
  }
  return all.filter(({ name }) => input.Names?.includes(name));
}

function showTargetGroup(state: ElbState, group: TargetGroup) {
  const { healthCheck } = group;
  return {
    ...group.others,
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    ...(group.targetType === 'lambda'
      ? {}
      : {
          Protocol: group.protocol,
          ProtocolVersion: group.protocolVersion,
          Port: group.port,
          VpcId: group.vpcId,
        }),
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: healthCheck.enabled,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { ...healthCheck.otherMatchers, HttpCode: healthCheck.matcher },
    LoadBalancerArns: loadBalancersUsing(state, group.arn),
    TargetType: group.targetType,
    IpAddressType: group.ipAddressType,
  };
}
