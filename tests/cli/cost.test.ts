import { expect, test } from 'vitest';
import { runPiped } from './engines-process.ts';
import { readJson } from './json-schema.ts';

/** No server listens there: the command makes no calls. */
const nowhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'us-east-2' };
const engines = (...commandLine: string[]) => runPiped(['cost', ...commandLine], nowhere);

test('prices five services with separate load balancers or a shared one, always on, in business hours, and on demand', async () => {
  const { exitCode, stdout } = await engines();
  expect(exitCode).toBe(0);
  const amounts = (line: string) => [...(stdout.match(new RegExp(`^${line} .*$`, 'm'))?.[0] ?? '').matchAll(/\$\S+/g)];
  const row = (line: string) => amounts(line).map(String);
  // 5 × 730 h × $0.0225, and one fifth of that.
  expect(row('load balancers')).toEqual(['$82.13', '$16.43', '$82.13', '$16.43', '$82.13', '$16.43']);
  // 5 × 2 zones × 730 h × $0.005.
  expect(row('public IPv4 addresses')).toEqual(['$36.50', '$7.30', '$36.50', '$7.30', '$36.50', '$7.30']);
  // 5 services × 1 request × 20 KB are 0.36 GB or 0.36 LCUs an hour, for 730, 217 and 43 h at $0.008.
  expect(row('LCUs')).toEqual(['$2.10', '$2.10', '$0.63', '$0.63', '$0.13', '$0.13']);
  // 5 × 730 h × (0.25 × $0.04048 + 0.5 × $0.004445), 50/168 of that, 10/168 of that.
  expect(row('Fargate')).toEqual(['$45.05', '$45.05', '$13.41', '$13.41', '$2.68', '$2.68']);
  expect(row('a month')).toEqual(['$165.78', '$70.88', '$132.74', '$37.84', '$121.52', '$26.62']);
});

test('lists the errors in this project’s first estimate', async () => {
  const { stdout } = await engines();
  expect(stdout).toContain('5 times $16.00 is $80.00.');
  expect(stdout).toContain('5 load balancers are $120.73 a month, and one is $25.83, not $20.00.');
  expect(stdout).toContain('One instead of 5 saves $94.90 a month and $1,138.80 a year, not $180.00 and $2,160.00.');
});

test('the JSON output has the page of every price, and the assumptions', async () => {
  const { stdout } = await engines('--json', '--services', '12', '--public-tasks', '--on-demand-hours', '168');
  const document = readJson('cost', stdout);
  expect(document).toMatchObject({
    region: 'us-east-2',
    readOn: '2026-11-26',
    assumptions: { services: 12, publicTasks: true, onDemandHoursPerWeek: 168 },
  });
  for (const { page } of document.prices) expect(page).toMatch(/^https:\/\/aws\.amazon\.com\//);
  const [, alwaysOn, , , , onDemand] = document.costs;
  expect([alwaysOn.loadBalancers, onDemand.mode]).toEqual([1, 'on demand']);
  // One load balancer in two zones and twelve tasks that are always up: 14 addresses.
  expect(alwaysOn.lines['public IPv4 addresses']).toBeCloseTo(14 * 730 * 0.005, 6);
  expect(onDemand.lines.Fargate).toBeCloseTo(alwaysOn.lines.Fargate, 6);
});

test.each([
  [['--services', '0'], /Expected a number from 1 to 100\./],
  [['--services', '2.5'], /Expected a whole number\./],
  [['--vcpu', 'lots'], /Expected a number from 0\.25 to 16\./],
])('%j exits with 2 and says why', async (commandLine, why) => {
  const { exitCode, stderr } = await engines(...commandLine);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(why);
});
