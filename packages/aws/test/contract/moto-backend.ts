import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Backend, RunningBackend } from './backend.ts';
import { readDefaultNetwork } from './default-network.ts';
import { findExecutable } from './find-executable.ts';

const region = 'us-east-2';
const program = findExecutable('moto_server');

/** moto, an independent implementation in Python, which does not share this project's assumptions about AWS. */
export const motoBackend: Backend = {
  name: 'moto_server',
  ...(program === undefined ? { unavailable: 'moto_server is not on PATH' } : {}),
  start: () => startMoto(program ?? 'moto_server'),
};

async function startMoto(executable: string): Promise<RunningBackend> {
  const port = await findFreePort();
  const keeper = fileURLToPath(new URL('./run-while-parent-lives.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [keeper, executable, '-H', '127.0.0.1', '-p', String(port)],
    // moto logs every request to standard error. Only its output before it is up is useful.
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4_000);
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([
      waitUntilUp(endpoint),
      exited.then(() => Promise.reject(new Error(`moto_server ended before it was up:\n${output}`))),
    ]);
    const network = await readDefaultNetwork(endpoint, region);
    return { endpoint, region, ...network, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function waitUntilUp(endpoint: string): Promise<void> {
  const giveUpAt = Date.now() + 45_000;
  while (Date.now() < giveUpAt) {
    const response = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await delay(100);
  }
  throw new Error('moto_server did not start');
}
