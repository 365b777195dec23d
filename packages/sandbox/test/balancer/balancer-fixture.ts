import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { type Balancer, type BalancerOptions, createBalancer } from '../../src/balancer/balancer.ts';
import type { SandboxClock } from '../../src/clock.ts';
import type { RequestToRoute, RouteDecision } from '../../src/model/elb/route-request.ts';
import { createNetwork, type Network } from '../../src/network.ts';
import { createRealClock } from '../../src/real-clock.ts';

export const fixtureTarget = { ip: '10.0.1.37', port: 8080 };
const forwardToTarget: RouteDecision = { kind: 'forward', targetGroupArn: 'group', target: fixtureTarget };

export interface World {
  readonly balancer: Balancer;
  readonly network: Network;
  readonly asked: RequestToRoute[];
  url(path: string): string;
  /** Starts an HTTP server at the target's address. */
  serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server>;
  /** Starts a TCP server at the target's address. */
  serveRaw(handler: (socket: Socket) => void): Promise<void>;
  close(): Promise<void>;
}

/** A load balancer with one listener and one target. `decide` routes the requests. */
export async function openWorld(
  options: Partial<BalancerOptions> & {
    readonly decide?: (request: RequestToRoute) => RouteDecision;
    readonly protocol?: 'HTTP' | 'HTTPS';
    readonly clock?: SandboxClock;
  } = {},
): Promise<World> {
  const { decide = () => forwardToTarget, protocol = 'HTTP', ...rest } = options;
  const network = createNetwork();
  const clock = createRealClock(1);
  const asked: RequestToRoute[] = [];
  const balancer = createBalancer({
    clock,
    speed: 1,
    network,
    elb: {
      listeners: () => [{ listenerArn: 'listener', loadBalancerName: 'engines', port: 443, protocol }],
      onListenersChanged: () => () => {},
      route(incoming) {
        asked.push(incoming);
        return decide(incoming);
      },
    },
    ...rest,
  });
  await balancer.settled();
  const servers: (Server | TcpServer)[] = [];
  const listen = async (server: Server | TcpServer) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    network.expose({ ...fixtureTarget, loopbackPort: (server.address() as AddressInfo).port });
  };
  return {
    balancer,
    network,
    asked,
    url: (path) => `${balancer.url()}${path}`,
    async serve(handler) {
      const server = createServer(handler);
      await listen(server);
      return server;
    },
    serveRaw: (handler) => listen(createTcpServer((socket) => handler(socket.on('error', () => {})))),
    async close() {
      await balancer.close();
      clock.close();
      for (const server of servers) server.close();
    },
  };
}

export interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request with exactly the given headers, unlike `fetch`. */
export function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
  method = 'GET',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
