import { AwsError } from '../aws-error.ts';
import { targetOf, type WireRequest } from './identify-call.ts';
import { readJsonValue, writeJsonValue } from './json-values.ts';
import type { Protocol, WireReply } from './protocol.ts';

/** AWS JSON: the operation in `X-Amz-Target`, the input in the body. */
export function createJsonProtocol(version: '1.0' | '1.1'): Protocol {
  const type = { 'content-type': `application/x-amz-json-${version}` };
  return {
    operationOf(request) {
      const target = targetOf(request);
      if (target === undefined || !target.includes('.')) throw unknownOperation();
      return target.slice(target.indexOf('.') + 1);
    },
    readInput(request, operation, shapes) {
      return readJsonValue(shapes[operation] ?? {}, parseJsonBody(request)) as Record<string, unknown>;
    },
    writeOutput(_operation, output, requestId) {
      return jsonReply(200, writeJsonValue(output), requestId, type);
    },
    writeError(error, requestId) {
      // SSM returns ParameterNotFound without a message, so an empty message is omitted.
      const message = error.message === '' ? {} : { [messageKey(error.code)]: error.message };
      const body = { __type: error.code, ...message, ...(writeJsonValue(error.members) as object) };
      return jsonReply(error.httpStatus, body, requestId, { ...type, 'x-amzn-errortype': error.code });
    },
    unknownOperation,
  };
}

/** AWS JSON 1.1, used by ECS, SSM, EventBridge and CloudWatch Logs. */
export const jsonProtocol = createJsonProtocol('1.1');

/** The exceptions whose models capitalise the member. */
const capitalMessages = new Set([
  'ValidationException',
  'InternalServerError',
  'InternalServiceFault',
  'UnsupportedOperationException',
]);

function messageKey(code: string): string {
  return capitalMessages.has(code) ? 'Message' : 'message';
}

function unknownOperation(): AwsError {
  return new AwsError('UnknownOperationException', '');
}

/** @throws AwsError `SerializationException` if the body is not JSON */
export function parseJsonBody(request: WireRequest): unknown {
  const text = request.body.toString('utf8');
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new AwsError('SerializationException', ''), { cause });
  }
}

export function jsonReply(
  status: number,
  body: unknown,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): WireReply {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId, ...headers },
    body: JSON.stringify(body),
  };
}
