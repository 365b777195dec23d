import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type Clock, formatMoment, isPastMoment, parseMoment } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface MomentsOptions {
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Parameters that hold when something was requested last. Parameter Store has no conditional write: of two simultaneous notes the
 * last one remains. A parameter without a time, or with one in the future, was not written by a note. It is ignored, and the next
 * note replaces it.
 */
export function createMoments({ client, clock }: Pick<MomentsOptions, 'client' | 'clock'>) {
  /** The moment in a parameter, in milliseconds since the epoch; 0 for none. */
  function toMoment(value: string | undefined): number {
    const asked = parseMoment(value);
    return isPastMoment(asked, clock.now()) ? asked : 0;
  }

  /** The moments of these parameters, in their order. */
  async function read(names: readonly [string, ...string[]]): Promise<readonly number[]> {
    const operation = { service: 'SSM', operation: 'GetParameters', about: { parameter: names[0] } } as const;
    // GetParameters, not GetParameter, for which a missing parameter is an error.
    const command = new GetParametersCommand({ Names: [...new Set(names)] });
    const { Parameters = [] } = await callAws(operation, () => client.send(command));
    return names.map((name) => toMoment(Parameters.find(({ Name }) => Name === name)?.Value));
  }

  return {
    toMoment,
    read,
    /** Writes the moment, unless one of the parameters has a later one. */
    async note(names: readonly [string, ...string[]], asked: number, Description: string): Promise<void> {
      if (Math.max(...(await read(names))) >= asked) return;
      const [Name] = names;
      const operation = { service: 'SSM', operation: 'PutParameter', about: { parameter: Name } } as const;
      const input = { Name, Description, Type: 'String', Overwrite: true, Value: formatMoment(asked) } as const;
      await callAws(operation, () => client.send(new PutParameterCommand(input)));
    },
  };
}
