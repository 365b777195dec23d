import { GetParametersCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { type Activations, formatMoment, parametersBelow } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface ActivationsOptions {
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
}

/** What the activator shows, in Parameter Store: `<path>/activation/<service>`. The last writer wins. */
export function createActivations({ client, parameterPath }: ActivationsOptions): Activations {
  const about = (operation: string, parameter: string) =>
    ({ service: 'SSM', operation, about: { parameter } }) as const;

  /** The usual duration outlives the states. */
  async function readUsualSeconds(Name: string): Promise<number | undefined> {
    const command = new GetParametersCommand({ Names: [Name] });
    const { Parameters = [] } = await callAws(about('GetParameters', Name), () => client.send(command));
    const seconds = /"usualStartSeconds":(\d{1,4})\b/.exec(Parameters[0]?.Value ?? '')?.[1];
    return seconds === undefined ? undefined : Number(seconds);
  }

  return {
    async publish(service, { state, since, retryAt, usualStartSeconds: measured }) {
      const Name = `${parametersBelow(parameterPath).activation}/${service}`;
      const usualStartSeconds = measured ?? (await readUsualSeconds(Name));
      const Value = JSON.stringify({
        state,
        since: formatMoment(since),
        ...(retryAt === undefined ? {} : { retryAt: formatMoment(retryAt) }),
        ...(usualStartSeconds === undefined ? {} : { usualStartSeconds }),
      });
      const Description = 'What the waiting page shows. The engine writes it, and nothing depends on it.';
      const command = new PutParameterCommand({ Name, Description, Type: 'String', Overwrite: true, Value });
      await callAws(about('PutParameter', Name), () => client.send(command));
    },
  };
}
