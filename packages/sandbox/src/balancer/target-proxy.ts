import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import type { SandboxClock } from '../clock.ts';
import type { Network, Reach } from '../network.ts';
import { errorAnswer, sendAnswer, sendRawAnswer } from './balancer-answer.ts';
import { removeHopByHop } from './forwarded-headers.ts';

/** The destination of a request. */
export interface Route {
  readonly target: { readonly ip: string; readonly port: number };
  /** Security groups block the connection, so it is never established. */
  readonly blocked?: true;
}

/** Forwards requests to targets, and returns 502 or 504 if a target does not respond. */
export interface TargetProxy {
  web(request: IncomingMessage, response: ServerResponse, route: Route, headers: Added): void;
  webSocket(request: IncomingMessage, socket: Socket, head: Buffer, route: Route, headers: Added): void;
}

type Added = Readonly<Record<string, string>>;

export interface TargetProxyOptions {
  readonly clock: SandboxClock;
  readonly network: Network;
  /** How long a target may take to respond before the client gets a 504, in milliseconds of sandbox time. */
  readonly idleTimeoutMs: number;
  /** How long a connection may take before the client gets a 504, in milliseconds of sandbox time. */
  readonly connectTimeoutMs: number;
}

export function createTargetProxy(options: TargetProxyOptions): TargetProxy {
  const { clock, network } = options;
  const proxy = createProxyServer();
  const outgoing = new WeakMap<IncomingMessage, ClientRequest>();
  /** Stops the wait for a response. */
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

  /** Records that the timeout fired: it closes the connection, which would otherwise look like a failure of the target. */
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

  /** Opens one connection per request, so that a stopping target can only break requests that it has received. */
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
      // This server has already sent 100 Continue.
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

/** After part of the response has been sent, only a closed connection shows the client that the rest is missing. */
function failWith(response: ServerResponse, statusCode: number): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else sendAnswer(response, errorAnswer(statusCode));
}
