import { StartEnginesError } from '@start-engines/core';

/** Why Parameter Store did not answer as it should. */
export type SsmTrouble = 'throttled' | 'access-denied' | 'unavailable' | 'rejected';

const throttles = new Set(['ThrottlingException', 'TooManyUpdates', 'RequestLimitExceeded']);
const denials = /^AccessDenied|^UnrecognizedClient|^InvalidSignature|^ExpiredToken|^InvalidClientTokenId|^Credentials/;

/** Tells an SSM client's errors apart: by name first, then by HTTP status. What has neither never got an answer. */
export function classifySsmError(error: unknown): SsmTrouble {
  const { name, $metadata } = toRecord(error);
  const status = Number(toRecord($metadata).httpStatusCode ?? 0);
  if (throttles.has(String(name)) || status === 429) return 'throttled';
  if (denials.test(String(name)) || status === 403) return 'access-denied';
  return status >= 400 && status < 500 ? 'rejected' : 'unavailable';
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const sentences: Readonly<Record<SsmTrouble, string>> = {
  throttled: 'Parameter Store throttled the call',
  'access-denied': 'Parameter Store refused access',
  unavailable: 'Parameter Store did not answer, or answered with a fault of its own',
  rejected: 'Parameter Store refused the call',
};

/** The error that stands for a call that failed: `MappingUnavailable`, worth another try. */
export function toMappingUnavailable(error: unknown, context: Readonly<Record<string, unknown>>): StartEnginesError {
  const trouble = classifySsmError(error);
  const name = error instanceof Error ? error.name : typeof error;
  return new StartEnginesError('MappingUnavailable', `${sentences[trouble]} (${name}).`, {
    cause: error,
    context: { ...context, trouble, awsError: name, requestId: toRecord(toRecord(error).$metadata).requestId },
  });
}
