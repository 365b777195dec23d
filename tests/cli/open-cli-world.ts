import type { SandboxOptions } from '@start-engines/sandbox';
import type { SeedOptions } from '../../scripts/world/seed-world.ts';
import { type FrontDoor, openFrontDoor } from '../front-door/open-front-door.ts';
import { type OnTerminal, type Piped, type Running, runPiped, startOnTerminal, startPiped } from './engines-process.ts';

/** A world and the command that operates on it. */
export interface CliWorld extends AsyncDisposable {
  readonly door: FrontDoor;
  /** Runs the command with piped output, as a script would. */
  engines(...commandLine: string[]): Promise<Piped>;
  /** Starts the command with piped output, and does not wait for its end. */
  begin(...commandLine: string[]): Running;
  /** Runs the command on a terminal. */
  sit(...commandLine: string[]): OnTerminal;
  /** Runs the command on a terminal with additional environment variables. */
  sitWith(variables: Readonly<Record<string, string>>, ...commandLine: string[]): OnTerminal;
  /** The environment variables that point a process to this world. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function openCliWorld(options: SandboxOptions & { readonly world?: SeedOptions } = {}): Promise<CliWorld> {
  // Time runs fast here, and must also suffice on a busy machine.
  const patience = { startTimeoutSeconds: 600, healthyTimeoutSeconds: 600 };
  const { defaults, ...world } = options.world ?? {};
  const door = await openFrontDoor({
    ...options,
    world: { timeoutSeconds: 900, defaults: { ...patience, ...defaults }, ...world },
  });
  const environment = {
    AWS_ENDPOINT_URL: door.sandbox.endpoint,
    AWS_REGION: door.sandbox.region,
    AWS_ACCESS_KEY_ID: 'OPERATOR',
    AWS_SECRET_ACCESS_KEY: 'operator',
  };
  return {
    door,
    environment,
    engines: (...commandLine) => runPiped(commandLine, environment),
    begin: (...commandLine) => startPiped(commandLine, environment),
    sit: (...commandLine) => startOnTerminal(commandLine, environment),
    sitWith: (variables, ...commandLine) => startOnTerminal(commandLine, { ...environment, ...variables }),
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
}
