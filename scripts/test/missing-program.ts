import { spawnSync } from 'node:child_process';

/** A command that exits with 0 if a program is installed. Its last word names what is missing, unless it is a version option. */
export type Probe = readonly [program: string, ...args: string[]];

/** The suffix for the name of a test that cannot run here. Empty if it can. */
export function whyNot(...probes: readonly Probe[]): string {
  const absent = probes.filter(([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0);
  return absent.length === 0 ? '' : ` (skipped: no ${absent.map(missing).join(', no ')})`;
}

function missing(probe: Probe): string {
  const last = probe.at(-1) ?? '';
  return /^-*version$/.test(last) ? probe[0] : last;
}

/** In CI all programs must be installed, and a test without its program fails. */
export function mayRun(reason: string): boolean {
  return reason === '' || process.env.CI === 'true';
}
