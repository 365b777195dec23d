import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LambdaService } from '../../src/lambda/lambda-service.ts';
import { createFastClock, deploy, invoke, startLambda } from './lambda-fixture.ts';

describe('a function in accelerated sandbox time', () => {
  let lambda: LambdaService;
  afterEach(() => lambda.close());

  it('reads sandbox time from every clock', async () => {
    const clock = createFastClock(1000);
    lambda = startLambda({ clock, speed: 1000 });
    // Function and sandbox use the same clock here, and 100 ms of real time are 100 s for both.
    const name = await deploy(
      lambda,
      `const passed = (read) => { const before = read(); return () => read() - before; };
      export const handler = async () => {
        const clocks = [
          passed(() => Date.now()), passed(() => new Date().getTime()), passed(() => performance.now()),
          passed(() => Number(process.hrtime.bigint()) / 1e6),
        ];
        const now = Date.now();
        const end = process.cpuUsage();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        return { now, passed: clocks.map((one) => one()), text: typeof Date(), isDate: new Date(0) instanceof Date };
      };`,
      { Timeout: 900 },
    );
    const before = clock.now();
    const { payload } = await invoke(lambda, name);
    expect(payload.now).toBeGreaterThanOrEqual(before);
    expect(payload.now).toBeLessThanOrEqual(clock.now());
    for (const milliseconds of payload.passed as number[]) expect(milliseconds).toBeGreaterThanOrEqual(99_000);
    expect(payload).toMatchObject({ text: 'string', isDate: true });
  });

  it('waits in sandbox time with every kind of timer', async () => {
    lambda = startLambda({ clock: createFastClock(100), speed: 100 });
    const name = await deploy(
      lambda,
      `import { setTimeout as delay, scheduler } from 'node:timers/promises';
      import { setTimeout as fromModule } from 'node:timers';
      import { promisify } from 'node:util';
      export const handler = async () => {
        const start = Date.now();
        await delay(20_000);
        await scheduler.wait(20_000);
        await promisify(setTimeout)(20_000);
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        await new Promise((resolve) => fromModule(resolve, 20_000));
        await new Promise((resolve) => {
          const timer = setInterval(() => { clearInterval(timer); resolve(); }, 20_000);
        });
        await new Promise((resolve) => AbortSignal.timeout(20_000).addEventListener('abort', resolve));
        return { seconds: Math.round((Date.now() - start) / 1000) };
      };`,
      { Timeout: 900 },
    );
    const { functionError, payload } = await invoke(lambda, name);
    expect(functionError).toBeUndefined();
    // A timer may fire up to a millisecond early, which is 0.1 s here.
    expect(payload.seconds).toBeGreaterThanOrEqual(139);
  });

  it('is not interrupted by a request timeout that the speed makes shorter than a connection takes', async () => {
    const server = createServer((socket) => {
      setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nup'), 100);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    lambda = startLambda({ clock: createFastClock(100), speed: 100, socketFloorMs: 2000 });
    const name = await deploy(
      lambda,
      `import { request } from 'node:http';
      const get = (port) => new Promise((resolve, reject) => {
        const sent = request({ port, host: '127.0.0.1' }, (reply) => resolve(reply.statusCode));
        sent.on('error', reject);
        setTimeout(() => sent.destroy(new Error('timed out')), 3000);
        sent.end();
      });
      export const handler = (event) => get(event.port);`,
      { Timeout: 900 },
    );
    expect((await invoke(lambda, name, { port })).payload).toBe(200);
    server.close();
  });
});
