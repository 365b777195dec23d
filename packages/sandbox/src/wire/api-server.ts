import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../aws-error.ts';
import type { CallLogEntry } from '../call-log.ts';
import type { SandboxClock } from '../clock.ts';
import type { ServiceName } from '../operation.ts';
import { cloudWatchCborProtocol, cloudWatchJsonProtocol, rpcPath } from './cloudwatch-protocol.ts';
import type { Dispatcher } from './dispatch-call.ts';
import { ec2Protocol } from './ec2-protocol.ts';
import { identifyCall, serviceOfContent, type WireRequest } from './identify-call.ts';
import { inputShapes } from './input-shapes/index.ts';
import { jsonProtocol } from './json-protocol.ts';
import { lambdaProtocol } from './lambda-protocol.ts';
import type { Protocol, WireReply } from './protocol.ts';
import { queryProtocol } from './query-protocol.ts';
import { ShapeError } from './shape.ts';
import { shapeProblem } from './shape-problem.ts';

const protocols: Readonly<Record<ServiceName, Protocol>> = {
  ec2: ec2Protocol,
  ecs: jsonProtocol,
  elasticloadbalancing: queryProtocol,
  events: jsonProtocol,
  lambda: lambdaProtocol,
  logs: jsonProtocol,
  monitoring: cloudWatchJsonProtocol,
  ssm: jsonProtocol,
};

function protocolOf(service: ServiceName, { url }: WireRequest): Protocol {
  return service === 'monitoring' && rpcPath.test(url.pathname) ? cloudWatchCborProtocol : protocols[service];
}

/** Lambda accepts zips of 50 MB, which base64 makes a third larger. */
const largestBodyBytes = 70 * 1024 * 1024;

export interface ApiServerOptions {
  /** The time of the `Date` header. */
  readonly clock: SandboxClock;
  readonly dispatcher: Dispatcher;
  /** 0 for a free port. */
  readonly port: number;
  readonly keepRawMessages: boolean;
  /** Handles requests under `/_sandbox/`. */
  readonly admin: (request: WireRequest) => WireReply | Promise<WireReply>;
}

export interface ApiServer {
  /** The URL, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Opens the port that all APIs share, on loopback only. */
export async function openApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((cause: unknown) => {
      console.error('sandbox: a request could not be answered', cause);
      response.destroy();
    });
  });
  // Clients reuse connections. Closing one just as a client sends a request would look like a failed call.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(options: ApiServerOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (reply: WireReply) => writeReply(response, reply, options.clock.now());
  const foreign = foreignOrigin(incoming);
  if (foreign !== undefined) return send(plainRefusal(403, foreign));
  const body = await readBody(incoming);
  if (body === undefined) return send(plainRefusal(413, 'The request is too large.'));
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  const request: WireRequest = { method: incoming.method ?? 'GET', url, headers: incoming.headers, body };
  if (url.pathname.startsWith('/_sandbox')) return send(await options.admin(request));

  const { reply, entry } = await answerCall(options.dispatcher, request);
  if (options.keepRawMessages && entry !== undefined) entry.raw = rawExchange(request, reply);
  if (reply === 'no-answer') return;
  if (reply === 'dropped') {
    response.destroy();
    return;
  }
  send(reply);
}

interface AnsweredCall {
  readonly reply: WireReply | 'no-answer' | 'dropped';
  readonly entry?: CallLogEntry;
}

async function answerCall(dispatcher: Dispatcher, request: WireRequest): Promise<AnsweredCall> {
  const requestId = randomUUID();
  let protocol = protocolOf(serviceOfContent(request) ?? 'ecs', request);
  try {
    const { service, caller } = identifyCall(request);
    if (dispatcher.hasKilled(caller)) return { reply: 'dropped' };
    protocol = protocolOf(service, request);
    const operation = protocol.operationOf(request);
    if (!dispatcher.has(service, operation)) throw protocol.unknownOperation(operation);
    const read = readInput(protocol, request, service, operation);
    const call = { service, operation, caller, requestId, input: read.input };
    if (read.problem !== undefined) {
      return { reply: protocol.writeError(read.problem, requestId), entry: dispatcher.refuse(call, read.problem) };
    }
    const { outcome, entry } = await dispatcher.dispatch(call);
    if (outcome.kind === 'output') return { reply: protocol.writeOutput(operation, outcome.output, requestId), entry };
    if (outcome.kind === 'error') return { reply: protocol.writeError(outcome.error, requestId), entry };
    return { reply: outcome.kind, entry };
  } catch (cause) {
    if (cause instanceof AwsError) return { reply: protocol.writeError(cause, requestId) };
    throw cause;
  }
}

function readInput(
  protocol: Protocol,
  request: WireRequest,
  service: ServiceName,
  operation: string,
): { readonly input: Record<string, unknown>; readonly problem?: AwsError } {
  try {
    return { input: protocol.readInput(request, operation, inputShapes[service]) };
  } catch (cause) {
    if (cause instanceof ShapeError) return { input: {}, problem: shapeProblem(service, cause) };
    if (cause instanceof AwsError) return { input: {}, problem: cause };
    throw cause;
  }
}

const loopbackHost = /^(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)(:\d+)?$/i;

/** Web pages must not be able to call the sandbox, either directly or through a host name that resolves to 127.0.0.1. */
function foreignOrigin(request: IncomingMessage): string | undefined {
  if (!loopbackHost.test(request.headers.host ?? '')) return 'The Host header does not name this machine.';
  return request.headers.origin === undefined ? undefined : 'Requests from web pages are rejected.';
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function plainRefusal(status: number, message: string): WireReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

function writeReply(response: ServerResponse, reply: WireReply, now: number): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  const length = reply.status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(reply.status, { date: new Date(now).toUTCString(), ...reply.headers, ...length });
  response.end(body);
}

function rawExchange(request: WireRequest, reply: AnsweredCall['reply']): NonNullable<CallLogEntry['raw']> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    request: {
      method: request.method,
      url: request.url.pathname + request.url.search,
      headers: Object.fromEntries(headers),
      body: request.body.toString('utf8'),
    },
    ...(typeof reply === 'object'
      ? {
          reply: {
            status: reply.status,
            headers: { ...reply.headers },
            body: Buffer.from(reply.body).toString('utf8'),
          },
        }
      : {}),
  };
}
