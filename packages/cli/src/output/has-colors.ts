import type { OutputStream, Surroundings } from '../surroundings.ts';

/** https://no-color.org: set and not empty means no colours. */
export function hasColors(stream: OutputStream, environment: Surroundings['environment']): boolean {
  if ((environment.NO_COLOR ?? '') !== '') return false;
  if ((environment.FORCE_COLOR ?? '') !== '') return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}
