import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerToRun } from '../../src/model/task-runtime.ts';
import { createNetwork, type Network } from '../../src/network.ts';
import { createProcessTaskRuntime, type ProcessTaskRuntime } from '../../src/processes/process-task-runtime.ts';

const enginesTask = 'arn:aws:ecs:us-east-2:123456789012:task/engines/0123456789abcdef0123456789abcdef';
const onWindows = process.platform === 'win32';

describe('a task as a process', () => {
  let network: Network;
  let runtime: ProcessTaskRuntime;
  beforeEach(() => {
    network = createNetwork();
    runtime = createProcessTaskRuntime({ network });
  });
  afterEach(() => runtime.close());

  const start = (container: Partial<ContainerToRun> = {}) =>
    runtime.start({
      taskArn: enginesTask,
      containerName: 'auth',
      image: 'engine',
      privateIp: '10.0.1.37',
      containerPorts: [8080],
      entryPoint: [],
      command: [],
      environment: {},
      ...container,
    });

  const url = (path: string, port = 8080) => {
    const reach = network.resolve('10.0.1.37', port);
    if (reach.kind !== 'open') throw new Error(`nothing at ${port}: ${reach.kind}`);
    return `http://127.0.0.1:${reach.loopbackPort}${path}`;
  };

  /** Retries until the engine listens. */
  const fetchUp = async (path: string, port = 8080): Promise<Response> => {
    for (;;) {
      try {
        return await fetch(url(path, port));
      } catch {
        await delay(10);
      }
    }
  };

  const outputOf = async (text: string) => {
    while (!runtime.output(enginesTask)?.includes(text)) await delay(10);
    return runtime.output(enginesTask);
  };

  it('answers on its private address with its service name', async () => {
    await start({ environment: { SERVICE_NAME: 'auth', STAGE: 'dev' } });
    const reply = await fetchUp('/api/auth/me?x=1');
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      service: 'auth',
      method: 'GET',
      path: '/api/auth/me?x=1',
      task: '0123456789abcdef0123456789abcdef',
      environment: { SERVICE_NAME: 'auth', STAGE: 'dev' },
    });
    expect((await fetchUp('/health')).status).toBe(200);
  });

  it('listens on each of its ports', async () => {
    await start({ containerPorts: [2531, 2532] });
    expect((await fetchUp('/', 2531)).status).toBe(200);
    expect((await fetchUp('/', 2532)).status).toBe(200);
  });

  it('is unhealthy if configured', async () => {
    await start({ environment: { UNHEALTHY: 'true' } });
    expect((await fetchUp('/health')).status).toBe(503);
    expect((await fetchUp('/')).status).toBe(200);
  });

  it('refuses connections while it starts', async () => {
    await start({ environment: { STARTUP_MS: '600000' } });
    await delay(300);
    await expect(fetch(url('/health'))).rejects.toThrow('fetch failed');
  });

  it('exits with the configured exit code, and keeps its output', async () => {
    const container = await start({ environment: { EXIT_AFTER_MS: '1', EXIT_CODE: '3' } });
    expect(await container.exited).toEqual({ exitCode: 3 });
    expect(await outputOf('gives up')).toContain('auth gives up\n');
    expect(network.resolve('10.0.1.37', 8080)).toEqual({ kind: 'refused' });
    network.release('10.0.1.37');
    expect(network.resolve('10.0.1.37', 8080)).toEqual({ kind: 'timeout' });
  });

  it.skipIf(onWindows)('finishes an open request after SIGTERM, and then exits with 0', async () => {
    const container = await start({ environment: { SLOW_MS: '400' } });
    await fetchUp('/health');
    const answer = fetch(url('/slow'));
    await outputOf('GET /slow');
    container.kill('SIGTERM');
    expect((await answer).status).toBe(200);
    expect(await container.exited).toEqual({ exitCode: 0 });
  });

  it.skipIf(onWindows)('survives SIGTERM if it ignores it, and has exit code 137 after SIGKILL', async () => {
    const container = await start({ environment: { IGNORE_SIGTERM: 'true' } });
    await fetchUp('/health');
    container.kill('SIGTERM');
    await outputOf('is stopping');
    expect((await fetchUp('/health')).status).toBe(200);
    container.kill('SIGKILL');
    expect(await container.exited).toEqual({ exitCode: 137 });
  });

  it('runs the command of its task definition with its environment and no shell', async () => {
    const container = await start({
      entryPoint: [process.execPath, '-e'],
      command: [
        'console.log(process.env.COLOUR, process.argv[1], process.env.PORT === process.env.SANDBOX_PORT_8080)',
        '$HOME',
      ],
      environment: { COLOUR: 'blue', PORT: '8080' },
    });
    expect(await container.exited).toEqual({ exitCode: 0 });
    expect(await outputOf('\n')).toBe('blue $HOME true\n');
  });

  it('does not see the environment of the sandbox', async () => {
    process.env.SECRET_OF_THE_SANDBOX = 'x';
    await start({ entryPoint: [process.execPath, '-p', 'Object.keys(process.env).sort().join()'] });
    delete process.env.SECRET_OF_THE_SANDBOX;
    const names = (await outputOf('\n'))?.trim().split(',') ?? [];
    expect(
      names.filter((name) => !['PATH', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'TMP'].includes(name.toUpperCase())),
    ).toEqual([
      'AWS_DEFAULT_REGION',
      'AWS_EXECUTION_ENV',
      'AWS_REGION',
      'PORT',
      'SANDBOX_CONTAINER_NAME',
      'SANDBOX_PORT_8080',
      'SANDBOX_PRIVATE_IP',
      'SANDBOX_SHOWN_VARIABLES',
      'SANDBOX_SPEED',
      'SANDBOX_TASK_ARN',
    ]);
  });

  it('reports why a command could not start', async () => {
    await expect(start({ entryPoint: ['no-such-program'] })).rejects.toThrow(
      'CannotStartContainerError: failed to create task for container: exec: "no-such-program": executable file not found in $PATH',
    );
  });

  it('keeps the last 64 KB of its output', async () => {
    const script = `process.stdout.write('a'.repeat(100_000) + 'end\\n')`;
    const container = await start({ entryPoint: [process.execPath, '-e', script] });
    await container.exited;
    expect((await outputOf('end'))?.length).toBe(65_536);
    expect(runtime.output('another')).toBeUndefined();
  });

  it.each([
    ['the default engine', '[]'],
    ['any other command', JSON.stringify([process.execPath, '-e', 'setInterval(() => {}, 1000)'])],
  ])('ends with a sandbox that is killed: %s', async (_what, entryPoint) => {
    const runtimeUrl = new URL('../../src/processes/process-task-runtime.ts', import.meta.url);
    const networkUrl = new URL('../../src/network.ts', import.meta.url);
    const script = `
      import { createProcessTaskRuntime } from '${runtimeUrl}';
      import { createNetwork } from '${networkUrl}';
      const runtime = createProcessTaskRuntime({ network: createNetwork() });
      await runtime.start({ taskArn: '${enginesTask}', containerName: 'auth', image: 'engine', privateIp: '10.0.1.37',
        containerPorts: [8080], entryPoint: ${entryPoint}, command: [], environment: {} });
      console.log(runtime.containers()[0].pid);
      setInterval(() => {}, 1000);`;
    const sandbox = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [text] = await once(sandbox.stdout, 'data');
    const pid = Number(String(text).trim());
    expect(isAlive(pid)).toBe(true);
    sandbox.kill('SIGKILL');
    while (isAlive(pid)) await delay(10);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
