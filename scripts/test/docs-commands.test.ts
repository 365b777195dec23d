import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { blocksOf, type Page, readPages } from './markdown.ts';
import { mayRun, type Probe, whyNot } from './missing-program.ts';
import { openRunningSandbox } from './running-sandbox.ts';

/** Commands that are run elsewhere on every change: the file, and the text in it. */
const ranElsewhere: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'npm run lint': ['.ci/run', 'npm run --silent lint'],
  'npm run typecheck': ['.ci/run', 'npm run --silent typecheck'],
  'npm test': ['.ci/run', 'npm run --silent test'],
  'npm run build': ['scripts/test.ts', "runTurbo('build')"],
  'npm run demo': ['tests/front-door/demo.test.ts', "'demo.ts'"],
  'npm run sandbox': ['scripts/test/running-sandbox.ts', "'sandbox.ts'"],
  'npm run deploy dev': ['tests/terraform/deploy.test.ts', "'deploy.ts'"],
  'npm run field-test': ['tests/field/field-test.test.ts', "'field-test.ts'"],
  'npm run bench': ['tests/front-door/bench.test.ts', "'bench.ts'"],
};

const shells = new Set(['sh', 'bash', 'console']);

/** Each command block of a page, as its lines without comments. */
function commandsOf(page: Page): string[][] {
  return blocksOf(page)
    .filter(({ language }) => shells.has(language))
    .map(({ code }) => code.split('\n').filter((line) => !/^\s*(#|$)/.test(line)));
}

const isRanElsewhere = (line: string) => Object.hasOwn(ranElsewhere, line);

describe('commands in the documentation', () => {
  test('every code block has a language, so that none hides a command', () => {
    const unnamed = readPages().flatMap((page) =>
      blocksOf(page)
        .filter(({ language }) => language === '' || language === 'shell')
        .map(({ code }) => `${page.path}: ${code}`),
    );

    expect(unnamed).toEqual([]);
  });

  test('no command loops until a condition is met', () => {
    const loops = readPages().flatMap(commandsOf).flat();

    expect(loops.filter((line) => /^\s*(until|while) /.test(line))).toEqual([]);
  });

  test('a block is run here or consists of commands that are run elsewhere, not both', () => {
    const mixed = readPages()
      .flatMap(commandsOf)
      .filter((lines) => lines.some(isRanElsewhere) && !lines.every(isRanElsewhere));

    expect(mixed).toEqual([]);
  });

  test('commands that are run elsewhere are run there, and appear in a page', () => {
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

/** Text that the output of a page's commands must contain. */
const shownBy: Readonly<Record<string, readonly string[]>> = {
  'README.md': [
    '✔ auth was started, is registered and healthy.',
    '"path":"/api/auth/hello"',
    '✔ start pdf: done.',
    '✔ pdf was restarted and is healthy.',
    '✔ pdf was stopped',
    'ERROR reports failed ',
    'reports did not start',
    '/api/reports: last stop broken',
    'this is why',
  ],
  'docs/events-and-answers.md': [
    '✔ fa was started',
    'OverrideNotAllowed: The mapping of service "auth" does not allow this value of: port.',
    'not permitted',
  ],
  'docs/mapping.md': ['auth: unchanged, version 1'],
  'docs/operations.md': [
    '✔ auth was started',
    '✖ reports: TaskStopped',
    'ERROR failed SeveralFailed: 1 of 7 services failed (reports: TaskStopped)',
    'not all of them are up',
    'fa2-tg ',
    '/api/reports: last stop broken',
    'this is why',
    'auth: written, version 2 (replaces 1)',
    '✔ auth was restarted and is healthy.',
    'No drift; nothing was changed.',
    '✔ users was stopped',
  ],
  'docs/runbook.md': ['auth '],
  'docs/sending-events.md': [
    '"FailedEntryCount": 0',
    '"State": ',
    ':task/auth-cluster/',
    '"message":"pdf was started, is registered and healthy."',
  ],
};

/**
 * How many tasks a page's commands launch. An event that the commands do not wait for may launch its task after the test has
 * counted.
 */
const tasksMadeBy: Readonly<Record<string, readonly number[]>> = {
  'README.md': [4],
  'docs/events-and-answers.md': [1],
  'docs/operations.md': [8],
  'docs/sending-events.md': [2],
};

/** The commands run in a temporary folder without npm scripts. tests/cli tests the real script. */
const engines = `npm() { shift 4; node '${join(root, 'packages', 'cli', 'dist', 'engines.mjs')}' "$@"; }`;

/** A page's own settings for the sandbox must be sufficient. */
const forget = 'unset AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY';
const saysHowToReach = (lines: readonly string[]) => lines.some((line) => line.includes('export AWS_REGION='));

const listLeftovers = "ls -A | sed 's/^/left behind: /'";

const inShell = (program: string): Probe => ['sh', '-c', `command -v "$0"`, program];
const noTools = whyNot(inShell('aws'), inShell('curl'));

const timeout = 300_000;

describe('the commands of the documentation work', () => {
  const pages = readPages()
    .map((page) => ({ path: page.path, blocks: commandsOf(page).filter((lines) => !lines.every(isRanElsewhere)) }))
    .filter(({ blocks }) => blocks.length > 0);

  test.concurrent.for(pages)(
    `$path: its commands, block by block, on the sandbox${noTools}`,
    { timeout },
    async (page, { skip }) => {
      skip(!mayRun(noTools));
      await using sandbox = await openRunningSandbox();
      const lines = page.blocks.flat();
      const script = ['set -eu', ...(saysHowToReach(lines) ? [forget] : []), engines, ...lines, listLeftovers, '']
        .join('\n')
        .replaceAll('http://127.0.0.1:4566', sandbox.endpoint)
        .replaceAll('http://127.0.0.1:8080', sandbox.loadBalancerUrl);

      const { status, output } = await sandbox.run('sh', ['-s'], script);

      expect(status, output).toBe(0);
      for (const text of shownBy[page.path] ?? []) expect(output).toContain(text);
      expect(output).not.toContain('left behind: ');
      expect(tasksMadeBy[page.path] ?? [0]).toContain((await sandbox.ask('stats')).tasksCreated);
    },
  );

  test.concurrent(`the commands that the sandbox prints${noTools}`, { timeout }, async ({ skip }) => {
    skip(!mayRun(noTools) || process.platform === 'win32');
    await using sandbox = await openRunningSandbox();
    const printed = sandbox.printed.split('\n').filter((line) => /^ {2}(export|npm|curl|aws) /.test(line));
    const dependent = printed
      .filter((line) => line.includes('/services/auth'))
      .map((line) => line.replace(/auth /, 'fa '));
    const script = ['set -eu', forget, engines, ...printed, ...dependent, listLeftovers, ''].join('\n');
    const { status, output } = await sandbox.run('sh', ['-s'], script);

    expect(printed).toHaveLength(9);
    expect(status, output).toBe(0);
    expect(output).toContain('"path":"/api/auth/hello"');
    expect(output).toContain('✔ auth was started, is registered and healthy.');
    expect(output).toContain('Usage: engines ');
    // As in the README.
    expect(output).toContain('"dependsOn":["users"]');
    expect(output).toContain('"State": "healthy"');
    expect(output).toContain('"FailedEntryCount": 0');
    expect(output).not.toContain('left behind: ');
  });
});
