import { invalidField, invalidRequest, kindOf, RouteRefused } from '../invalid-request.ts';
import { operations } from '../operations/index.ts';
import type { Fields, Operation, OperationRequest } from '../operations/operation.ts';
import { isFields, readServiceName } from '../read-fields.ts';
import { type HttpRequest, isApiGatewayEvent, readHttpRequest } from './api-gateway.ts';
import type { Addressee, Trigger } from './trigger.ts';

const mostBodyBytes = 16_384;

/** A request through API Gateway: an HTTP API or a REST proxy. */
export const http: Trigger = {
  mark: 'requestContext',
  open(event) {
    if (!isApiGatewayEvent(event)) {
      throw invalidRequest('The requestContext is neither from an HTTP API nor from a REST proxy.', {
        field: 'requestContext',
      });
    }
    const request = readHttpRequest(event);
    const correlationId = request.headers.get('x-correlation-id');
    return {
      wayIn: 'http',
      ...(correlationId === undefined ? {} : { correlationId: { field: 'x-correlation-id', value: correlationId } }),
      traceHeader: request.headers.get('x-amzn-trace-id'),
      read: (receivedAt, addressee) => read(request, receivedAt, addressee),
      answer: ({ statusCode, headers, body }) => ({
        statusCode,
        headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
        body: JSON.stringify(body),
      }),
      answersFailures: true,
    };
  },
};

/**
 * @throws RouteRefused 404 for an unknown path, 405 for a path without the method.
 * @throws StartEnginesError `InvalidRequest` for a body that does not fit the route.
 */
function read(request: HttpRequest, receivedAt: number, { workspace }: Addressee): OperationRequest {
  const { operation, name } = findRoute(request);
  const body = readBody(request);
  // The path names the service and a header the correlation ID; nothing else may.
  const misplaced = ['service', 'services', 'correlationId'].find((field) => Object.hasOwn(body, field));
  if (misplaced !== undefined) throw invalidField(misplaced, 'is not allowed in the body.');
  return operation.read(name === undefined ? body : { ...body, service: readServiceName(name, 'service') }, {
    where: 'The body',
    own: [],
    asked: readRequestTime(request.time, receivedAt),
    // API Gateway times out after 29 or 30 seconds.
    receivedAt,
    canWait: false,
    allowAll: false,
    workspace,
    mustBeAddressed: false,
  });
}

function findRoute({ method, path }: HttpRequest): {
  readonly operation: Operation;
  readonly name: string | undefined;
} {
  const onPath = operations.flatMap((operation) =>
    (operation.triggers.routes ?? []).flatMap((route) => {
      const [routeMethod, template = ''] = route.split(' ');
      const match = new RegExp(`^${template.replace('{name}', '([^/]+)')}$`).exec(path);
      return match === null ? [] : [{ operation, method: routeMethod, name: match[1] }];
    }),
  );
  if (onPath.length === 0) throw new RouteRefused(404, 'The path does not exist.');
  const found = onPath.find((route) => route.method === method);
  if (found !== undefined) return found;
  throw new RouteRefused(
    405,
    'The path does not support this method.',
    onPath.flatMap((route) => route.method ?? []),
  );
}

function readBody(request: HttpRequest): Fields {
  const text = readBodyText(request);
  if (text.trim() === '') return {};
  const body = parseJson(text);
  if (!isFields(body)) throw invalidField('body', `must be a JSON object, not ${kindOf(body)}.`);
  return body;
}

function readBodyText({ body, isBase64Encoded }: HttpRequest): string {
  if (body === undefined || body === null) return '';
  if (typeof body !== 'string') throw invalidField('body', `must be text, not ${kindOf(body)}.`);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > mostBodyBytes) throw invalidField('body', `must have at most ${mostBodyBytes} bytes.`);
  if (!isBase64Encoded) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalidRequest('body must be UTF-8.', { field: 'body', cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the body.
    throw invalidField('body', 'must be JSON.');
  }
}

// Written by API Gateway, so a negative number is not valid.
function readRequestTime(time: unknown, receivedAt: number): number {
  return typeof time === 'number' && time >= 0 ? Math.min(time, receivedAt) : receivedAt;
}
