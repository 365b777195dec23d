import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';

test('the demo, piped, tells its story in plain lines and ends with 0', { timeout: 120_000 }, async () => {
  const child = spawn(process.execPath, [join(root, 'scripts', 'demo.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  expect(exitCode, output).toBe(0);
  expect(output).not.toContain('\u001b[');
  for (const line of [
    /auth {5}RUNNING \d+\.\ds/,
    /auth {5}registered \d+\.\ds/,
    /auth {5}healthy \d+\.\ds/,
    /GET http:\/\/127\.0\.0\.1:\d+\/api\/auth\/hello → 200/,
    /services\/pdf went from version 1 to 2, .* and the new task says: edited in Parameter Store/,
    /fa {7}healthy/,
    /users {4}healthy/,
    /batch {4}healthy/,
    /reported: TaskStopped: .*CannotPullContainerError/,
    /on-failure destination after 3 tries; no task and no target is left/,
    /one task for each service, and all processes have ended/,
  ]) {
    expect(output).toMatch(line);
  }
});
