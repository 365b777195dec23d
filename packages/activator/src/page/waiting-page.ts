import type { Shown } from '../activation.ts';
import { text as style, hash as styleHash } from './page.css?text';
import { text as script, hash as scriptHash } from './page-script.js?text';

export interface PageContent {
  /** The service's name; undefined while it is unknown. */
  readonly title: string | undefined;
  readonly shown: Shown;
  /** Whether the page may repeat the request that it answers. */
  readonly reloads: boolean;
}

/** The page is one document: whatever it would load from elsewhere is refused. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src ${scriptHash}`,
  `style-src ${styleHash}`,
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='5' fill='none' stroke='%232460c4' stroke-width='3'/%3E%3C/svg%3E";

/** The page for people who wait. The script switches between the sections, so that each text is written once. */
export function waitingPage({ title = 'The service', shown, reloads }: PageContent): string {
  const { state, elapsedSeconds = 0, usualStartSeconds, retryAfterSeconds } = shown;
  const name = escapeHtml(title);
  const headings = {
    starting: `${name} is starting`,
    failed: `${name} could not start`,
    paused: `${name} is paused`,
    ready: `${name} is ready`,
  };
  const section = (key: keyof typeof headings, text: string) =>
    `<div data-for="${key}"${key === state ? '' : ' hidden'}><h1 data-part="${key}-heading">${headings[key]}</h1>${text}</div>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${headings[state]}</title>
<link rel="icon" href="${icon}">
${refresh(state, reloads)}<style>${style}</style>
</head>
<body>
<main data-state="${state}" data-reloads="${reloads}" data-usual="${usualStartSeconds ?? 0}" data-elapsed="${elapsedSeconds}" data-retry="${retryAfterSeconds}">
<svg viewBox="2 2 40 40" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" aria-hidden="true"><circle cx="22" cy="22" r="18" opacity=".25"/><path class="arc" d="M22 4a18 18 0 0 1 18 18"/></svg>
<div role="status" aria-live="polite">
${section('starting', `<p>${startingText(reloads)}</p>`)}
${section('failed', '<p>The last start failed.</p>')}
${section('paused', '<p>An operator stopped it. It can start again when the operator ends the pause.</p>')}
${section('ready', '<p>Go back and send your request again.</p>')}
</div>
<div data-for="starting"${state === 'starting' ? '' : ' hidden'}>
<progress data-part="progress" aria-label="Progress of the start" max="100"${progressValue(elapsedSeconds, usualStartSeconds)}></progress>
<p class="time"><span data-part="elapsed"></span>${usualText(usualStartSeconds)}</p>
</div>
<div data-for="failed"${state === 'failed' ? '' : ' hidden'}>
<p class="time" data-part="countdown">You can try again in ${inWords(retryAfterSeconds)}.</p>
<button type="button" data-part="retry" hidden>Try again</button>
</div>
<div data-for="ready" hidden><button type="button" data-part="back">Go back</button></div>
<noscript><p class="time">${withoutScript(state, reloads)}</p></noscript>
</main>
<script>${script}</script>
</body>
</html>
`;
}

const refreshSeconds = { starting: 5, paused: 60 } as const;

/** Without JavaScript the page loads itself again, unless that would repeat a form or a start that has failed. */
function refresh(state: Shown['state'], reloads: boolean): string {
  if (!reloads || state === 'failed') return '';
  return `<noscript><meta http-equiv="refresh" content="${refreshSeconds[state]}"></noscript>\n`;
}

function withoutScript(state: Shown['state'], reloads: boolean): string {
  if (!reloads) return 'Go back and send your request again when the service is up.';
  if (state === 'failed') return 'Reload this page then.';
  return `This page reloads every ${refreshSeconds[state]} seconds.`;
}

function startingText(reloads: boolean): string {
  return reloads
    ? 'It was not running. This page opens it as soon as it is ready.'
    : 'It was not running and did not receive your request. This page tells you when you can send it again.';
}

function progressValue(elapsedSeconds: number, usualStartSeconds: number | undefined): string {
  if (usualStartSeconds === undefined) return '';
  return ` value="${Math.min(Math.round((90 * elapsedSeconds) / usualStartSeconds), 90)}"`;
}

function usualText(usualStartSeconds: number | undefined): string {
  return usualStartSeconds === undefined ? '' : ` <span>(usually about ${inWords(usualStartSeconds)})</span>`;
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
