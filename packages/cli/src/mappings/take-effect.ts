import type { CommandContext } from '../command-context.ts';
import { readFunction } from '../envelope/read-function.ts';
import { defaultsName, type MappingName } from './mapping-name.ts';

/** When a change is used: the function keeps what it has read for a while. */
export interface TakesEffect {
  /** Undefined: the function could not be asked. */
  readonly withinSeconds: number | undefined;
  readonly text: string;
}

/** Never rejects: what was written is written, whether or not the function tells its TTL. */
export async function tellEffect(
  { aws, options }: CommandContext,
  names: readonly MappingName[],
): Promise<TakesEffect> {
  const deployed = await readFunction(aws, options.functionName).catch(() => undefined);
  const seconds = deployed?.configTtlSeconds;
  const when =
    seconds === undefined
      ? 'It takes effect within CONFIG_TTL_SECONDS of the function (30 s unless set otherwise)'
      : seconds === 0
        ? 'It takes effect at once (CONFIG_TTL_SECONDS of the function is 0)'
        : `It takes effect within ${seconds} s (CONFIG_TTL_SECONDS of the function)`;
  const services = names.filter((name) => name !== defaultsName);
  const restart = `engines restart ${services.length === 0 ? '<service>' : services.join(' ')}`;
  return { withinSeconds: seconds, text: `${when}, for the next start. A live task goes on as it is: ${restart}` };
}
