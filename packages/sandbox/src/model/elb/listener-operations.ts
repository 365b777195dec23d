import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { anything, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import { actionsShape, readActions } from './actions.ts';
import { checkChoice, checkRange, elbOperation, othersOf, pageOf, required, validationError } from './elb-operation.ts';
import { type ElbState, findListener, findLoadBalancer, type Listener, type LoadBalancer } from './elb-state.ts';
import { propagate } from './nodes.ts';
import { followUse } from './target-health.ts';

const defaultSslPolicy = 'ELBSecurityPolicy-2016-08';

const createMembers = {
  LoadBalancerArn: string,
  Protocol: string,
  Port: integer,
  SslPolicy: string,
  Certificates: list(openStructure({ CertificateArn: string })),
  DefaultActions: actionsShape,
  Tags: anything,
};
const createShape = openStructure(createMembers);
const describeShape = structure({
  LoadBalancerArn: string,
  ListenerArns: list(string),
  Marker: string,
  PageSize: integer,
});

export function createListenerOperations(state: ElbState): Operations {
  return {
    CreateListener: elbOperation(createShape, (input) => {
      const listener = createListener(state, input);
      replaceListener(state, listener);
      return { Listeners: [showListener(listener)] };
    }),

    DescribeListeners: elbOperation(describeShape, (input) => {
      const { page, more } = pageOf(select(state, input), input);
      return { Listeners: page.map(showListener), ...more };
    }),

    DeleteListener: elbOperation(structure({ ListenerArn: string }), (input) => {
      removeListener(state, findListener(state, required(input.ListenerArn, 'ListenerArn')));
      return {};
    }),
  };
}

/** Stores a new or changed listener, and updates the targets of groups that are now in use or no longer in use. */
export function replaceListener(state: ElbState, listener: Listener): void {
  state.listeners.set(listener.arn, listener);
  propagate(state, listener);
  followUse(state);
  for (const hear of state.listenersChanged) hear();
}

export function removeListener(state: ElbState, listener: Listener): void {
  state.listeners.delete(listener.arn);
  state.nodeViews.delete(listener.arn);
  followUse(state);
  for (const hear of state.listenersChanged) hear();
}

function createListener(state: ElbState, input: Shaped<typeof createShape>): Listener {
  const loadBalancer = findLoadBalancer(state, required(input.LoadBalancerArn, 'LoadBalancerArn'));
  const port = required(input.Port, 'Port');
  checkRange(port, 'port', 1, 65_535);
  const protocol = readProtocol(input);
  if (listenersOf(state, loadBalancer).some((other) => other.port === port)) {
    throw new AwsError('DuplicateListener', 'A listener already exists on this port for this load balancer');
  }
  const id = state.random.hex(16);
  const path = `app/${loadBalancer.name}/${loadBalancer.id}/${id}`;
  return {
    arn: makeArn(state.account, 'elasticloadbalancing', `listener/${path}`),
    id,
    loadBalancer,
    protocol,
    port,
    sslPolicy: protocol === 'HTTPS' ? (input.SslPolicy ?? defaultSslPolicy) : undefined,
    certificates: input.Certificates ?? [],
    defaultRuleArn: makeArn(state.account, 'elasticloadbalancing', `listener-rule/${path}/${state.random.hex(16)}`),
    defaultActions: readActions(state, loadBalancer, required(input.DefaultActions, 'DefaultActions')),
    rules: [],
    others: othersOf(input, createMembers),
  };
}

function readProtocol(input: Shaped<typeof createShape>): 'HTTP' | 'HTTPS' {
  const protocol = required(input.Protocol, 'Protocol');
  checkChoice(protocol, 'protocol', ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'GENEVE', 'QUIC', 'TCP_QUIC']);
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError(
      `Listener protocol '${protocol}' is not supported with a load balancer of type 'application'`,
    );
  }
  if (protocol === 'HTTPS' && (input.Certificates ?? []).length === 0) {
    throw validationError('A certificate must be specified for HTTPS listeners');
  }
  return protocol;
}

function listenersOf(state: ElbState, loadBalancer: LoadBalancer): readonly Listener[] {
  return [...state.listeners.values()].filter((listener) => listener.loadBalancer.arn === loadBalancer.arn);
}

function select(state: ElbState, input: Shaped<typeof describeShape>): readonly Listener[] {
  if (input.ListenerArns !== undefined) return input.ListenerArns.map((arn) => findListener(state, arn));
  if (input.LoadBalancerArn === undefined) {
    throw validationError('You must specify either listener ARNs or a load balancer ARN');
  }
  return listenersOf(state, findLoadBalancer(state, input.LoadBalancerArn));
}

function showListener(listener: Listener) {
  return {
    ...listener.others,
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancer.arn,
    Port: listener.port,
    Protocol: listener.protocol,
    ...(listener.sslPolicy === undefined ? {} : { SslPolicy: listener.sslPolicy, Certificates: listener.certificates }),
    DefaultActions: listener.defaultActions,
  };
}
