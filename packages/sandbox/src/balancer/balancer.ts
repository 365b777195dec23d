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
import { type ListenerServer, openListenerServer } from './listener-server.ts';
import { createTargetProxy } from './target-proxy.ts';

export interface BalancerOptions {
  readonly clock: SandboxClock;
  /** Milliseconds of the sandbox's time in one of real time. */
  readonly speed: number;
  readonly elb: Pick<ElbModel, 'route' | 'listeners' | 'onListenersChanged'>;
  readonly network: Network;
  /** The port on 127.0.0.1 for the listener that comes first; the others, and it without this, get a free one. */
  readonly firstPort?: number;
  /** How long a target may take to answer, in the sandbox's milliseconds; 60 s unless said, as on AWS. */
  readonly idleTimeoutMs?: number;
}

/**
 * The load balancers of the model as HTTP servers on 127.0.0.1, one a listener. An HTTPS listener is served as plain
 * HTTP: targets still see `X-Forwarded-Proto: https`.
 */
export interface Balancer {
  /** Resolves when each listener of the model has its server. Rejects when a port is taken. */
  settled(): Promise<void>;
  /** @throws `RangeError` when there is no such listener; without arguments the first one is meant */
  url(loadBalancerName?: string, listenerPort?: number): string;
  close(): Promise<void>;
}

const IDLE_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Time-outs get no shorter than this in real milliseconds: a connection over loopback does not get faster. */
const TIMEOUT_FLOOR_MS = 1_000;

export function createBalancer(options: BalancerOptions): Balancer {
  const { clock, elb, network, speed } = options;
  const servers = new Map<string, ListenerServer>();
  const floorMs = TIMEOUT_FLOOR_MS * speed;
  const proxy = createTargetProxy({
    clock,
    network,
    idleTimeoutMs: Math.max(options.idleTimeoutMs ?? IDLE_TIMEOUT_MS, floorMs),
    connectTimeoutMs: Math.max(CONNECT_TIMEOUT_MS, floorMs),
  });
  let firstPort = options.firstPort;
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  const settle = () => {
    work = work.then(update, update);
    // A port that is taken is told to whoever waits in `settled`.
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
        if (decision.kind !== 'forward') return sendAnswer(response, answerOf(decision));
        proxy.web(request, response, decision, added(listener, request));
      },
      webSocket(request, socket, head) {
        const decision = route(listener, request);
        if (decision.kind !== 'forward') return sendRawAnswer(socket, answerOf(decision));
        proxy.webSocket(request, socket, head, decision, added(listener, request));
      },
    });
  }

  function route({ listenerArn }: ListenerToServe, request: IncomingMessage): RouteDecision {
    // A listener that was just deleted has a server for a moment longer.
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
      throw new RangeError(`no listener is served for ${loadBalancerName ?? 'any load balancer'}`);
    },
    async close() {
      closed = true;
      stopHearing();
      settle();
      await work;
    },
  };
}

function answerOf(decision: Exclude<RouteDecision, { kind: 'forward' }>): BalancerAnswer {
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
