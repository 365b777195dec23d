import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { openChromium } from '../test/support/chromium.ts';
import { pageTexts } from './page-texts.ts';

// Draws the waiting page, light and dark, for the documentation. The argument is the file to write.

const file = resolve(
  process.argv[2] ?? resolve(import.meta.dirname, '..', '..', '..', 'docs', 'pictures', 'waiting-page.png'),
);

const { outputFiles } = await build({
  entryPoints: [resolve(import.meta.dirname, '..', 'src', 'page', 'waiting-page.ts')],
  bundle: true,
  format: 'esm',
  write: false,
  plugins: [pageTexts],
});
const { waitingPage } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
const content = {
  title: 'Reports',
  shown: { state: 'starting', retryAfterSeconds: 17, elapsedSeconds: 23, usualStartSeconds: 40 },
  reloads: true,
};

const browser = await openChromium();
const shots: string[] = [];
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width: 480, height: 400 },
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.setContent(waitingPage(content));
  shots.push((await page.screenshot()).toString('base64'));
  await context.close();
}
const page = await browser.newPage({ viewport: { width: 960, height: 400 }, deviceScaleFactor: 2 });
const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}" width="480" height="400">`).join('');
await page.setContent(`<body style="margin:0;display:flex">${images}</body>`);
await mkdir(dirname(file), { recursive: true });
await writeFile(file, await page.screenshot());
await browser.close();
console.log(file);
