import type { SandboxOptions } from '@start-engines/sandbox';
import type { SeedOptions } from '../../scripts/world/seed-world.ts';
import { type FrontDoor, openFrontDoor } from '../front-door/open-front-door.ts';
import { type OnTerminal, type Piped, type Running, runPiped, startOnTerminal, startPiped } from './engines-process.ts';

/** A world, and the command at its door. */
export interface CliWorld extends AsyncDisposable {
  readonly door: FrontDoor;
  /** Runs it with its output piped, as in a script. */
  engines(...commandLine: string[]): Promise<Piped>;
  /** The same, and does not wait for its end. */
  begin(...commandLine: string[]): Running;
  /** Runs it on a terminal. */
  sit(...commandLine: string[]): OnTerminal;
  /** The same, with further variables of the environment. */
  sitWith(variables: Readonly<Record<string, string>>, ...commandLine: string[]): OnTerminal;
  /** What the processes get to know the world by. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function openCliWorld(options: SandboxOptions & { readonly world?: SeedOptions } = {}): Promise<CliWorld> {
  // Time runs fast here, and must still be enough on a busy machine.
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
