export { type ExitCode, exitCodes } from './exit-codes.ts';
export { runEngines } from './run-engines.ts';
export type { OutputStream, Surroundings } from './surroundings.ts';
