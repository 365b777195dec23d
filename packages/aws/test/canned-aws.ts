import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AwsClients, createAwsClients } from '../src/index.ts';

/** A request as received on the wire. */
export interface CannedCall {
  /** `RunTask`, `RegisterTargets`, … */
  readonly operation: string;
  /** The JSON document, or the form of the query protocol. */
  readonly input: Record<string, unknown>;
}

/** The server's reaction to one call: a body with its status, or an action on the socket. */
export type CannedReply =
  | { readonly status?: number; readonly json: unknown }
  | { readonly status?: number; readonly xml: string }
  | { readonly misbehave: (response: ServerResponse) => void };

export interface CannedAws extends AsyncDisposable {
  readonly clients: AwsClients;
  /** The calls in order, including the SDK's own retries. */
  readonly calls: readonly CannedCall[];
}

export interface CannedAwsOptions {
  readonly maxAttempts?: number;
  readonly connectionTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** A server that answers the SDK's real requests with prepared bodies. */
export async function startCannedAws(
  answer: (call: CannedCall, index: number) => CannedReply,
  options: CannedAwsOptions = {},
): Promise<CannedAws> {
  const calls: CannedCall[] = [];
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    calls.push(call);
    const reply = answer(call, calls.length - 1);
    if ('misbehave' in reply) return reply.misbehave(response);
    const [type, body] =
      'json' in reply ? ['application/x-amz-json-1.1', JSON.stringify(reply.json)] : ['text/xml', reply.xml];
    response.writeHead(reply.status ?? 200, { 'content-type': type, 'x-amzn-requestid': 'request-1' }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const clients = createAwsClients({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    ...options,
  });
  return {
    clients,
    calls,
    async [Symbol.asyncDispose]() {
      clients.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readCall(request: IncomingMessage): Promise<CannedCall> {
  request.setEncoding('utf8');
  let body = '';
  for await (const chunk of request) body += chunk;
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { operation: target.slice(target.indexOf('.') + 1), input: JSON.parse(body) as Record<string, unknown> };
  }
  const { Action, Version: _, ...input } = Object.fromEntries(new URLSearchParams(body));
  return { operation: Action ?? '', input };
}
