import type { Shown } from './activation.ts';
import type { Answer } from './answer.ts';
import { crossOriginHeaders, preflightHeaders } from './cross-origin.ts';
import { ownUrl } from './own-url.ts';
import { contentSecurityPolicy, waitingPage } from './page/waiting-page.ts';
import type { Request } from './read-request.ts';
import type { WakeSettings } from './wake-settings.ts';

/** A request for a service that is down. Without settings the mappings could not be read. */
export interface Situation {
  readonly request: Request;
  /** Whether a browser will show the answer as a page. */
  readonly isPage: boolean;
  readonly settings: WakeSettings | undefined;
  readonly shown: Shown;
  readonly requestId: string;
}

/** The waiting page for navigations, and a problem document for everything else. */
export function unavailable(situation: Situation): Answer {
  const { isPage } = situation;
  return {
    status: 503,
    headers: {
      ...commonHeaders(situation),
      'Retry-After': String(situation.shown.retryAfterSeconds),
      ...(isPage
        ? { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': contentSecurityPolicy }
        : { 'Content-Type': 'application/problem+json' }),
    },
    body: isPage ? pageOf(situation) : problemOf(situation),
  };
}

/** The end of a hold: the client repeats its request, which reaches the service if it is up. */
export function repeatRequest(situation: Situation): Answer {
  return { status: 307, headers: { ...commonHeaders(situation), Location: ownUrl(situation.request) }, body: '' };
}

export function preflight(situation: Situation & { readonly settings: WakeSettings }): Answer {
  const { request, settings } = situation;
  return {
    status: 204,
    headers: { ...commonHeaders(situation), ...preflightHeaders(request, settings) },
    body: '',
  };
}

function commonHeaders({ request, settings, shown }: Situation): Readonly<Record<string, string>> {
  const origin = (settings?.allowOrigins ?? []).length > 0 ? ', Origin' : '';
  return {
    'Cache-Control': 'no-store',
    Vary: `Accept, Sec-Fetch-Mode, Sec-Fetch-Dest${origin}`,
    'X-Robots-Tag': 'noindex',
    'X-Content-Type-Options': 'nosniff',
    'X-Start-Engines': shown.state,
    ...crossOriginHeaders(request, settings),
  };
}

function pageOf({ request, settings, shown }: Situation): string {
  return waitingPage({ title: settings?.title, shown, reloads: request.method === 'GET' });
}

const titles = {
  starting: 'The service is starting',
  failed: 'The service could not be started',
  paused: 'The service is paused',
} as const;

function problemOf({ settings, shown, requestId }: Situation): string {
  return JSON.stringify({
    type: 'about:blank',
    title: titles[shown.state],
    status: 503,
    service: settings?.service,
    state: shown.state,
    retryAfterSeconds: shown.retryAfterSeconds,
    requestId,
  });
}
