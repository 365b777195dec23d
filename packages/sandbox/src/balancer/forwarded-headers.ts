import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Hop-by-hop headers, in addition to those that `Connection` lists. */
const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer'];

/** Removes hop-by-hop headers in place. */
export function removeHopByHop(headers: IncomingHttpHeaders): void {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  for (const name of [...hopByHop, ...named]) if (name !== '') delete headers[name];
}

export interface Arrival {
  readonly clientIp: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** The listener's port in the model. */
  readonly port: number;
  /** Milliseconds since the epoch, in sandbox time. */
  readonly now: number;
}

/** Adds the headers of an Application Load Balancer: appends the client's address and replaces the others. */
export function forwardedHeaders(headers: IncomingHttpHeaders, arrival: Arrival): Readonly<Record<string, string>> {
  const before = headers['x-forwarded-for'];
  const known = Array.isArray(before) ? before.join(', ') : before;
  return {
    'x-forwarded-for': known === undefined ? arrival.clientIp : `${known}, ${arrival.clientIp}`,
    'x-forwarded-proto': arrival.protocol.toLowerCase(),
    'x-forwarded-port': String(arrival.port),
    'x-amzn-trace-id': traceId(headers['x-amzn-trace-id'], arrival.now),
  };
}

/** Adds a root to a request without a trace, and the load balancer's own segment to an existing trace. */
function traceId(given: string | string[] | undefined, now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  const own = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  const trace = Array.isArray(given) ? given.join(';') : given;
  if (trace === undefined) return `Root=${own}`;
  return /(^|;)\s*Root=/.test(trace) ? `Self=${own};${trace}` : `${trace};Root=${own}`;
}
