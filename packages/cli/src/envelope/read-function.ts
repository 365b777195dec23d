import { callAws } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';

/** The configuration of the deployed function. */
export interface FunctionEvidence {
  readonly name: string;
  readonly parameterPath: string | undefined;
  /** The clusters that the function reads. */
  readonly clusters: readonly string[];
}

/** Undefined if the function does not exist. @throws StartEnginesError an AWS code, also when its environment is hidden */
export async function readFunction(aws: AwsAccess, functionName: string): Promise<FunctionEvidence | undefined> {
  const { GetFunctionConfigurationCommand } = await import('../sdk/lambda.ts');
  const client = await aws.lambda();
  const operation = { service: 'Lambda', operation: 'GetFunctionConfiguration', about: { functionName } } as const;
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
    const { FunctionName, Environment } = await callAws(operation, () => client.send(command));
    const hidden = Environment?.Error;
    if (hidden !== undefined) {
      const message = `Lambda does not show the environment of ${functionName}: ${hidden.ErrorCode} ${hidden.Message}`;
      throw new StartEnginesError('AwsAccessDenied', message, { context: operation });
    }
    const variables = Environment?.Variables ?? {};
    return {
      name: FunctionName ?? functionName,
      parameterPath: variables.PARAMETER_PATH,
      clusters: (variables.CLUSTERS ?? '').split(',').flatMap((name) => name.trim() || []),
    };
  } catch (error) {
    const missing = error instanceof StartEnginesError && error.context.awsCode === 'ResourceNotFoundException';
    if (missing) return undefined;
    throw error;
  }
}
