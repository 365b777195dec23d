import type { IncomingMessage } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import type { ElbModel, ListenerToServe } from '../model/elb/elb-model.ts';
import type { RouteDecision } from '../model/elb/route-request.ts';
import type { Network } from '../network.ts';
import {
  type BalancerAnswer,
  errorAnswer,
  fixedAnswer,
  redirectAnswer,
  sendAnswer,
  sendRawAnswer,
} from './balancer-answer.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { answerByFunction, type InvokeFunction } from './lambda-target.ts';
import { type ListenerServer, openListenerServer } from './listener-server.ts';
import { createTargetProxy } from './target-proxy.ts';

export interface BalancerOptions {
  readonly clock: SandboxClock;
  /** Speed of sandbox time relative to real time. */
  readonly speed: number;
  readonly elb: Pick<ElbModel, 'route' | 'listeners' | 'onListenersChanged'>;
  readonly network: Network;
  /** Invokes the function of a target group. Default: no function answers. */
  readonly invoke?: (targetGroupArn: string) => InvokeFunction;
  /** Port on 127.0.0.1 for the first listener. Default: a free port, as for all other listeners. */
  readonly firstPort?: number;
  /** How long a target may take to respond, in milliseconds of sandbox time. Default 60 s, as on AWS. */
  readonly idleTimeoutMs?: number;
}

/**
 * Serves the load balancers of the model on 127.0.0.1, with one HTTP server for each listener. HTTPS listeners serve plain
 * HTTP, but targets still receive `X-Forwarded-Proto: https`.
 */
export interface Balancer {
  /** Resolves when every listener has its server. Rejects if a port is in use. */
  settled(): Promise<void>;
  /** Without arguments, the first listener. @throws RangeError if there is no such listener */
  url(loadBalancerName?: string, listenerPort?: number): string;
  close(): Promise<void>;
}

const refuse: InvokeFunction = () => Promise.resolve(undefined);
const defaultIdleTimeoutMs = 60_000;
const defaultConnectTimeoutMs = 10_000;
/** Minimum of all timeouts in real milliseconds: loopback connections do not get faster with sandbox time. */
const timeoutFloorMs = 1_000;

export function createBalancer(options: BalancerOptions): Balancer {
  const { clock, elb, network, speed } = options;
  const servers = new Map<string, ListenerServer>();
  const floorMs = timeoutFloorMs * speed;
  const proxy = createTargetProxy({
    clock,
    network,
    idleTimeoutMs: Math.max(options.idleTimeoutMs ?? defaultIdleTimeoutMs, floorMs),
    connectTimeoutMs: Math.max(defaultConnectTimeoutMs, floorMs),
  });
  let firstPort = options.firstPort;
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  const settle = () => {
    work = work.then(update, update);
    // `settled` reports a port that is in use.
    work.catch(() => {});
  };
  const stopHearing = elb.onListenersChanged(settle);
  settle();

  async function update(): Promise<void> {
    const wanted = closed ? [] : elb.listeners();
    for (const [listenerArn, server] of servers) {
      if (wanted.some((one) => one.listenerArn === listenerArn)) continue;
      servers.delete(listenerArn);
      await server.close();
    }
    for (const listener of wanted.filter((one) => !servers.has(one.listenerArn))) {
      servers.set(listener.listenerArn, await open(listener, firstPort ?? 0));
      firstPort = undefined;
    }
  }

  function open(listener: ListenerToServe, port: number): Promise<ListenerServer> {
    return openListenerServer(listener, port, {
      web(request, response) {
        const decision = route(listener, request);
        if (decision.kind === 'invoke') {
          const headers = added(listener, request);
          answerByFunction(
            request,
            response,
            decision,
            headers,
            options.invoke?.(decision.targetGroupArn) ?? refuse,
          ).catch(() => (response.destroyed ? undefined : sendAnswer(response, errorAnswer(502))));
          return;
        }
        if (decision.kind !== 'forward') return sendAnswer(response, answerOf(decision));
        proxy.web(request, response, decision, added(listener, request));
      },
      webSocket(request, socket, head) {
        const decision = route(listener, request);
        // AWS-047
        if (decision.kind === 'invoke') return sendRawAnswer(socket, errorAnswer(400));
        if (decision.kind !== 'forward') return sendRawAnswer(socket, answerOf(decision));
        proxy.webSocket(request, socket, head, decision, added(listener, request));
      },
    });
  }

  function route({ listenerArn }: ListenerToServe, request: IncomingMessage): RouteDecision {
    // A deleted listener may still have its server for a moment.
    if (!elb.listeners().some((one) => one.listenerArn === listenerArn))
      return { kind: 'no-targets', targetGroupArn: '' };
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    return elb.route({
      listenerArn,
      method: request.method ?? 'GET',
      host: request.headers.host ?? '',
      path: at === -1 ? url : url.slice(0, at),
      query: at === -1 ? '' : url.slice(at + 1),
      headers: request.headers,
    });
  }

  function added({ protocol, port }: ListenerToServe, request: IncomingMessage) {
    const clientIp = request.socket.remoteAddress ?? '127.0.0.1';
    return forwardedHeaders(request.headers, { clientIp, protocol, port, now: clock.now() });
  }

  return {
    settled: () => work,
    url(loadBalancerName, listenerPort) {
      const found = [...servers.values()].find(
        ({ listener }) =>
          (loadBalancerName === undefined || listener.loadBalancerName === loadBalancerName) &&
          (listenerPort === undefined || listener.port === listenerPort),
      );
      if (found !== undefined) return `http://127.0.0.1:${found.loopbackPort}`;
      throw new RangeError(`${loadBalancerName ?? 'the sandbox'} has no listener`);
    },
    async close() {
      closed = true;
      stopHearing();
      settle();
      await work;
    },
  };
}

function answerOf(decision: Exclude<RouteDecision, { kind: 'forward' | 'invoke' }>): BalancerAnswer {
  switch (decision.kind) {
    case 'no-targets':
      return errorAnswer(503);
    case 'fixed-response':
      return fixedAnswer(decision);
    case 'redirect':
      return redirectAnswer(decision.statusCode, decision.location);
    case 'not-modelled':
      return fixedAnswer({
        statusCode: 501,
        contentType: 'text/plain',
        body: `The sandbox cannot route this request: it does not model the ${decision.what} of rule ${decision.ruleArn}.\n`,
      });
  }
}
