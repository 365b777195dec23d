import type { Fields } from '../operations/operation.ts';
import { fieldOf, isFields } from '../read-fields.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without the stage and without a base path. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: unknown;
  readonly isBase64Encoded: boolean;
  /** Milliseconds since the epoch, where API Gateway says it. */
  readonly time: unknown;
}

/** Whether API Gateway created the event. No caller can write its request context. */
export function isApiGatewayEvent(event: Fields): boolean {
  return isHttpApiEvent(event) || isRestProxyEvent(event);
}

function isHttpApiEvent(event: Fields): boolean {
  const http = fieldOf(contextOf(event), 'http');
  return fieldOf(event, 'version') === '2.0' && isFields(http) && typeof fieldOf(http, 'method') === 'string';
}

function isRestProxyEvent(event: Fields): boolean {
  return typeof fieldOf(contextOf(event), 'httpMethod') === 'string' && typeof fieldOf(event, 'path') === 'string';
}

function contextOf(event: Fields): Fields {
  const context = fieldOf(event, 'requestContext');
  return isFields(context) ? context : {};
}

/** Converts both formats of API Gateway to one. Function URLs send HTTP API's format. */
export function readHttpRequest(event: Fields): HttpRequest {
  return {
    ...(isHttpApiEvent(event) ? readHttpApi(event) : readRestProxy(event)),
    headers: headersOf(event),
    body: fieldOf(event, 'body'),
    isBase64Encoded: fieldOf(event, 'isBase64Encoded') === true,
  };
}

function readHttpApi(event: Fields): Pick<HttpRequest, 'method' | 'path' | 'time'> {
  const context = contextOf(event);
  const routeKey = textOf(fieldOf(event, 'routeKey'));
  const template = routeKey.slice(routeKey.indexOf(' ') + 1);
  return {
    method: textOf(fieldOf(context.http as Fields, 'method')),
    path: fillTemplate(template, event) ?? withoutStage(textOf(fieldOf(event, 'rawPath')), context),
    time: fieldOf(context, 'timeEpoch'),
  };
}

function readRestProxy(event: Fields): Pick<HttpRequest, 'method' | 'path' | 'time'> {
  const context = contextOf(event);
  return {
    method: textOf(fieldOf(context, 'httpMethod')),
    path: fillTemplate(textOf(fieldOf(event, 'resource')), event) ?? withoutStage(textOf(event.path), context),
    time: fieldOf(context, 'requestTimeEpoch'),
  };
}

/**
 * The path by the route's own template, `/services/{name}/start` or `/{proxy+}`, filled in: unlike the raw path it
 * carries neither the stage nor the base path of a custom domain. Undefined for a route without one (`$default`).
 */
function fillTemplate(template: string, event: Fields): string | undefined {
  if (!template.startsWith('/')) return undefined;
  const parameters = fieldOf(event, 'pathParameters');
  const values = isFields(parameters) ? parameters : {};
  return template.replaceAll(/\{([^{}+]+)\+?\}/g, (_whole, name: string) => textOf(fieldOf(values, name)));
}

function withoutStage(path: string, context: Fields): string {
  const stage = fieldOf(context, 'stage');
  const prefix = typeof stage === 'string' ? `/${stage}/` : '';
  return prefix !== '' && path.startsWith(prefix) ? path.slice(prefix.length - 1) : path;
}

function headersOf(event: Fields): ReadonlyMap<string, string> {
  const headers = fieldOf(event, 'headers');
  const entries = isFields(headers) ? Object.entries(headers) : [];
  return new Map(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
