import { request } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/virtual-clock.ts';
import { ask, openWorld, type World } from './balancer-fixture.ts';

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;

describe('the load balancer', () => {
  let world: World;
  afterEach(() => world.close());

  it('passes path and query to the model separately', async () => {
    world = await openWorld({
      decide: () => ({ kind: 'fixed-response', statusCode: 418, contentType: 'text/plain', body: 'no' }),
    });
    const reply = await ask(world.url('/api/auth/me?x=1&y=/2'), { Host: 'engines.example' });
    expect(world.asked).toMatchObject([
      { listenerArn: 'listener', method: 'GET', host: 'engines.example', path: '/api/auth/me', query: 'x=1&y=/2' },
    ]);
    expect(reply).toMatchObject({ status: 418, body: 'no' });
    expect(reply.headers).toMatchObject({ server: 'awselb/2.0', 'content-type': 'text/plain; charset=utf-8' });
  });

  it('forwards requests and responses unchanged', async () => {
    world = await openWorld();
    await world.serve(async (incoming, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      response.writeHead(201, { 'X-Engine': 'auth', 'Set-Cookie': ['a=1', 'b=2'] });
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${Buffer.concat(chunks)}`);
    });
    const reply = await ask(world.url('/api//auth?x=%20'), { Host: 'engines.example' }, 'body', 'POST');
    expect(reply.status).toBe(201);
    expect(reply.body).toBe('POST /api//auth?x=%20 engines.example body');
    expect(reply.headers['x-engine']).toBe('auth');
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it('tells the target the client and the listener', async () => {
    world = await openWorld({ protocol: 'HTTPS' });
    await world.serve((incoming, response) => response.end(JSON.stringify(incoming.headers)));
    const first = JSON.parse((await ask(world.url('/'), { 'X-Forwarded-Proto': 'ftp' })).body);
    expect(first).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    });
    expect(first['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    const trace = 'Root=1-67891233-abcdef012345678912345678';
    const second = JSON.parse(
      (await ask(world.url('/'), { 'X-Forwarded-For': '203.0.113.7', 'X-Amzn-Trace-Id': trace })).body,
    );
    expect(second['x-forwarded-for']).toBe('203.0.113.7, 127.0.0.1');
    expect(second['x-amzn-trace-id']).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
    );
  });

  it('does not forward hop-by-hop headers', async () => {
    world = await openWorld();
    await world.serve((incoming, response) => {
      response.writeHead(200, { Connection: 'close, X-Mine', 'X-Mine': '1', 'Keep-Alive': 'timeout=1' });
      response.end(JSON.stringify(incoming.headers));
    });
    const reply = await ask(world.url('/'), { Connection: 'keep-alive, X-Private', 'X-Private': '1', TE: 'trailers' });
    const seen = JSON.parse(reply.body);
    expect([seen['x-private'], seen.te, seen['keep-alive']]).toEqual([undefined, undefined, undefined]);
    expect(reply.headers['x-mine']).toBeUndefined();
    expect(reply.headers.connection).toBe('keep-alive');
  });

  it('answers 503 without targets', async () => {
    world = await openWorld({ decide: () => ({ kind: 'no-targets', targetGroupArn: 'group' }) });
    const reply = await ask(world.url('/'));
    expect(reply).toMatchObject({ status: 503, body: page('503 Service Temporarily Unavailable') });
    expect(reply.headers).toMatchObject({ server: 'awselb/2.0', 'content-type': 'text/html' });
  });

  it('answers 503 on a listener that was just deleted', async () => {
    let listeners = [{ listenerArn: 'listener', loadBalancerName: 'engines', port: 80, protocol: 'HTTP' as const }];
    const route = () => {
      throw new RangeError('there is no listener');
    };
    world = await openWorld({ elb: { listeners: () => listeners, onListenersChanged: () => () => {}, route } });
    const url = world.url('/');
    listeners = [];
    expect((await ask(url)).status).toBe(503);
  });

  it('redirects as the model decides', async () => {
    world = await openWorld({
      decide: () => ({ kind: 'redirect', statusCode: 301, location: 'https://engines.example:443/x' }),
    });
    const reply = await ask(world.url('/x'));
    expect(reply).toMatchObject({ status: 301, body: page('301 Moved Permanently') });
    expect(reply.headers.location).toBe('https://engines.example:443/x');
  });

  it('answers 502 if nothing listens at the target', async () => {
    world = await openWorld();
    world.network.attach('10.0.1.37');
    expect(await ask(world.url('/'))).toMatchObject({ status: 502, body: page('502 Bad Gateway') });
    // The port is assigned, but the task's process does not listen yet.
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    world.network.expose({ ip: '10.0.1.37', port: 8080, loopbackPort: port });
    expect(await ask(world.url('/'))).toMatchObject({ status: 502 });
  });

  it.each([
    ['closes the connection', (socket: { destroy(): void }) => socket.destroy()],
    ['does not respond with HTTP', (socket: { end(text: string): void }) => socket.end('hello\r\n\r\n')],
  ])('answers 502 if the target %s', async (_what, behave) => {
    world = await openWorld();
    await world.serveRaw((socket) => socket.once('data', () => behave(socket)));
    expect(await ask(world.url('/'))).toMatchObject({ status: 502, body: page('502 Bad Gateway') });
  });

  it('closes the connection to the client if the target disconnects in the middle of its response', async () => {
    world = await openWorld();
    await world.serveRaw((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
        setTimeout(() => socket.destroy(), 50);
      }),
    );
    await expect(ask(world.url('/'))).rejects.toThrow('aborted');
  });

  it('answers 504 if the target does not respond within a minute', async () => {
    const clock = createVirtualClock();
    world = await openWorld({ clock });
    let ended = false;
    const arrived = world.serveRaw((socket) => socket.on('close', () => (ended = true)).resume());
    await arrived;
    let reply: Awaited<ReturnType<typeof ask>> | undefined;
    const asking = ask(world.url('/')).then((got) => {
      reply = got;
    });
    while (clock.pending === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advance(59_999);
    expect(reply).toBeUndefined();
    await clock.advance(1);
    await asking;
    expect(reply).toMatchObject({ status: 504, body: page('504 Gateway Time-out') });
    while (!ended) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('answers 504 after ten seconds if the address is not in use', async () => {
    const clock = createVirtualClock();
    world = await openWorld({ clock });
    const asking = ask(world.url('/'));
    while (clock.pending === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advance(10_000);
    expect(await asking).toMatchObject({ status: 504 });
  });

  it('lets a response that has started take longer than a minute', async () => {
    const clock = createVirtualClock();
    world = await openWorld({ clock });
    let finish = () => {};
    await world.serve((_incoming, response) => {
      response.write('first ');
      finish = () => response.end('last');
    });
    const reply = await fetch(world.url('/'));
    await clock.advance(120_000);
    finish();
    expect(await reply.text()).toBe('first last');
  });

  it('keeps a client connection open between requests', async () => {
    world = await openWorld();
    await world.serve((_incoming, response) => response.end('x'));
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused = async () =>
      new Promise<boolean>((resolve, reject) => {
        const sent = request(world.url('/'), { agent }, (response) => {
          response.resume().on('end', () => resolve(sent.reusedSocket));
        });
        sent.on('error', reject).end();
      });
    expect([await reused(), await reused()]).toEqual([false, true]);
    agent.destroy();
  });

  it('forwards a WebSocket', async () => {
    world = await openWorld();
    const server = await world.serve((_incoming, response) => response.end());
    server.on('upgrade', (incoming, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.write(`from ${incoming.headers['x-forwarded-for']};`);
      socket.on('data', (data) => socket.end(`echo ${data}`));
    });
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(world.url('/ws'), { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } });
      sent.on('upgrade', (_response, socket, head) => {
        let got = head.toString('utf8');
        socket.on('data', (data: Buffer) => {
          got += data.toString('utf8');
        });
        socket.on('end', () => {
          socket.end();
          resolve(got);
        });
        socket.write('hello');
      });
      sent.on('error', reject).end();
    });
    expect(text).toBe('from 127.0.0.1;echo hello');
  });

  it('answers a WebSocket request without a target like any other request', async () => {
    world = await openWorld({ decide: () => ({ kind: 'no-targets', targetGroupArn: 'group' }) });
    const reply = await ask(world.url('/ws'), { Connection: 'Upgrade', Upgrade: 'websocket' });
    expect(reply).toMatchObject({ status: 503, body: page('503 Service Temporarily Unavailable') });
  });

  it('reports a port that is in use', async () => {
    world = await openWorld();
    const { port } = new URL(world.balancer.url());
    const opening = openWorld({ firstPort: Number(port) });
    await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
