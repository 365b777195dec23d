import { spawnSync } from 'node:child_process';

/** How to find out whether a program is there: it ends with 0. The last word says what is missing, unless it asks for a version. */
export type Probe = readonly [program: string, ...args: string[]];

/** Words for the name of a test that cannot run here; empty where it can. */
export function whyNot(...probes: readonly Probe[]): string {
  const absent = probes.filter(([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0);
  return absent.length === 0 ? '' : ` (skipped: no ${absent.map(missing).join(', no ')})`;
}

function missing(probe: Probe): string {
  const last = probe.at(-1) ?? '';
  return /^-*version$/.test(last) ? probe[0] : last;
}

/** Under CI everything has to be there, and what is not makes its test fail. */
export function mayRun(reason: string): boolean {
  return reason === '' || process.env.CI === 'true';
}
