import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ActivatorWorld, openActivatorWorld } from './support/activator-world.ts';
import { openChromium, skippedBecause } from './support/chromium.ts';
import { type Front, type FrontRequest, openFront } from './support/front.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pollHeader = 'x-start-engines-poll';

describe.skipIf(skippedBecause !== '')(`in a browser${skippedBecause}`, () => {
  let browser: Browser;
  let world: ActivatorWorld;
  beforeAll(async () => {
    world = await openActivatorWorld({
      app: { wake: { paths: ['/app'], title: 'Sign-in' } },
      long: { wake: { paths: ['/long'], title: `A${'very'.repeat(18)}long name` } },
      markup: { wake: { paths: ['/markup'], title: '<img src=x onerror=alert(1)>&amp;"' } },
      api: { wake: { paths: ['/api'], holdSeconds: 3, allowOrigins: ['*'] } },
    });
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await world.put('activation/app', { state: 'starting' });
    await world.activator.advance(60_000);
  });

  /** A time on the function's clock, which the tests have moved. */
  async function inSeconds(seconds: number): Promise<string> {
    return new Date((await world.activator.advance(0)) + seconds * 1000).toISOString();
  }

  test('a visitor sees the progress of the start, and then the service at the same address', async () => {
    await world.put('activation/app', { state: 'starting', since: await inSeconds(-10), usualStartSeconds: 40 });
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    const { page } = visit;
    expect((await page.goto(`${front.url}/app/x?a=1#part`))?.status()).toBe(503);
    await visible(page, 'Sign-in is starting');
    expect(await page.title()).toBe('Sign-in is starting');
    expect(await page.locator('[aria-live=polite]').textContent()).toContain('Sign-in is starting');
    const text = await page.textContent('main');
    expect(text).toContain('(usually about 40 seconds)');
    expect(text).toMatch(/1\d seconds so far/);
    const progress = await page.getByRole('progressbar').evaluate((bar) => Number(bar.getAttribute('value')));
    expect(progress).toBeGreaterThanOrEqual(20);
    expect(progress).toBeLessThan(40);

    front.route('service');
    await visible(page, 'The service itself');
    expect(page.url()).toBe(`${front.url}/app/x?a=1#part`);
    const toService = front.requests.filter(({ to }) => to === 'service');
    expect(toService.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD /app/x?a=1',
      'HEAD /app/x?a=1',
      'HEAD /app/x?a=1',
      'GET /app/x?a=1',
    ]);
    visit.expectNothingForeign();
  });

  test('an answer of the activator restarts the count of three', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    await visit.page.goto(`${front.url}/app`);
    front.route('service');
    const countOf = (to: string) => front.requests.filter((request) => request.to === to).length;
    await comes(visit.page, async () => countOf('service') === 2);
    front.route('activator');
    const seen = countOf('activator');
    await comes(visit.page, async () => countOf('activator') > seen);
    front.route('service');
    await visible(visit.page, 'The service itself');
    const methods = front.requests.map(({ to, method }) => `${to} ${method}`);
    expect(methods.slice(-4)).toEqual(['service HEAD', 'service HEAD', 'service HEAD', 'service GET']);
  });

  test('after a failed start the page polls without waking, and offers a retry when the back-off ends', async () => {
    await world.put('activation/app', { state: 'failed', retryAt: await inSeconds(120) });
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    const { page } = visit;
    await page.goto(`${front.url}/app`);
    await visible(page, 'Sign-in could not start');
    expect(await page.textContent('main')).toMatch(/You can try again in [12] min \d\d s\./);
    const retry = page.getByRole('button', { name: 'Try again' });
    expect(await retry.isVisible()).toBe(false);
    await world.activator.advance(115_000);
    await comes(page, () => retry.isVisible());
    // The answer to the next poll shows the end of the back-off, and the button stays.
    const polls = front.requests.length;
    await comes(page, async () => front.requests.length > polls);
    expect(await retry.isVisible()).toBe(true);
    expect(await findings(page)).toEqual([]);
    expect(front.requests.filter(({ headers }) => headers[pollHeader] !== undefined)).toEqual([]);

    await world.activator.advance(15_000);
    await retry.click();
    await visible(page, 'Sign-in is starting');
    expect(await page.textContent('[data-part=elapsed]')).toMatch(/^\d seconds? so far$/);
    await comes(page, async () => front.requests.some(({ headers }) => headers[pollHeader] === '1'));
    front.route('service');
    await visible(page, 'The service itself');
    visit.expectNothingForeign();
  });

  test('a start that fails while the page is open is shown there', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    await visit.page.goto(`${front.url}/app`);
    await visible(visit.page, 'Sign-in is starting');
    await world.put('activation/app', { state: 'failed', retryAt: await inSeconds(500) });
    await world.activator.advance(11_000);
    await visible(visit.page, 'Sign-in could not start');
    expect(await visit.page.title()).toBe('Sign-in could not start');
  });

  test('a pause is shown without a button', async () => {
    await world.put('activation/app', { state: 'paused' });
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    await visit.page.goto(`${front.url}/app`);
    await visible(visit.page, 'Sign-in is paused');
    expect(await visit.page.getByRole('button').count()).toBe(0);
    expect(await findings(visit.page)).toEqual([]);
    visit.expectNothingForeign();
  });

  test('without JavaScript the page refreshes until the service answers', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front, { javaScriptEnabled: false });
    await visit.page.goto(`${front.url}/app`);
    await visible(visit.page, 'Sign-in is starting');
    expect(await visit.page.locator('noscript p').isVisible()).toBe(true);
    expect(await visit.page.locator('noscript p').textContent()).toBe('This page reloads every 5 seconds.');
    front.route('service');
    await visible(visit.page, 'The service itself');
    expect(front.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  test('without JavaScript a failed start is not repeated', async () => {
    await world.put('activation/app', { state: 'failed', retryAt: await inSeconds(60) });
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front, { javaScriptEnabled: false });
    await visit.page.goto(`${front.url}/app`);
    await visit.page.getByText('You can try again in').waitFor();
    expect(await visit.page.content()).not.toContain('http-equiv');
  });

  test('a form is never sent again: the page reports that the service is up, and stays', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    const { page } = visit;
    await page.setContent(
      `<form method="post" action="${front.url}/app"><button name="a" value="1">Send</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByText('did not receive your request').waitFor();
    expect(await page.content()).not.toContain('http-equiv');
    front.route('service');
    await visible(page, 'Sign-in is ready');
    expect(await findings(page)).toEqual([]);
    await page.clock.runFor(10_000);
    const others = front.requests.filter(({ method }) => method !== 'HEAD');
    expect(others.map(({ to, method }) => `${to} ${method}`)).toEqual(['activator POST']);
  });

  test.each(['light', 'dark'] as const)('the page has a %s form without an axe finding', async (colorScheme) => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front, { colorScheme });
    await visit.page.goto(`${front.url}/app`);
    const background = await visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe(colorScheme === 'light' ? 'rgb(245, 246, 248)' : 'rgb(19, 22, 27)');
    expect(await findings(visit.page)).toEqual([]);
    visit.expectNothingForeign();
  });

  test('a long name fits a phone 360 pixels wide', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front, { viewport: { width: 360, height: 640 } });
    await visit.page.goto(`${front.url}/long`);
    await visible(visit.page, 'long name is starting');
    expect(await visit.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await findings(visit.page)).toEqual([]);
  });

  test('nothing moves for visitors who prefer reduced motion', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front, { reducedMotion: 'reduce' });
    await visit.page.goto(`${front.url}/app`);
    await visible(visit.page, 'Sign-in is starting');
    expect(await visit.page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  test('markup in a name is text', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    await visit.page.goto(`${front.url}/markup/<script>alert(2)</script>`);
    await visible(visit.page, '<img src=x onerror=alert(1)>&amp;" is starting');
    expect(await visit.page.locator('img').count()).toBe(0);
    visit.expectNothingForeign();
  });

  test('a script’s held request ends in 200 after its redirects, with its method and body', async () => {
    await using front = await openFront(world.activator, serve);
    await using visit = await openPage(browser, front);
    await visit.page.goto(`${front.url}/app`);
    const answer = visit.page.evaluate(send, `${front.url}/api/items?a=1&a=2`);
    await holdTwice(world, front);
    expect(await answer).toEqual({ status: 200, body: 'PUT /api/items?a=1&a=2 {"item":1}' });
    expect(toApi(front)).toEqual(['activator PUT', 'activator PUT', 'service PUT']);
  });

  test('a script of another origin also passes the preflight and the redirects', async () => {
    await using front = await openFront(world.activator, serve);
    await using other = await openOtherOrigin();
    await using visit = await openPage(browser, front);
    await visit.page.goto(other.url);
    const answer = visit.page.evaluate(send, `${front.url}/api/items`);
    await holdTwice(world, front);
    expect(await answer).toEqual({ status: 200, body: 'PUT /api/items {"item":1}' });
    expect(toApi(front)[0]).toBe('activator OPTIONS');
    expect(toApi(front).filter((line) => line.endsWith('PUT'))).toEqual([
      'activator PUT',
      'activator PUT',
      'service PUT',
    ]);
  });
});

/** Ends the first hold, waits until the client has repeated its request, and ends the second one. */
async function holdTwice(world: ActivatorWorld, front: Front): Promise<void> {
  for (const nth of [1, 2]) {
    await expect.poll(() => toApi(front).filter((line) => line.endsWith('PUT')).length, { timeout: 9_000 }).toBe(nth);
    if (nth === 2) front.route('service');
    await setTimeout(300);
    await world.activator.advance(3_000);
  }
}

const toApi = (front: Front) =>
  front.requests.flatMap(({ to, method, url }) => (url.startsWith('/api') ? [`${to} ${method}`] : []));

/** Runs in the browser. */
async function send(url: string) {
  const options = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"item":1}' };
  const answer = await fetch(url, options);
  return { status: answer.status, body: await answer.text() };
}

function serve({ method, url, body }: FrontRequest, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Methods', 'PUT');
  response.setHeader('Access-Control-Allow-Headers', 'content-type');
  if (url.startsWith('/api')) response.end(method === 'OPTIONS' ? '' : `${method} ${url} ${body}`);
  else
    response.setHeader('content-type', 'text/html').end('<link rel="icon" href="data:,"><h1>The service itself</h1>');
}

interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** No request left the page's origin, and no script, dialog or policy violation appeared. */
  expectNothingForeign(): void;
}

async function openPage(browser: Browser, front: Front, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  if (options.javaScriptEnabled !== false) await page.clock.install();
  const surprises: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(front.url) && !request.url().startsWith('data:')) surprises.push(request.url());
  });
  page.on('dialog', (dialog) => {
    surprises.push(`dialog ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('pageerror', (error) => surprises.push(String(error)));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) surprises.push(message.text());
  });
  return {
    page,
    expectNothingForeign: () => expect(surprises).toEqual([]),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function visible(page: Page, heading: string): Promise<void> {
  await comes(page, () => page.getByRole('heading', { name: heading }).isVisible());
}

/** Waits for something. If the page has scripts, its clock runs ten times as fast. */
async function comes(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  const look = async () => {
    // There is no clock between two documents.
    await page.clock.runFor(500).catch(() => {});
    return await isThere();
  };
  await expect.poll(look, { timeout: 20_000, interval: 50 }).toBe(true);
}

/** The findings of all axe rules. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await runner.run()).violations.map(({ id }) => id);
  });
}

async function openOtherOrigin() {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<title>App</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
