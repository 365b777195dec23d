import { invalidField, invalidRequest, kindOf, RouteRefused } from '../invalid-request.ts';
import { fieldOf, isFields, readServiceName } from '../read-fields.ts';
import { type Origin, readRestart, readStart, readStatus, readStop } from '../read-operation.ts';
import type { Addressee, Fields, HttpEnvelope, Operation } from '../request.ts';

const mostBodyBytes = 16_384;

type Reader = (fields: Fields, origin: Origin) => Operation;

const routes: readonly { readonly path: RegExp; readonly methods: Readonly<Record<string, Reader>> }[] = [
  { path: /^\/services$/, methods: { GET: readStatus } },
  { path: /^\/services\/([^/]+)$/, methods: { GET: readStatus } },
  { path: /^\/services\/([^/]+)\/start$/, methods: { POST: readHttpStart } },
  { path: /^\/services\/([^/]+)\/stop$/, methods: { POST: readStop } },
  { path: /^\/services\/([^/]+)\/restart$/, methods: { POST: readRestart } },
];

/**
 * @throws RouteRefused 404 or 405 for what is no route.
 * @throws StartEnginesError `InvalidRequest` for a body that does not fit the route.
 */
export function readHttpOperation(envelope: HttpEnvelope, receivedAt: number, { workspace }: Addressee): Operation {
  const { read, name } = findRoute(envelope);
  const body = readBody(envelope);
  // The path names the service and a header the correlation id, and nothing else may.
  const misplaced = ['service', 'services', 'correlationId'].find((field) => Object.hasOwn(body, field));
  if (misplaced !== undefined) throw invalidField(misplaced, 'has no place in the body.');
  const asked = readRequestTime(envelope.time, receivedAt);
  return read(name === undefined ? body : { ...body, service: readServiceName(name, 'service') }, {
    where: 'The body',
    own: [],
    asked,
    allowAll: false,
    workspace,
    mustBeAddressed: false,
  });
}

function findRoute(envelope: HttpEnvelope): { readonly read: Reader; readonly name: string | undefined } {
  for (const { path, methods } of routes) {
    const match = path.exec(envelope.path);
    if (match === null) continue;
    const read = Object.hasOwn(methods, envelope.method) ? methods[envelope.method] : undefined;
    if (read !== undefined) return { read, name: match[1] };
    throw new RouteRefused(405, 'The path does not have this method.', Object.keys(methods));
  }
  throw new RouteRefused(404, 'There is no such path.');
}

// API Gateway gives up after 29 s or 30 s, which a start does not fit into: it answers as soon as the task is launched.
function readHttpStart(fields: Fields, origin: Origin): Operation {
  const wait = fieldOf(fields, 'wait');
  if ((wait !== undefined && wait !== 'none') || Object.hasOwn(fields, 'waitForHealthy')) {
    const field = wait !== undefined && wait !== 'none' ? 'wait' : 'waitForHealthy';
    throw invalidField(field, 'cannot be asked for over HTTP: the answer comes when the task is launched.');
  }
  return readStart({ ...fields, wait: 'none' }, origin);
}

function readBody(envelope: HttpEnvelope): Fields {
  const text = readBodyText(envelope);
  if (text.trim() === '') return {};
  const body = parseJson(text);
  if (!isFields(body)) throw invalidField('body', `must be a JSON object, not ${kindOf(body)}.`);
  return body;
}

function readBodyText({ body, isBase64Encoded }: HttpEnvelope): string {
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
    // The parser's own message quotes the body.
    throw invalidField('body', 'must be JSON.');
  }
}

// API Gateway writes it; a number before 1970 was written by somebody else, and says nothing.
function readRequestTime(time: unknown, receivedAt: number): number {
  return typeof time === 'number' && time >= 0 ? Math.min(time, receivedAt) : receivedAt;
}
