import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';

it('leaves no function process behind if the sandbox is killed', async () => {
  const fixture = new URL('./lambda-fixture.ts', import.meta.url);
  const script = `
    import { deploy, invoke, startLambda } from '${fixture}';
    const lambda = startLambda();
    const name = await deploy(lambda, 'export const handler = async () => { setInterval(() => {}, 1000); return process.pid; };');
    console.log((await invoke(lambda, name)).payload);`;
  const sandbox = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await once(sandbox.stdout, 'data');
  const pid = Number(String(text).trim());
  expect(isAlive(pid)).toBe(true);
  sandbox.kill('SIGKILL');
  while (isAlive(pid)) await delay(10);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
