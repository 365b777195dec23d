import { gunzipSync } from 'node:zlib';
import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError } from '../aws-error.ts';
import type { WireRequest } from './identify-call.ts';
import { createJsonProtocol } from './json-protocol.ts';
import { readJsonValue } from './json-values.ts';
import type { Protocol } from './protocol.ts';

/** The path of a call in Smithy RPC v2, such as `/service/GraniteServiceVersion20100801/operation/GetMetricData`. */
export const rpcPath = /^\/service\/GraniteServiceVersion20100801\/operation\/(\w+)$/;

/** The exceptions whose code in the query protocol differs from their name. */
const exceptionNames: Readonly<Record<string, string>> = {
  InvalidParameterValue: 'InvalidParameterValueException',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  MissingParameter: 'MissingRequiredParameterException',
  InternalServiceError: 'InternalServiceFault',
};

function exceptionName({ code }: AwsError): string {
  return exceptionNames[code] ?? code;
}

/** CloudWatch used to have the query protocol, and still sends its error codes in a header. */
function queryError({ code, httpStatus }: AwsError) {
  return { 'x-amzn-query-error': `${code};${httpStatus < 500 ? 'Sender' : 'Receiver'}` };
}

const json = createJsonProtocol('1.0');

/** AWS JSON 1.0, which the SDK for JavaScript uses for CloudWatch. */
export const cloudWatchJsonProtocol: Protocol = {
  ...json,
  readInput: (request, operation, shapes) => json.readInput(unzipped(request), operation, shapes),
  writeError(error, requestId) {
    const named = new AwsError(exceptionName(error), error.message, error);
    const reply = json.writeError(named, requestId);
    return { ...reply, headers: { ...reply.headers, ...queryError(error) } };
  },
};

/** Smithy RPC v2 with CBOR, which the AWS CLI uses for CloudWatch. */
export const cloudWatchCborProtocol: Protocol = {
  operationOf(request) {
    return rpcPath.exec(request.url.pathname)?.[1] ?? '';
  },
  readInput(request, operation, shapes) {
    const { body } = unzipped(request);
    const input = body.length === 0 ? {} : readCbor(body);
    return readJsonValue(shapes[operation] ?? {}, input) as Record<string, unknown>;
  },
  writeOutput: (_operation, output, requestId) => cborReply(200, output, requestId),
  writeError(error, requestId) {
    const { message, httpStatus, members } = error;
    const body = { __type: `com.amazonaws.cloudwatch#${exceptionName(error)}`, message, ...members };
    return cborReply(httpStatus, body, requestId, queryError(error));
  },
  unknownOperation: () => new AwsError('UnknownOperationException', ''),
};

/** Clients compress a long PutMetricData. */
function unzipped(request: WireRequest): WireRequest {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  return { ...request, body: gunzipSync(request.body) };
}

function readCbor(body: Buffer): unknown {
  try {
    return withSeconds(cbor.deserialize(body));
  } catch (cause) {
    throw Object.assign(new AwsError('SerializationException', ''), { cause });
  }
}

/** Times are tagged numbers in CBOR. As in JSON they become seconds, which the shape then turns into a `Date`. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  if ('tag' in value && 'value' in value && value.tag === 1) return value.value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withSeconds(entry)]));
}

function withTags(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(withTags);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([name, entry]) => [name, withTags(entry)]));
}

function cborReply(status: number, body: object, requestId: string, headers: Readonly<Record<string, string>> = {}) {
  return {
    status,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-requestid': requestId,
      ...headers,
    },
    body: Uint8Array.from(cbor.serialize(withTags(body))),
  };
}
