import { type AwsErrorMeaning, awsErrorMeaning, readAwsError, StartEnginesError } from '@start-engines/core';

const sentences: Readonly<Record<AwsErrorMeaning, string>> = {
  throttled: 'Parameter Store throttled the call',
  'access-denied': 'Parameter Store refused access',
  unavailable: 'Parameter Store did not answer, or answered with a server error',
  'no-capacity': 'Parameter Store refused the call',
  rejected: 'Parameter Store refused the call',
};

/** The error for a failed call: `MappingUnavailable`, with the meaning of the cause as `trouble`. */
export function toMappingUnavailable(error: unknown, context: Readonly<Record<string, unknown>>): StartEnginesError {
  const facts = readAwsError(error);
  const trouble = awsErrorMeaning(facts, false);
  const { name, requestId } = facts;
  return new StartEnginesError('MappingUnavailable', `${sentences[trouble]} (${name}).`, {
    cause: error,
    context: { ...context, trouble, awsError: name, requestId },
  });
}
