import type { WayIn } from '../request.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What an operation came to, before it is told to anybody. */
export interface Reply {
  readonly statusCode: number;
  readonly body: Body;
}

/** The same for a caller that is not API Gateway, or with the body as text and headers for one that is. */
export function answer(wayIn: WayIn, reply: Reply, headers: Readonly<Record<string, string>> = {}): unknown {
  if (wayIn !== 'http') return reply;
  return {
    statusCode: reply.statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(reply.body),
  };
}
