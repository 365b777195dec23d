import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import { createLoadBalancerReader } from '../../src/doctor/gather-load-balancers.ts';
import { matchRegex } from '../../src/doctor/match-regex.ts';
import { createMendCommands } from '../../src/doctor/mend-commands.ts';
import { soundEvidence, targetGroupArn } from './sound-evidence.ts';

// Public bug reports, case 06: a rule that doctor cannot evaluate gives an unknown result, never a wrong verdict.

const options = {
  workspace: 'dev',
  functionName: 'f:live',
  parameterPath: '/start-engines/dev',
  json: false,
  yes: false,
};
const otherGroup = targetGroupArn.replace('auth/', 'other/');
const forward = { Type: 'forward', TargetGroupArn: targetGroupArn };
const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } };
const last = { RuleArn: 'arn:default', Priority: 'default', IsDefault: true, Conditions: [], Actions: [fixed] };
const paths = { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/auth', '/api/auth/*'] } };
const regex = (...RegexValues: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { RegexValues } });
const host = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const rule = (Priority: number, Conditions: object[], Actions: object[]) => ({
  RuleArn: `arn:rule-${Priority}`,
  Priority: String(Priority),
  Conditions,
  Actions,
});
const own = (...conditions: object[]) => rule(10, conditions.length === 0 ? [paths] : conditions, [forward]);
const other = (...conditions: object[]) => rule(5, conditions, [fixed]);

/** Doctor's result for these listener rules in DescribeRules. */
async function judge(rules: readonly object[], asked: { readonly host?: string } = {}) {
  const replies: Record<string, object> = {
    DescribeLoadBalancersCommand: { LoadBalancers: [{ LoadBalancerArn: 'arn:alb', LoadBalancerName: 'shared' }] },
    DescribeListenersCommand: { Listeners: [{ ListenerArn: 'arn:listener', Protocol: 'HTTPS', Port: 443 }] },
    DescribeRulesCommand: { Rules: [...rules, last] },
  };
  const client = { send: async (command: object) => replies[command.constructor.name] };
  const reader = await createLoadBalancerReader({ elasticLoadBalancing: async () => client } as never);
  const [read] = await reader.balancers(['arn:alb']);
  // biome-ignore lint/suspicious/noExplicitAny: evidence is deep and read-only
  const evidence = { ...structuredClone(soundEvidence()), ...asked } as any;
  evidence.loadBalancers.value[0].listeners = read?.listeners;
  const link = diagnose(evidence, createMendCommands(options, 'us-east-2')).links.find(
    ({ id }) => id === 'listener-rule',
  );
  return { status: link?.status, summary: link?.summary, mend: link?.mend[0] };
}

describe('routes to the service', () => {
  const leads = 'shared (HTTPS 443) routes /api/auth and /api/auth/* to the service';
  test.each<[what: string, rules: object[], remark: string, asked?: { host: string }]>([
    ['a regular expression', [own(regex('^/api/auth(/.*)?$'))], ''],
    ['a regular expression with an escaped slash', [own(regex('^\\/api\\/auth(\\/.*)?$'))], ''],
    ['one of several regular expressions', [own(regex('^/x$', '^/api/(auth|pdf)(/.*)?$'))], ''],
    [
      'a regular expression in the condition itself',
      [own({ Field: 'path-pattern', RegexValues: ['^/api/auth'] }), own()],
      '',
    ],
    ['values in the condition itself', [own({ Field: 'path-pattern', Values: ['/api/auth', '/api/auth/*'] })], ''],
    ['wildcards', [own({ Field: 'path-pattern', Values: ['/api/au?h*'] })], ''],
    ['a regular expression of another rule that does not match', [other(regex('^/api/pdf/.*$')), own()], ''],
    ['a regular expression of another rule in another case', [other(regex('^/API/.*$')), own()], ''],
    [
      'authentication before the forward',
      [
        rule(
          10,
          [paths],
          [
            { ...forward, Order: 2 },
            { Type: 'authenticate-oidc', Order: 1 },
          ],
        ),
      ],
      ', after authenticate-oidc',
    ],
    [
      'JWT validation before the forward',
      [
        rule(
          10,
          [paths],
          [
            { Type: 'jwt-validation', Order: 1 },
            { ...forward, Order: 5 },
          ],
        ),
      ],
      ', after jwt-validation',
    ],
    [
      'a URL rewrite, which affects the target and not the rules',
      [
        {
          ...own(),
          Transforms: [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/api', Replace: '/' }] } }],
        },
      ],
      ', after a url-rewrite transform',
    ],
    [
      'a share of the requests, by weight',
      [
        rule(
          10,
          [paths],
          [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 9 }, { TargetGroupArn: otherGroup }],
              },
            },
          ],
        ),
      ],
      ', with a weight of 9 in 10',
    ],
    [
      'all requests if the other target group has weight 0',
      [
        rule(
          10,
          [paths],
          [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: otherGroup, Weight: 0 },
                  { TargetGroupArn: targetGroupArn, Weight: 1 },
                ],
              },
            },
          ],
        ),
      ],
      '',
    ],
    [
      'a condition on the method',
      [own(paths, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } })],
      ', if its http-request-method condition is met',
    ],
    ['another rule for another host', [other(host('admin.example')), own(host('api.example'), paths)], ''],
    [
      'another rule for a host if none is given',
      [other(host('admin.example')), own()],
      ', except for admin.example (rule 5)',
    ],
    [
      'another rule for another host than the given one',
      [other(host('*.admin.example')), own()],
      '',
      { host: 'api.example' },
    ],
    ['hosts in upper or lower case', [own(host('API.example'), paths)], '', { host: 'api.EXAMPLE' }],
    [
      'a regular expression for the host',
      [own({ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^API\\.example$'] } }, paths)],
      '',
      { host: 'api.example' },
    ],
    ['another rule of lower priority', [own(), rule(20, [regex('.*')], [fixed])], ''],
  ])('%s', async (_, rules, remark, asked) => {
    expect(await judge(rules, asked)).toMatchObject({ status: 'ok', summary: leads + remark });
  });
});

describe('does not route to the service', () => {
  test.each<[what: string, rules: object[], summary: RegExp, asked?: { host: string }]>([
    [
      'another rule matches the path with a regular expression',
      [other(regex('^/api/.*$')), own()],
      /^another rule of shared .* matches \/api\/auth before the service's own rule$/,
    ],
    ['the rules are listed out of order', [own(), other(regex('^/api/.*$'))], /^another rule of shared/],
    [
      'a regular expression matches the path but not the paths below it',
      [own(regex('^/api/auth$'))],
      /^shared .* does not route \/api\/auth\/\* to the service$/,
    ],
    [
      'a regular expression matches only in upper case',
      [own(regex('^/API/auth(/.*)?$'))],
      /^no rule of shared .* routes \/api\/auth to auth$/,
    ],
    [
      'authentication is followed by a fixed response',
      [
        rule(
          10,
          [paths],
          [
            { ...fixed, Order: 2 },
            { Type: 'authenticate-oidc', Order: 1 },
          ],
        ),
      ],
      /^no rule of shared/,
    ],
    [
      'the service has weight 0',
      [
        rule(
          10,
          [paths],
          [
            {
              Type: 'forward',
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: targetGroupArn, Weight: 0 },
                  { TargetGroupArn: otherGroup, Weight: 1 },
                ],
              },
            },
          ],
        ),
      ],
      /^shared .* routes \/api\/auth to another target group than the service's$/,
    ],
    [
      'the host differs',
      [own({ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^api\\.example$'] } }, paths)],
      /^no rule of shared/,
      { host: 'www.example' },
    ],
    [
      'another rule matches the service’s own host',
      [other(host('*.example'), regex('^/api/.*$')), own(host('api.example'), paths)],
      /^another rule of shared/,
    ],
  ])('%s', async (_, rules, summary, asked) => {
    expect(await judge(rules, asked)).toMatchObject({ status: 'broken', summary: expect.stringMatching(summary) });
  });

  test('the suggested rule comes before the rule that matches the path', async () => {
    const { mend } = await judge([other(regex('^/api/.*$'))]);
    expect(mend).toContain('create-rule --listener-arn arn:listener --priority 4 ');
  });

  test('no suggested command drops conditions of the rule', async () => {
    const { mend } = await judge([
      own(regex('^/api/auth$'), { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }),
    ]);
    expect(mend).toMatch(/^Extend the path condition of rule 10 so that it also matches \/api\/auth\/\*;/);
  });
});

describe('is unknown, with the rule that cannot be evaluated', () => {
  const doubt = 'whether shared (HTTPS 443) routes /api/auth to the service: rule 5 may match it: ';
  const header = { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Canary', Values: ['1'] } };
  test.each<[what: string, rules: object[], summary: string]>([
    ['a header', [other(paths, header), own()], `${doubt}its http-header condition depends on the request`],
    [
      'a query string',
      [other(paths, { Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'v1' }] } }), own()],
      `${doubt}its query-string condition depends on the request`,
    ],
    [
      'a source',
      [other(paths, { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }), own()],
      `${doubt}its source-ip condition depends on the request`,
    ],
    [
      'an unknown field',
      [other(paths, { Field: 'cookie', CookieConfig: {} }), own()],
      `${doubt}its condition on cookie is unknown`,
    ],
    ['a condition without a field', [other({}), own()], `${doubt}its condition names no field`],
    ['a rule without conditions', [other(), own()], `${doubt}its conditions are not shown`],
    [
      'a path condition without values',
      [other({ Field: 'path-pattern', PathPatternConfig: {} }), own()],
      `${doubt}its path-pattern condition shows no values`,
    ],
    [
      'an unknown member, which may negate the values',
      [other({ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'], Negate: true } }), own()],
      `${doubt}its path-pattern condition has Negate, which is unknown`,
    ],
    [
      'a regular expression that JavaScript reads differently',
      [other(regex('^/api/[[:alpha:]]+.*$')), own()],
      `${doubt}its regular expression ^/api/[[:alpha:]]+.*$ cannot be evaluated`,
    ],
    [
      'a regular expression for hosts if no host is given',
      [other({ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^a'] } }), own()],
      `${doubt}its regular expression for hosts ^a cannot be evaluated`,
    ],
    ['an unknown action', [rule(5, [paths], [{ Type: 'tarpit' }]), own()], `${doubt}its action (tarpit) is unknown`],
    [
      'an unknown action before the last one',
      [
        rule(
          5,
          [paths],
          [
            { Type: 'meter', Order: 1 },
            { ...forward, Order: 2 },
          ],
        ),
        last,
      ],
      `${doubt}its action (meter before forward) is unknown`,
    ],
    [
      'weights of 0 only',
      [
        rule(
          5,
          [paths],
          [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 0 }] } }],
        ),
      ],
      `${doubt}its action (forward with all weights 0) is unknown`,
    ],
    [
      'an unknown member',
      [{ ...rule(5, [paths], [fixed]), Enabled: false }, own()],
      `${doubt}its member Enabled is unknown`,
    ],
    [
      'an unknown member of the action',
      [rule(5, [paths], [{ ...forward, ForwardConfig: { Mirror: 'x' } }])],
      `${doubt}its action (forward with Mirror) is unknown`,
    ],
    [
      'the service’s own rule',
      [rule(5, [paths, { Field: 'cookie' }], [forward])],
      `${doubt}its condition on cookie is unknown`,
    ],
    [
      'the service’s own regular expression, which matches part of the path',
      [rule(5, [regex('/api/auth')], [forward])],
      `${doubt}its regular expression /api/auth cannot be evaluated`,
    ],
  ])(
    '%s',
    async (_, rules, summary) => {
      expect(await judge(rules)).toEqual({ status: 'unknown', summary, mend: undefined });
    },
    20_000,
  );

  test.each<[what: string, rules: object[]]>([
    ['because it also forwards to the service', [rule(5, [paths, { Field: 'cookie' }], [forward]), own()]],
    ['because its path differs', [other({ Field: 'path-pattern', Values: ['/api/pdf'] }, header), own()]],
    ['because it comes later', [own(), rule(20, [{ Field: 'cookie' }], [fixed])]],
  ])('unless the unknown rule makes no difference: %s', async (_, rules) => {
    expect(await judge(rules)).toMatchObject({ status: 'ok' });
  });
});

test.each([
  ['^/api/auth$', '/api/auth', 'yes'],
  ['^/api/auth$', '/api/auth/x', 'no'],
  ['/api/.*', '/api/auth', 'yes'],
  ['auth', '/api/auth', 'unknown'],
  ['^/api/(?:auth|pdf)$', '/api/pdf', 'yes'],
  ['^/api/v\\d+\\.\\w{2}$', '/api/v12.ab', 'yes'],
  ['^/api\\-auth$', '/api-auth', 'yes'],
  ['^\\A/api', '/api', 'unknown'],
  ['^/(?!api)', '/api', 'unknown'],
  ['(?i)^/api$', '/api', 'unknown'],
  ['^/\\p{L}+$', '/api', 'unknown'],
  ['^/(a)\\1$', '/aa', 'unknown'],
  ['^/[a-z&&[aeiou]]$', '/a', 'unknown'],
  ['^/api(', '/api', 'unknown'],
  ['^/a*+$', '/a', 'unknown'],
  // This match would never end.
  ['^/(a+)+$', `/${'a'.repeat(50)}!`, 'unknown'],
] as const)('the regular expression %s and %s: %s', (pattern, text, match) => {
  expect(matchRegex(text, pattern, false)).toBe(match);
});
