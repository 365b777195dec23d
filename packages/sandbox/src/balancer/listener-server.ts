import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenerToServe } from '../model/elb/elb-model.ts';

/** Handlers of incoming requests. */
export interface ListenerHandler {
  web(request: IncomingMessage, response: ServerResponse): void;
  webSocket(request: IncomingMessage, socket: Socket, head: Buffer): void;
}

/** A listener's HTTP server. */
export interface ListenerServer {
  readonly listener: ListenerToServe;
  readonly loopbackPort: number;
  close(): Promise<void>;
}

const clientKeepAliveMs = 60_000;

/** @param port 0 for a free port */
export async function openListenerServer(
  listener: ListenerToServe,
  port: number,
  handler: ListenerHandler,
): Promise<ListenerServer> {
  const server = createServer({ keepAliveTimeout: clientKeepAliveMs, requestTimeout: 0 }, handler.web);
  // The server does not close connections that have been upgraded to WebSockets.
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request, duplex, head) => {
    const socket = duplex as Socket;
    upgraded.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => upgraded.delete(socket));
    handler.webSocket(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    listener,
    loopbackPort: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}
