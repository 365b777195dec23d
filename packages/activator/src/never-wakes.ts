import { matchesPattern } from './match-pattern.ts';
import type { Request } from './read-request.ts';
import type { WakeSettings } from './wake-settings.ts';

/** The header that the waiting page sends with its polls. */
export const pollHeader = 'x-start-engines-poll';

/** Parts of user agents that request pages automatically, without a person waiting. */
const agents = [
  // Health checks and monitors.
  'elb-healthchecker',
  'amazon-route53-health-check-service',
  'kube-probe',
  'uptimerobot',
  'uptime-kuma',
  'pingdom',
  'datadog',
  'statuscake',
  // Search engines.
  'googlebot',
  'google-inspectiontool',
  'bingbot',
  'applebot',
  'baiduspider',
  'duckduckbot',
  'yandexbot',
  // Link previews.
  'slackbot',
  'slack-imgproxy',
  'discordbot',
  'facebookexternalhit',
  'linkedinbot',
  'mattermost-bot',
  'redditbot',
  'skypeuripreview',
  'telegrambot',
  'twitterbot',
  'whatsapp/',
];

const files = ['robots.txt', 'favicon.ico'];

/** Whether a request starts nothing, whatever the state of the service. */
export function neverWakes(request: Request, { ignorePaths, ignoreUserAgents }: WakeSettings): boolean {
  const agent = request.header('user-agent').toLowerCase();
  const file = request.path.slice(request.path.lastIndexOf('/') + 1).toLowerCase();
  return (
    isPreflight(request) ||
    (request.method === 'HEAD' && !isPoll(request)) ||
    files.includes(file) ||
    agents.some((part) => agent.includes(part)) ||
    ignorePaths.some((pattern) => matchesPattern(pattern, request.path)) ||
    ignoreUserAgents.some((pattern) => matchesPattern(pattern, agent))
  );
}

/** A browser asks whether another origin may send a request. The request itself follows. */
export function isPreflight({ method, header }: Request): boolean {
  return method === 'OPTIONS' && header('origin') !== '' && header('access-control-request-method') !== '';
}

export function isPoll({ method, header }: Request): boolean {
  return method === 'HEAD' && header(pollHeader) !== '';
}
