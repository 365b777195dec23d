import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChromium, skippedBecause } from '../../packages/activator/test/support/chromium.ts';
import { sleepingService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor, renamed } from './open-front-door.ts';

type Browser = Awaited<ReturnType<typeof openChromium>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

/** A whole deployment: the built functions, the load balancer, and a browser in front of them. */
describe.skipIf(skippedBecause !== '')(`a visitor of a sleeping service${skippedBecause}`, { timeout: 90_000 }, () => {
  let door: FrontDoor;
  let browser: Browser;
  let url = '';
  beforeAll(async () => {
    door = await openFrontDoor({
      durations: 'quick',
      world: {
        services: [sleepingService, { ...renamed('reports', 'broken'), wakes: true }],
        environment: { ROUTE_SETTLE_SECONDS: '1' },
      },
    });
    url = await door.sandbox.loadBalancerUrl();
    browser = await openChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await door?.[Symbol.asyncDispose]();
  });

  async function open(path: string): Promise<{ readonly page: Page; readonly status: number | undefined }> {
    const page = await browser.newPage();
    const response = await page.goto(`${url}${path}`);
    return { page, status: response?.status() };
  }

  test('sees the waiting page, and then the service at the same address', async () => {
    const { page, status } = await open('/api/wiki/hello?a=1');
    expect(status).toBe(503);
    await page.getByText('wiki is starting').first().waitFor();
    await page.getByText('"service":"wiki"').waitFor({ timeout: 60_000 });
    expect(page.url()).toBe(`${url}/api/wiki/hello?a=1`);
    expect(door.tasks('wiki')).toHaveLength(1);
    await page.close();
  });

  test('is shown that the service could not be started', async () => {
    const { page } = await open('/api/broken/hello');
    await page.getByText('broken could not start').first().waitFor({ timeout: 60_000 });
    expect(door.live('broken')).toEqual([]);
    await page.close();
  });
});
