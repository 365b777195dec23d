import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InvocationOutcome } from '../lambda/lambda-process.ts';
import { errorAnswer, sendAnswer } from './balancer-answer.ts';

/** Elastic Load Balancing's limit for the body of a request to a function, and for the function's answer. AWS-044. */
const mostBytes = 1_048_576;

/** A function as the target of a request. */
export interface LambdaRoute {
  readonly targetGroupArn: string;
  readonly functionArn: string;
  /** Attribute `lambda.multi_value_headers.enabled`. */
  readonly hasMultiValueHeaders: boolean;
}

/** Invokes a function and waits for its answer. Undefined: Lambda refuses, for lack of permission or of concurrency. */
export type InvokeFunction = (functionArn: string, payload: string) => Promise<InvocationOutcome | undefined>;

/** Answers a request by a function, in the documented formats of event and answer. */
export async function answerByFunction(
  request: IncomingMessage,
  response: ServerResponse,
  route: LambdaRoute,
  added: Readonly<Record<string, string>>,
  invoke: InvokeFunction,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return sendAnswer(response, errorAnswer(413));
  const outcome = await invoke(route.functionArn, JSON.stringify(toEvent(request, body, route, added)));
  const answer = outcome?.kind === 'succeeded' ? readAnswer(outcome.payload, route) : undefined;
  if (response.destroyed) return;
  if (answer === undefined) return sendAnswer(response, errorAnswer(502));
  const { statusCode, statusMessage, headers, payload } = answer;
  response.writeHead(statusCode, statusMessage, { ...headers, 'content-length': String(payload.length) });
  response.end(request.method === 'HEAD' ? undefined : payload);
}

/** Undefined for a body that is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks);
}

/** Text types and bodies without an encoding are passed as text. */
const textType = /^(text\/|application\/(json|javascript|xml))/;

function toEvent(
  request: IncomingMessage,
  body: Buffer,
  { targetGroupArn, hasMultiValueHeaders }: LambdaRoute,
  added: Readonly<Record<string, string>>,
) {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const headers = headersOf(request, added);
  const parameters = query.split('&').flatMap((pair) => (pair === '' ? [] : [splitOnce(pair, '=')]));
  const lastOf = (pairs: readonly (readonly string[])[]) =>
    Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
  const allOf = (pairs: readonly (readonly string[])[]) => {
    const values = new Map<string, string[]>();
    for (const [name = '', value = ''] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
    return Object.fromEntries(values);
  };
  const isText =
    request.headers['content-encoding'] === undefined && textType.test(request.headers['content-type'] ?? 'text/plain');
  return {
    requestContext: { elb: { targetGroupArn } },
    httpMethod: request.method ?? 'GET',
    path,
    ...(hasMultiValueHeaders
      ? { multiValueQueryStringParameters: allOf(parameters), multiValueHeaders: allOf(headers) }
      : { queryStringParameters: lastOf(parameters), headers: lastOf(headers) }),
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function headersOf(request: IncomingMessage, added: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  const given: (readonly string[])[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    // AWS-046
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    if (!(name in added) && name !== 'connection') given.push([name, request.rawHeaders[index + 1] ?? '']);
  }
  return [...given, ...Object.entries(added)];
}

interface Answer {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly payload: Buffer;
}

/** Undefined for an answer that the load balancer does not accept. AWS-045. */
function readAnswer(text: string, { hasMultiValueHeaders }: LambdaRoute): Answer | undefined {
  if (Buffer.byteLength(text) > mostBytes) return undefined;
  const answer = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const { statusCode, statusDescription, body = '', isBase64Encoded = false } = answer ?? {};
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599)
    return undefined;
  if (typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') return undefined;
  const headers = hasMultiValueHeaders ? answer?.multiValueHeaders : answer?.headers;
  return {
    statusCode,
    statusMessage: typeof statusDescription === 'string' ? statusDescription.replace(/^\d+ /, '') : '',
    headers: (headers ?? {}) as Answer['headers'],
    payload: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}
