import { GetParametersCommand, type Parameter, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import {
  formatMoment,
  type LaunchClaim,
  type LaunchClaims,
  parametersBelow,
  parseMoment,
  StartEnginesError,
} from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

export interface LaunchClaimsOptions {
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
}

/** The limit of GetParameters. */
const namesPerCall = 10;

/**
 * Claims of launches in Parameter Store, each a version of `<path>/launches/<service>`: `<newest task seen> <cluster>`. Parameter
 * Store numbers all writes of a parameter, keeps the last hundred, and dates each by its own clock.
 */
export function createLaunchClaims({ client, parameterPath }: LaunchClaimsOptions): LaunchClaims {
  const nameOf = (service: string) => `${parametersBelow(parameterPath).launches}/${service}`;
  return {
    async write(service, { cluster, newestSeen }) {
      const Name = nameOf(service);
      const operation = { service: 'SSM', operation: 'PutParameter', about: { parameter: Name } } as const;
      const Description = 'In which cluster starts launch the service, one version for each start that is about to.';
      const Value = `${formatMoment(newestSeen)} ${cluster}`;
      const input = { Name, Description, Type: 'String', Overwrite: true, Value } as const;
      const { Version } = await callAws(operation, () => client.send(new PutParameterCommand(input)));
      return Version ?? 1;
    },
    async read(service, newest) {
      if (newest < 1) return [];
      const Name = nameOf(service);
      const operation = { service: 'SSM', operation: 'GetParameters', about: { parameter: Name } } as const;
      const oldest = Math.max(1, newest - namesPerCall + 1);
      const Names = Array.from({ length: newest - oldest + 1 }, (_, index) => `${Name}:${oldest + index}`);
      const { Parameters = [] } = await callAws(operation, () => client.send(new GetParametersCommand({ Names })));
      const found = Parameters.toSorted((a, b) => (a.Version ?? 0) - (b.Version ?? 0));
      // Parameter Store keeps a hundred versions. None of the later ones may be missing. AWS-057.
      if (!found.every(({ Version }, index) => Version === newest - found.length + 1 + index)) {
        throw new StartEnginesError('AwsUnavailable', `Parameter Store does not show all versions of ${Name} yet.`, {
          context: { ...operation.about, service: 'SSM', operation: 'GetParameters', newest },
        });
      }
      return found.map(toClaim);
    },
  };
}

/** A value in another format claims no cluster. */
function toClaim({ Version = 0, Value = '', LastModifiedDate }: Parameter): LaunchClaim {
  const [moment, cluster = ''] = Value.split(' ');
  return { version: Version, at: LastModifiedDate?.getTime() ?? 0, cluster, newestSeen: parseMoment(moment) ?? 0 };
}
