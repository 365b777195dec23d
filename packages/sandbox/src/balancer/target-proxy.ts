import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import type { SandboxClock } from '../clock.ts';
import type { Network, Reach } from '../network.ts';
import { errorAnswer, sendAnswer, sendRawAnswer } from './balancer-answer.ts';
import { removeHopByHop } from './forwarded-headers.ts';

/** Where a request goes. */
export interface Route {
  readonly target: { readonly ip: string; readonly port: number };
  /** Nobody lets it through: connections are never made. */
  readonly blocked?: true;
}

/** Hands requests on to targets, and answers 502 and 504 for those that do not. */
export interface TargetProxy {
  web(request: IncomingMessage, response: ServerResponse, route: Route, headers: Added): void;
  webSocket(request: IncomingMessage, socket: Socket, head: Buffer, route: Route, headers: Added): void;
}

type Added = Readonly<Record<string, string>>;

export interface TargetProxyOptions {
  readonly clock: SandboxClock;
  readonly network: Network;
  /** How long a target may take to answer before the client gets a 504, in the sandbox's milliseconds. */
  readonly idleTimeoutMs: number;
  /** How long a connection may take before the client gets a 504, in the sandbox's milliseconds. */
  readonly connectTimeoutMs: number;
}

export function createTargetProxy(options: TargetProxyOptions): TargetProxy {
  const { clock, network } = options;
  const proxy = createProxyServer();
  const outgoing = new WeakMap<IncomingMessage, ClientRequest>();
  /** What stops the wait for an answer. */
  const timers = new WeakMap<IncomingMessage, () => void>();

  proxy.on('proxyReq', (toTarget, request) => void outgoing.set(request, toTarget));
  proxy.on('proxyRes', (fromTarget, request) => {
    removeHopByHop(fromTarget.headers);
    timers.get(request)?.();
  });
  proxy.on('error', (_error, _request, client) => {
    if (client instanceof Socket) sendRawAnswer(client, errorAnswer(502));
    else if (client !== undefined) failWith(client as ServerResponse, 502);
  });

  /** The proxy's own time-out looks like a broken connection, so it is kept here. */
  function answerInTime(request: IncomingMessage, response: ServerResponse, limitMs: number): void {
    const cancel = clock.after(limitMs, () => {
      failWith(response, 504);
      outgoing.get(request)?.destroy();
    });
    timers.set(request, cancel);
    response.once('close', cancel);
  }

  const reachOf = ({ target, blocked }: Route): Reach =>
    blocked ? { kind: 'timeout' } : network.resolve(target.ip, target.port);

  /** One connection a request: a target that ends can then break no request but those that it has seen. */
  const settings = (loopbackPort: number, headers: Added) => ({
    target: `http://127.0.0.1:${loopbackPort}`,
    agent: false,
    headers: { ...headers },
  });

  return {
    web(request, response, route, headers) {
      const reach = reachOf(route);
      if (reach.kind === 'refused') return failWith(response, 502);
      if (reach.kind === 'timeout') return answerInTime(request, response, options.connectTimeoutMs);
      removeHopByHop(request.headers);
      // This server has already told the client to go on.
      delete request.headers.expect;
      answerInTime(request, response, options.idleTimeoutMs);
      proxy.web(request, response, settings(reach.loopbackPort, headers)).catch(() => failWith(response, 502));
    },
    webSocket(request, socket, head, route, headers) {
      const reach = reachOf(route);
      if (reach.kind !== 'open') return sendRawAnswer(socket, errorAnswer(reach.kind === 'refused' ? 502 : 504));
      proxy.ws(request, socket, settings(reach.loopbackPort, headers), head).catch(() => socket.destroy());
    },
  };
}

/** Once part of the target's answer is out, only a broken connection can tell the client that the rest is missing. */
function failWith(response: ServerResponse, statusCode: number): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else sendAnswer(response, errorAnswer(statusCode));
}
