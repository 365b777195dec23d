import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoRecording, renderTerminal } from '../picture/render-terminal.ts';
import { root } from '../tasks.ts';

const recording = readFileSync(demoRecording.text, 'utf8').replaceAll('\r\n', '\n');

test('docs/pictures/demo.svg is rendered from docs/pictures/demo.txt', () => {
  const picture = readFileSync(demoRecording.picture, 'utf8').replaceAll('\r\n', '\n');

  expect(picture, 'npm run picture').toBe(renderTerminal('npm run demo', recording));
});

test('README.md shows the picture, which starts with the command and ends with the demo’s last line', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const picture = readFileSync(demoRecording.picture, 'utf8');

  expect(readme).toMatch(/!\[[^\]]{20,}\]\(docs\/pictures\/demo\.svg\)/);
  expect(picture.indexOf('>$ npm run demo</text>')).toBeGreaterThan(0);
  expect(picture).toContain('one task for each service, and all processes have ended');
  expect(picture).toContain('@media (prefers-color-scheme: dark)');
});

test('a picture escapes reserved characters and wraps long lines', () => {
  const picture = renderTerminal('a && b', `✔ <done>\n  › ${'word '.repeat(30)}end\n`);

  expect(picture).toContain('<text x="18" y="53">$ a &amp;&amp; b</text>');
  expect(picture).toContain('<tspan class="done">✔</tspan> &lt;done&gt;</text>');
  expect(picture).toMatch(/<tspan class="detail">\s+word word .*end<\/tspan>/);
});
