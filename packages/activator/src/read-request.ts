import { isRecord } from './is-record.ts';

/** A request as the load balancer passes it on. */
export interface Request {
  readonly method: string;
  /** As the client sent it: not decoded, without the query. AWS-046. */
  readonly path: string;
  /** With its `?`; empty without one. */
  readonly query: string;
  /** Whether the target group uses multi-value headers. The answer has the same form. */
  readonly isMultiValue: boolean;
  /** All values of a header, joined by commas; empty without one. The name is in lower case. */
  header(name: string): string;
}

/** Reads an event of a load balancer in either of its two forms; undefined for anything else. */
export function readRequest(event: unknown): Request | undefined {
  if (!isRecord(event) || !isRecord(event.requestContext) || !isRecord(event.requestContext.elb)) return undefined;
  const { httpMethod: method, path } = event;
  if (typeof method !== 'string' || typeof path !== 'string' || !path.startsWith('/')) return undefined;
  const headers = readPairs(event.headers, event.multiValueHeaders);
  const byName = Map.groupBy(headers, ([name]) => name.toLowerCase());
  const query = readPairs(event.queryStringParameters, event.multiValueQueryStringParameters);
  const queryText = query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
  return {
    method,
    path,
    query: queryText === '' ? '' : `?${queryText}`,
    isMultiValue: isRecord(event.multiValueHeaders),
    header: (name) => (byName.get(name) ?? []).map(([, value]) => value).join(', '),
  };
}

/** Whether a browser will show the answer as a page. */
export function isNavigation({ header }: Request): boolean {
  const mode = header('sec-fetch-mode').toLowerCase();
  if (mode !== '' || header('sec-fetch-dest') !== '') return mode === 'navigate';
  return /\btext\/html\b/i.test(header('accept'));
}

type Pair = readonly [name: string, value: string];

function readPairs(single: unknown, multiple: unknown): readonly Pair[] {
  const values = isRecord(multiple) ? multiple : isRecord(single) ? single : {};
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().flatMap((item): Pair[] => (typeof item === 'string' ? [[name, item]] : [])),
  );
}
