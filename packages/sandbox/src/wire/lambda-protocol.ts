import { AwsError } from '../aws-error.ts';
import type { WireRequest } from './identify-call.ts';
import { jsonReply, parseJsonBody } from './json-protocol.ts';
import { readJsonValue, writeJsonValue } from './json-values.ts';
import type { Protocol } from './protocol.ts';

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly status: number;
}

const functionsPath = '/2015-03-31/functions';
const functionNamePath = '/(?<FunctionName>[^/]+)';
const aliasesPath = `${functionsPath}${functionNamePath}/aliases`;
const aliasPath = `${aliasesPath}/(?<Name>[^/]+)`;

const routes: readonly Route[] = [
  route('CreateFunction', 'POST', `${functionsPath}`, 201),
  route('ListFunctions', 'GET', `${functionsPath}`, 200),
  route('GetFunction', 'GET', `${functionsPath}${functionNamePath}`, 200),
  route('DeleteFunction', 'DELETE', `${functionsPath}${functionNamePath}`, 204),
  route('GetFunctionConfiguration', 'GET', `${functionsPath}${functionNamePath}/configuration`, 200),
  route('UpdateFunctionConfiguration', 'PUT', `${functionsPath}${functionNamePath}/configuration`, 200),
  route('UpdateFunctionCode', 'PUT', `${functionsPath}${functionNamePath}/code`, 200),
  route('Invoke', 'POST', `${functionsPath}${functionNamePath}/invocations`, 200),
  route('PublishVersion', 'POST', `${functionsPath}${functionNamePath}/versions`, 201),
  route('ListVersionsByFunction', 'GET', `${functionsPath}${functionNamePath}/versions`, 200),
  route('AddPermission', 'POST', `${functionsPath}${functionNamePath}/policy`, 201),
  route('GetPolicy', 'GET', `${functionsPath}${functionNamePath}/policy`, 200),
  route('RemovePermission', 'DELETE', `${functionsPath}${functionNamePath}/policy/(?<StatementId>[^/]+)`, 204),
  route('CreateAlias', 'POST', aliasesPath, 201),
  route('ListAliases', 'GET', aliasesPath, 200),
  route('GetAlias', 'GET', aliasPath, 200),
  route('UpdateAlias', 'PUT', aliasPath, 200),
  route('DeleteAlias', 'DELETE', aliasPath, 204),
  route('PutFunctionConcurrency', 'PUT', `/2017-10-31/functions${functionNamePath}/concurrency`, 200),
  route('DeleteFunctionConcurrency', 'DELETE', `/2017-10-31/functions${functionNamePath}/concurrency`, 204),
  route('GetFunctionConcurrency', 'GET', `/2019-09-30/functions${functionNamePath}/concurrency`, 200),
  route('PutFunctionEventInvokeConfig', 'PUT', `/2019-09-25/functions${functionNamePath}/event-invoke-config`, 200),
  route('UpdateFunctionEventInvokeConfig', 'POST', `/2019-09-25/functions${functionNamePath}/event-invoke-config`, 200),
  route(
    'DeleteFunctionEventInvokeConfig',
    'DELETE',
    `/2019-09-25/functions${functionNamePath}/event-invoke-config`,
    204,
  ),
  route('GetFunctionEventInvokeConfig', 'GET', `/2019-09-25/functions${functionNamePath}/event-invoke-config`, 200),
];

function route(operation: string, method: string, path: string, status: number): Route {
  return { operation, method, path: new RegExp(`^${path}/?$`), status };
}

const invokeHeaders = {
  'x-amz-invocation-type': 'InvocationType',
  'x-amz-log-type': 'LogType',
  'x-amz-client-context': 'ClientContext',
} as const;

/** Lambda's REST API: function and alias are in the path, other members in the query, in headers and in a JSON body. */
export const lambdaProtocol: Protocol = {
  operationOf(request) {
    return match(request).operation;
  },
  readInput(request, operation, shapes) {
    const { inPath } = match(request);
    const query = Object.fromEntries(request.url.searchParams);
    if (operation === 'Invoke') return readInvoke(request, { ...query, ...inPath });
    // Numbers in the query are strings, so they are converted according to the shape.
    const paging = 'MaxItems' in query ? { MaxItems: Number(query.MaxItems) } : {};
    const body = request.method === 'GET' || request.method === 'DELETE' ? {} : parseJsonBody(request);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
    }
    return readJsonValue(shapes[operation] ?? {}, { ...body, ...query, ...paging, ...inPath }) as Record<
      string,
      unknown
    >;
  },
  writeOutput(operation, output, requestId) {
    const status = routes.find((entry) => entry.operation === operation)?.status ?? 200;
    if (operation === 'Invoke') return writeInvoke(output, requestId);
    if (status === 204) return { status, headers: { 'x-amzn-requestid': requestId }, body: '' };
    return jsonReply(status, writeJsonValue(output), requestId, { 'content-type': 'application/json' });
  },
  writeError(error, requestId) {
    // Lambda's exceptions use both spellings of the member. Clients read either.
    const key = capitalMessages.has(error.code) ? 'Message' : 'message';
    const type = error.httpStatus < 500 ? 'User' : 'Service';
    // The only member that is sent as a header.
    const { retryAfterSeconds, ...members } = error.members;
    const body = { Type: type, [key]: error.message, ...(writeJsonValue(members) as object) };
    return jsonReply(error.httpStatus, body, requestId, {
      'content-type': 'application/json',
      'x-amzn-errortype': error.code,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    });
  },
  unknownOperation,
};

const capitalMessages = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ServiceException']);

function unknownOperation(): AwsError {
  return new AwsError('UnknownOperationException', '', { httpStatus: 404 });
}

function match(request: WireRequest): { operation: string; inPath: Readonly<Record<string, string>> } {
  for (const entry of routes) {
    if (entry.method !== request.method) continue;
    const found = entry.path.exec(request.url.pathname);
    if (found === null) continue;
    const inPath = Object.entries(found.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
    return { operation: entry.operation, inPath: Object.fromEntries(inPath) };
  }
  throw unknownOperation();
}

function readInvoke(request: WireRequest, members: Record<string, unknown>): Record<string, unknown> {
  const input = { ...members };
  for (const [header, member] of Object.entries(invokeHeaders)) {
    if (request.headers[header] !== undefined) input[member] = request.headers[header];
  }
  if (request.body.length > 0) input.Payload = new Uint8Array(request.body);
  return input;
}

function writeInvoke(output: Readonly<Record<string, unknown>>, requestId: string) {
  const { StatusCode, Payload, FunctionError, ExecutedVersion, LogResult } = output;
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  if (typeof FunctionError === 'string') headers['x-amz-function-error'] = FunctionError;
  if (typeof ExecutedVersion === 'string') headers['x-amz-executed-version'] = ExecutedVersion;
  if (typeof LogResult === 'string') headers['x-amz-log-result'] = LogResult;
  return {
    status: typeof StatusCode === 'number' ? StatusCode : 200,
    headers,
    body: Payload instanceof Uint8Array ? Payload : '',
  };
}
