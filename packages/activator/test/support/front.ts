import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ActivatorUnderTest, AlbResult } from './activator-under-test.ts';

/** A load balancer whose rule sends everything to the activator or to a service. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** Its requests so far, each with its destination. */
  readonly requests: readonly FrontRequest[];
  /** Changes the rule's destination. */
  route(to: 'activator' | 'service'): void;
}

export interface FrontRequest {
  readonly to: 'activator' | 'service';
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * Speaks HTTP on loopback to clients, and the load balancer's event format to the function.
 *
 * @param service the handler for requests when the service is up
 * @param form the header form of the activator's target group
 */
export async function openFront(
  activator: ActivatorUnderTest,
  service: (request: FrontRequest, response: ServerResponse) => void,
  form: 'single' | 'multi' = 'multi',
): Promise<Front> {
  let to: 'activator' | 'service' = 'activator';
  const requests: FrontRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const seen = { to, method, url, headers, body: await readBody(request) };
    requests.push(seen);
    if (to === 'service') service(seen, response);
    else writeResult(await activator.invoke(toEvent(seen, form)), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    route(next) {
      to = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

/** The load balancer does not decode the path or the query, and sends header names in lower case. */
function toEvent({ method, url, headers, body }: FrontRequest, form: 'single' | 'multi') {
  const [path = '/', query = ''] = url.split('?');
  const parameters = query === '' ? [] : query.split('&').map((pair) => pair.split(/=(.*)/s) as [string, string?]);
  const names = [...new Set(parameters.map(([name]) => name))];
  const valuesOf = (name: string) => parameters.flatMap(([one, value = '']) => (one === name ? [value] : []));
  const lists = Object.fromEntries(names.map((name) => [name, valuesOf(name)]));
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const common = {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/a/1' } },
    httpMethod: method,
    path,
    body,
    isBase64Encoded: false,
  };
  if (form === 'single') {
    const last = Object.fromEntries(names.map((name) => [name, valuesOf(name).at(-1)]));
    return { ...common, headers: Object.fromEntries(texts), queryStringParameters: last };
  }
  const multiValueHeaders = Object.fromEntries(texts.map(([name, value]) => [name, [value]]));
  return { ...common, multiValueHeaders, multiValueQueryStringParameters: lists };
}

function writeResult({ statusCode, headers, multiValueHeaders, body }: AlbResult, response: ServerResponse): void {
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) response.setHeader(name, [...values]);
  response.end(body);
}
