import type { Request } from './read-request.ts';

export interface Answer {
  readonly status: keyof typeof descriptions;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const descriptions = {
  204: 'No Content',
  307: 'Temporary Redirect',
  404: 'Not Found',
  503: 'Service Unavailable',
} as const;

/** The answer in the form of its request: the load balancer takes no other. HEAD gets no body. */
export function toResult(
  answer: Answer,
  request: Pick<Request, 'method' | 'isMultiValue'>,
): Readonly<Record<string, unknown>> {
  const { status, headers, body } = answer;
  return {
    statusCode: status,
    statusDescription: `${status} ${descriptions[status]}`,
    isBase64Encoded: false,
    ...(request.isMultiValue
      ? { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) }
      : { headers }),
    body: request.method === 'HEAD' ? '' : body,
  };
}

/** The body of the load balancer's own answer to a path without a service (terraform/modules/alb). */
export const unknownPath: Answer = {
  status: 404,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  body: '{"message":"no such service"}',
};
