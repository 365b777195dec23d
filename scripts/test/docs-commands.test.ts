import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf, type Page, readPages } from './markdown.ts';
import { mayRun, type Probe, whyNot } from './missing-program.ts';
import { openRunningSandbox } from './running-sandbox.ts';

/** Commands that something else runs on every change: where, and by which words there. */
const ranElsewhere: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'npm run lint': ['.ci/run', 'npm run --silent lint'],
  'npm run typecheck': ['.ci/run', 'npm run --silent typecheck'],
  'npm test': ['.ci/run', 'npm run --silent test'],
  'npm run build': ['scripts/test.ts', "runTurbo('build')"],
  'npm run demo': ['tests/front-door/demo.test.ts', "'demo.ts'"],
  'npm run sandbox': ['scripts/test/running-sandbox.ts', "'sandbox.ts'"],
  'npm run deploy dev': ['tests/terraform/deploy.test.ts', "'deploy.ts'"],
  'npm run bench': ['tests/front-door/bench.test.ts', "'bench.ts'"],
};

const shells = new Set(['sh', 'bash', 'console']);

/** Each block of commands of a page, as its lines without comments. */
function commandsOf(page: Page): string[][] {
  return blocksOf(page)
    .filter(({ language }) => shells.has(language))
    .map(({ code }) => code.split('\n').filter((line) => !/^\s*(#|$)/.test(line)));
}

const isRanElsewhere = (line: string) => Object.hasOwn(ranElsewhere, line);

describe('commands in the pages', () => {
  test('every block of code says its language, so that no command hides in one without', () => {
    const unnamed = readPages().flatMap((page) =>
      blocksOf(page)
        .filter(({ language }) => language === '' || language === 'shell')
        .map(({ code }) => `${page.path}: ${code}`),
    );

    expect(unnamed).toEqual([]);
  });

  test('a block is run here or consists of commands that are run elsewhere, never of both', () => {
    const mixed = readPages()
      .flatMap(commandsOf)
      .filter((lines) => lines.some(isRanElsewhere) && !lines.every(isRanElsewhere));

    expect(mixed).toEqual([]);
  });

  test('what is said to be run elsewhere is run there, and stands in a page', () => {
    const lines = readPages().flatMap(commandsOf).flat();

    const untrue = Object.entries(ranElsewhere).filter(
      ([line, [file, words]]) =>
        !(lines.includes(line) && existsSync(join(root, file)) && readText(file).includes(words)),
    );
    expect(untrue).toEqual([]);
  });
});

function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** What the commands of a page are there to show. */
const shownBy: Readonly<Record<string, readonly string[]>> = {
  'README.md': [
    '"FailedEntryCount": 0',
    '"path":"/api/auth/hello"',
    '"State": ',
    ':task/auth-cluster/',
    '"message":"pdf was started, is registered and healthy."',
    '"message":"pdf was restarted and is healthy."',
    '✔ fa was started',
    '✖ reports: TaskStopped',
    'not all of them are up',
    'fa2-tg ',
    '/api/reports: last stop broken',
    'that is why',
    'ERROR failed SeveralFailed: 1 of 6 services failed (reports: TaskStopped)',
    'auth: written, version 2 (replaces 1)',
    '✔ auth was restarted and is healthy.',
    'Nothing had drifted; nothing was done.',
    '✔ users was stopped',
    'auth: unchanged, version 2',
  ],
};

/**
 * How many tasks a page's commands make: one for each service they start, however often, and one for each restart. In the
 * README a start of all comes while pdf is being stopped by an event, and may find its task still there.
 */
const tasksMadeBy: Readonly<Record<string, readonly number[]>> = { 'README.md': [9, 10] };

/** The commands are run in a folder that is thrown away, where pnpm has no script of that name; tests/cli has the real one. */
const engines = `pnpm() { shift; node '${join(root, 'packages', 'cli', 'dist', 'engines.mjs')}' "$@"; }`;

const inShell = (program: string): Probe => ['sh', '-c', `command -v "$0"`, program];
const noTools = whyNot(inShell('aws'), inShell('curl'));

describe('what the pages say to do works', () => {
  const pages = readPages()
    .map((page) => ({ path: page.path, blocks: commandsOf(page).filter((lines) => !lines.every(isRanElsewhere)) }))
    .filter(({ blocks }) => blocks.length > 0);

  test.for(pages)(
    `$path: its commands, one block after the other, on the sandbox${noTools}`,
    { timeout: 300_000 },
    async (page, { skip }) => {
      skip(!mayRun(noTools));
      await using sandbox = await openRunningSandbox();
      const script = ['set -eu', engines, ...page.blocks.flat(), '']
        .join('\n')
        .replaceAll('http://127.0.0.1:4566', sandbox.endpoint)
        .replaceAll('http://127.0.0.1:8080', sandbox.loadBalancerUrl);

      const { status, output } = await sandbox.run('sh', ['-s'], script);

      expect(status, output).toBe(0);
      for (const text of shownBy[page.path] ?? []) expect(output).toContain(text);
      expect(tasksMadeBy[page.path] ?? [0]).toContain((await sandbox.ask('stats')).tasksCreated);
    },
  );

  test(`the commands that the sandbox itself prints${noTools}`, async ({ skip }) => {
    skip(!mayRun(noTools) || process.platform === 'win32');
    await using sandbox = await openRunningSandbox();
    const printed = sandbox.printed.split('\n').filter((line) => /^ {2}(export|aws|until|echo|cat) /.test(line));
    const { status, output } = await sandbox.run('sh', ['-s'], ['set -eu', ...printed, ''].join('\n'));

    expect(printed).toHaveLength(9);
    expect(status, output).toBe(0);
    expect(output).toContain('"path":"/api/auth/hello"');
    expect(output).toContain('"State": "healthy"');
    expect(output).toContain('"FailedEntryCount": 0');
    expect(output).toContain('"statusCode":200');
  });
});
