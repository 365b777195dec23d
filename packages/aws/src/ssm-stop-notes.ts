import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import {
  type Clock,
  formatMoment,
  isPastMoment,
  parametersBelow,
  parseMoment,
  type StopNotes,
} from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface StopNotesOptions {
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Notes of stops in Parameter Store, `<path>/stops/<service>`, each with the time when the latest stop was requested.
 * Parameter Store has no conditional write: of two simultaneous notes the last one remains. A parameter without a time, or with one in
 * the future, was not written by a stop. It is ignored, and the next note replaces it.
 */
export function createStopNotes({ client, parameterPath, clock }: StopNotesOptions): StopNotes {
  const nameOf = (service: string) => `${parametersBelow(parameterPath).stops}/${service}`;

  async function latest(service: string): Promise<number | undefined> {
    const Names = [...new Set([nameOf(service), nameOf('all')])];
    const operation = { service: 'SSM', operation: 'GetParameters', about: { parameter: nameOf(service) } } as const;
    // GetParameters, not GetParameter, for which a missing parameter is an error.
    const { Parameters = [] } = await callAws(operation, () => client.send(new GetParametersCommand({ Names })));
    const moments = Parameters.map(({ Value }) => parseMoment(Value)).filter((asked) =>
      isPastMoment(asked, clock.now()),
    );
    return moments.length === 0 ? undefined : Math.max(...moments);
  }

  return {
    latest,
    async note(service, asked) {
      if (((await latest(service)) ?? 0) >= asked) return;
      const Name = nameOf(service);
      const operation = { service: 'SSM', operation: 'PutParameter', about: { parameter: Name } } as const;
      const Description = 'When the latest stop was requested. Starts that were requested before it are superseded.';
      const input = { Name, Description, Type: 'String', Overwrite: true, Value: formatMoment(asked) } as const;
      await callAws(operation, () => client.send(new PutParameterCommand(input)));
    },
  };
}
