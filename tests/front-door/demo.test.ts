import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoRecording } from '../../scripts/picture/render-terminal.ts';
import { root } from '../../scripts/tasks.ts';

/**
 * The demo's output, sorted because some steps run in parallel: without the watched states and AWS's error message, and with `#`
 * for every number and ID.
 */
function statementsOf(output: string): string[] {
  return output
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.match(/^\s*(?:✔|›) (.+)$/)?.[1] ?? '')
    .filter((line) => line !== '' && !/^\w+ +[A-Za-z]+ \d+\.\ds$/.test(line))
    .map((line) => line.replace(/ +PROVISIONING .*$/, '').replace(/^(reported: \w+): .*$/, '$1'))
    .map((line) => line.replace(/sha256 .{8}/, 'sha256 #').replaceAll(/\b(?:[0-9a-f]{32}|\d+)\b/g, '#'))
    .toSorted();
}

test('the demo, piped, prints plain lines with the content of the README’s picture, and exits', {
  timeout: 120_000,
}, async () => {
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
    /api\/wiki\/hello → 503, starting, Retry-After \d+/,
    /the same request → 200 after \d+\.\d s/,
    /reported: TaskStopped: .*CannotPullContainerError/,
    /on-failure destination after 3 tries; no task and no target is left/,
    /one task for each service, and all processes have ended/,
  ]) {
    expect(output).toMatch(line);
  }
  const recorded = statementsOf(readFileSync(demoRecording.text, 'utf8'));
  expect(recorded).toContain('fa, users, batch at once, every event twice');
  expect(statementsOf(output), 'the README shows another demo: npm run picture').toEqual(recorded);
});
