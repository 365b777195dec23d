import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ActivatorWorld, openActivatorWorld } from './support/activator-world.ts';
import { multiValueEvent, type RequestParts, singleValueEvent } from './support/alb-event.ts';

let world: ActivatorWorld;
beforeAll(async () => {
  world = await openActivatorWorld({
    auth: {
      wake: {
        paths: ['/api/auth'],
        ignorePaths: ['/api/auth/ping', '*/metrics', '/api/auth/a*b*c'],
        ignoreUserAgents: ['Zabbix*', '*internal monitor*'],
      },
    },
  });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => world.activator.advance(60_000));

const capitals = (text: string) => text.toUpperCase();
const small = (text: string) => text.toLowerCase();
const withNames = (headers: Readonly<Record<string, string>> = {}, change: (name: string) => string) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [change(name), value]));
const withValues = (headers: Readonly<Record<string, string>> = {}, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));

/** Whether the request wakes, with both forms of headers and any letter case of names and values. */
async function outcomesOf(parts: RequestParts): Promise<Set<boolean>> {
  const outcomes = new Set<boolean>();
  for (const toEvent of [singleValueEvent, multiValueEvent]) {
    for (const changed of [
      parts,
      { ...parts, headers: withNames(parts.headers, capitals) },
      { ...parts, headers: withNames(parts.headers, small) },
      { ...parts, headers: withValues(parts.headers, capitals) },
      { ...parts, headers: withValues(parts.headers, small) },
    ]) {
      const before = world.wakes().length;
      const { statusCode } = await world.activator.invoke(toEvent(changed));
      expect([204, 503]).toContain(statusCode);
      outcomes.add(world.wakes().length > before);
      await world.activator.advance(20_000);
    }
  }
  return outcomes;
}

describe.each([
  'ELB-HealthChecker/2.0',
  'kube-probe/1.31',
  'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'Uptime-Kuma/1.23.13',
  'Mozilla/5.0 (compatible; Pingdom.com_bot_version_1.4_(http://www.pingdom.com/))',
  'Datadog/Synthetics',
  'Mozilla/5.0 (Windows NT 10.0) StatusCake',
  'Amazon-Route53-Health-Check-Service (ref 0123; report http://amzn.to/1vsZADi)',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Slack-ImgProxy (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'facebookexternalhit/1.1',
  'LinkedInBot/1.0',
  'TelegramBot (like TwitterBot)',
  'Twitterbot/1.0',
  'WhatsApp/2.23.20.0',
  'Mozilla/5.0 (Windows NT 6.1) SkypeUriPreview Preview/0.5',
  'Zabbix',
  'Zabbix/7.0',
  'curl/8 (internal monitor of the platform team)',
])('the user agent %s', (agent) => {
  test.each(['*/*', 'text/html'])('never wakes with Accept: %s', async (accept) => {
    expect(await outcomesOf({ headers: { 'User-Agent': agent, Accept: accept } })).toEqual(new Set([false]));
  });
});

test.each<[what: string, parts: RequestParts]>([
  ['HEAD', { method: 'HEAD' }],
  ['a browser’s HEAD', { method: 'HEAD', headers: { 'sec-fetch-mode': 'navigate' } }],
  ['robots.txt', { path: '/api/auth/robots.txt' }],
  ['ROBOTS.TXT', { path: '/api/auth/ROBOTS.TXT' }],
  ['favicon.ico', { path: '/api/auth/favicon.ico' }],
  ['favicon.ico with a query', { path: '/api/auth/v2/favicon.ico', query: { v: '1' } }],
  ['a path of the mapping', { path: '/api/auth/ping' }],
  ['a path of the mapping in capitals', { path: '/api/auth/PING' }],
  ['a pattern of the mapping', { path: '/api/auth/v1/metrics', method: 'POST' }],
  ['a pattern with several stars', { path: '/api/auth/a1b2b3c' }],
  [
    'a preflight',
    { method: 'OPTIONS', headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' } },
  ],
  [
    'a poll of a monitor',
    { method: 'HEAD', headers: { 'X-Start-Engines-Poll': '1', 'User-Agent': 'UptimeRobot/2.0' } },
  ],
])('%s never wakes', async (_what, parts) => {
  expect(await outcomesOf(parts)).toEqual(new Set([false]));
});

test.each<[what: string, parts: RequestParts]>([
  ['GET without headers', {}],
  ['a navigation', { headers: { 'Sec-Fetch-Mode': 'navigate', 'User-Agent': 'Mozilla/5.0 Chrome/156.0' } }],
  ['curl', { headers: { 'User-Agent': 'curl/8.5.0', Accept: '*/*' } }],
  ['POST', { method: 'POST', body: '{}' }],
  ['DELETE', { method: 'DELETE' }],
  ['a poll of the waiting page', { method: 'HEAD', headers: { 'X-Start-Engines-Poll': '1' } }],
  ['a path that only resembles an ignored one', { path: '/api/auth/ping/x' }],
  ['a path that continues an ignored pattern', { path: '/api/auth/v1/metrics2' }],
  ['parts of a pattern in another order', { path: '/api/auth/a1c2b' }],
  ['a page about robots.txt', { path: '/api/auth/robots.txt.html' }],
  ['a browser on WhatsApp', { headers: { 'User-Agent': 'Mozilla/5.0 (Linux; Android 14) WhatsAppBrowser' } }],
])('%s wakes', async (_what, parts) => {
  expect(await outcomesOf(parts)).toEqual(new Set([true]));
});

test('a monitor behind another user agent in a second header never wakes', async () => {
  const event = multiValueEvent({ headers: {} });
  const multiValueHeaders = { 'user-agent': ['Mozilla/5.0', 'UptimeRobot/2.0'] };
  const before = world.wakes().length;
  await world.activator.invoke({ ...event, multiValueHeaders });
  await world.activator.invoke({
    ...event,
    multiValueHeaders: { 'User-Agent': ['x'], 'USER-AGENT': ['kube-probe/1'] },
  });
  expect(world.wakes().length).toBe(before);
});
