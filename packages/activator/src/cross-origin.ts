import type { Request } from './read-request.ts';
import type { WakeSettings } from './wake-settings.ts';

type Headers = Readonly<Record<string, string>>;

/** The headers that let a script of a permitted origin read the answer; none for other origins. */
export function crossOriginHeaders(request: Request, settings: WakeSettings | undefined): Headers {
  const allowed = settings?.allowOrigins ?? [];
  const origin = request.header('origin');
  if (allowed.includes(origin)) {
    return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', ...exposed };
  }
  return allowed.includes('*') && origin !== '' ? { 'Access-Control-Allow-Origin': '*', ...exposed } : {};
}

const exposed = { 'Access-Control-Expose-Headers': 'Retry-After, X-Start-Engines' };

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
const tokens = /^[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1024}$/;

/** The headers of a granted preflight. They permit whatever the origin wants to send; the service itself decides once it is up. */
export function preflightHeaders(request: Request, settings: WakeSettings): Headers {
  const allowOrigin = crossOriginHeaders(request, settings);
  if (Object.keys(allowOrigin).length === 0) return {};
  const [method, names] = ['method', 'headers'].map((part) => request.header(`access-control-request-${part}`));
  return {
    ...allowOrigin,
    ...(method !== undefined && token.test(method) ? { 'Access-Control-Allow-Methods': method } : {}),
    ...(names !== undefined && tokens.test(names) ? { 'Access-Control-Allow-Headers': names } : {}),
    'Access-Control-Max-Age': '0',
  };
}
