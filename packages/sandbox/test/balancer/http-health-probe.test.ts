import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpHealthProbe } from '../../src/balancer/http-health-probe.ts';
import { createNetwork } from '../../src/network.ts';
import { createVirtualClock } from '../../src/virtual-clock.ts';

const healthCheck = { ip: '10.0.1.37', port: 8080, path: '/health?deep=1', timeoutMs: 5000 };

describe('a health check', () => {
  const network = createNetwork();
  const clock = createVirtualClock();
  const probe = createHttpHealthProbe({ clock, network, speed: 1 });
  let server: Server | ReturnType<typeof createTcpServer> | undefined;
  afterEach(() => {
    server?.close();
    network.release('10.0.1.37');
  });

  const expose = async (one: Server | ReturnType<typeof createTcpServer>) => {
    server = one;
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    network.expose({ ip: '10.0.1.37', port: 8080, loopbackPort: (one.address() as { port: number }).port });
  };

  it('is an HTTP request from the ELB over its own connection', async () => {
    let seen: unknown;
    await expose(
      createServer((request, response) => {
        seen = [request.method, request.url, request.headers];
        response.writeHead(204).end();
      }),
    );
    expect(await probe.check(healthCheck)).toEqual({ kind: 'answered', statusCode: 204 });
    expect(seen).toEqual([
      'GET',
      '/health?deep=1',
      { host: '10.0.1.37:8080', 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('is refused if nothing listens or the connection closes', async () => {
    network.attach('10.0.1.37');
    expect(await probe.check(healthCheck)).toEqual({ kind: 'refused' });
    await expose(createTcpServer((socket) => socket.destroy()));
    expect(await probe.check(healthCheck)).toEqual({ kind: 'refused' });
  });

  it.each([
    ['the address is not in use', false],
    ['the target does not respond', true],
  ])('times out if %s', async (_what, isOpen) => {
    if (isOpen) await expose(createTcpServer((socket) => socket.on('error', () => {}).resume()));
    let result: unknown;
    const checking = probe.check(healthCheck).then((got) => {
      result = got;
    });
    await clock.advance(4999);
    expect(result).toBeUndefined();
    await clock.advance(1);
    await checking;
    expect(result).toEqual({ kind: 'timeout' });
  });

  it('has at least a second of real time, at any speed', async () => {
    await expose(createTcpServer((socket) => socket.on('error', () => {}).resume()));
    let result: unknown;
    const fast = createHttpHealthProbe({ clock, network, speed: 60 });
    const checking = fast.check(healthCheck).then((got) => {
      result = got;
    });
    await clock.advance(59_999);
    expect(result).toBeUndefined();
    await clock.advance(1);
    await checking;
    expect(result).toEqual({ kind: 'timeout' });
  });
});
