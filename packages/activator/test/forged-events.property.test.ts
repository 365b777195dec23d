import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlbResult } from './support/activator-under-test.ts';
import { openActivatorWorld } from './support/activator-world.ts';

const markup = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
const internals = /arn:aws|123456789012|AKIA|\/start-engines\/|127\.0\.0\.1|Error:|\.ts\b|node:/;

const names = fc.oneof(
  fc.constantFrom(
    'accept',
    'Accept',
    'sec-fetch-mode',
    'Sec-Fetch-Dest',
    'user-agent',
    'origin',
    'access-control-request-method',
    'access-control-request-headers',
    'x-start-engines-poll',
    'x-start-engines',
    'host',
    'x-forwarded-host',
    'x-forwarded-for',
    'x-amzn-trace-id',
    'content-length',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.string({ maxLength: 20 }),
);
const texts = fc.oneof(
  fc.constantFrom(
    'text/html',
    'navigate',
    'document',
    'null',
    'POST',
    'https://app.example.com',
    markup,
    '\r\nSet-Cookie: a=b',
  ),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const anything = fc.oneof({ weight: 8, arbitrary: texts }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
const values = fc.oneof(anything, fc.array(anything, { maxLength: 4 }));
/** Similar to the events of browsers' requests, in one of the two forms. */
const likely = fc.constantFrom<Record<string, unknown>>(
  { 'Sec-Fetch-Mode': 'navigate', Host: markup },
  { accept: 'text/html', 'X-Forwarded-Host': markup },
  { ORIGIN: 'https://app.example.com', 'access-control-request-method': 'POST', 'User-Agent': markup },
  { Origin: 'https://app.example.com', 'Access-Control-Request-Method': markup },
  { origin: ['https://app.example.com'], 'access-control-request-method': ['PUT', markup] },
);
const dictionary = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.tuple(names, values), { maxLength: 8 }).map((list) => Object.fromEntries(list)) },
  { weight: 4, arbitrary: likely },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const path = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('/api/auth', '/api/pdf/x', '/api/auth/../pdf', '//api/auth', '/start-engines/prod'),
  },
  { weight: 2, arbitrary: texts.map((text) => `/api/auth/${text}`) },
  { weight: 1, arbitrary: texts },
  { weight: 1, arbitrary: fc.constant(`/api/auth/${markup}${'x'.repeat(8_192)}`) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const forged = fc.record(
  {
    requestContext: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          elb: fc.record({
            targetGroupArn: fc.oneof(
              texts,
              fc.constant('arn:aws:elasticloadbalancing:eu-west-1:999999999999:targetgroup/other/1'),
            ),
          }),
        }),
      },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    ),
    httpMethod: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.constantFrom('GET', 'OPTIONS', 'OPTIONS', 'POST', 'HEAD', 'DELETE', 'get', 'CONNECT'),
      },
      { weight: 1, arbitrary: texts },
    ),
    path,
    headers: dictionary,
    multiValueHeaders: dictionary,
    queryStringParameters: dictionary,
    multiValueQueryStringParameters: dictionary,
    body: fc.oneof(texts, fc.jsonValue()),
    isBase64Encoded: fc.boolean(),
    // Fields of other events.
    source: fc.constantFrom('custom.app', 'aws.ecs'),
    'detail-type': fc.constantFrom('Stop ECS Tasks', 'Restart ECS Task'),
    detail: fc.constant({ service: 'batch', services: 'all', workspace: 'prod', environment: { A: 'b' } }),
    action: fc.constantFrom('stop', 'reconcile'),
  },
  { requiredKeys: ['httpMethod', 'path'] },
);

test('any event causes at most one event, for a service that requests wake', async () => {
  await using world = await openActivatorWorld({
    auth: { wake: { paths: ['/api/auth'], title: `Auth ${markup}`, allowOrigins: ['https://app.example.com'] } },
    pdf: { wake: { paths: ['/api/pdf'] } },
    batch: { cluster: 'engines', environment: { SECRET: 'hidden-value' } },
  });
  const seed = Number(process.env.START_ENGINES_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const seen = { waking: 0, pages: 0, preflights: 0, problems: 0, unknown: 0 };

  await fc.assert(
    fc.asyncProperty(forged, async (event) => {
      await world.activator.advance(11_000);
      const before = world.sandbox.calls.lastSequence;
      const result = await world.activator.invoke(event);
      checkResult(result);
      count(result, seen);

      const calls = world.sandbox.calls.list({ after: before });
      const operations = calls.map(({ operation }) => operation);
      const allowed = ['GetParametersByPath', 'GetParameters', 'PutEvents'];
      expect(operations.filter((operation) => !allowed.includes(operation))).toEqual([]);
      const wakes = world.wakes(before);
      expect(wakes.length).toBeLessThanOrEqual(1);
      for (const { Source, DetailType, EventBusName, Detail } of wakes) {
        expect([Source, DetailType, EventBusName]).toEqual(['start-engines.activator', 'Wake ECS Service', 'engines']);
        const detail = Detail as Record<string, string>;
        expect(Object.keys(detail)).toEqual(['service', 'workspace', 'asked', 'correlationId']);
        expect(['auth', 'pdf']).toContain(detail.service);
        expect(detail.workspace).toBe('test');
        seen.waking += 1;
      }
    }),
    { seed, numRuns: 1_000 },
  );

  console.log(JSON.stringify(seen));
  // A generator that reaches only one kind of answer would prove nothing.
  for (const number of Object.values(seen)) expect(number).toBeGreaterThan(3);
}, 180_000);

function headersOf({ headers, multiValueHeaders }: AlbResult): Record<string, string> {
  const pairs =
    headers ?? Object.fromEntries(Object.entries(multiValueHeaders ?? {}).map(([name, list]) => [name, list[0] ?? '']));
  return { ...pairs };
}

function checkResult(result: AlbResult): void {
  const headers = headersOf(result);
  expect([204, 404, 503]).toContain(result.statusCode);
  if (result.statusCode === 204) expect(result.body).toBe('');
  expect(result.body).not.toMatch(internals);
  expect(result.body).not.toContain('hidden-value');
  // Markup in a title, path, header or host is text.
  expect(result.body.toLowerCase()).not.toMatch(/<script>alert|<img|onerror=alert\(2\)>/);
  expect(result.body.match(/<script>/g)?.length ?? 0).toBeLessThanOrEqual(1);
  for (const [name, value] of Object.entries(headers)) {
    expect(`${name}${value}`).toMatch(/^[ -~]*$/);
    expect(name).not.toMatch(/set-cookie/i);
  }
}

function count({ statusCode, ...result }: AlbResult, seen: Record<string, number>): void {
  const type = headersOf({ statusCode, ...result })['Content-Type'] ?? '';
  const kinds = {
    204: 'preflights',
    404: 'unknown',
    503: type.startsWith('text/html') ? 'pages' : 'problems',
  } as const;
  const kind = kinds[statusCode as keyof typeof kinds];
  seen[kind] = (seen[kind] ?? 0) + 1;
}
