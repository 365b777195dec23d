import { describe, expect, test } from 'vitest';
import { fixed, forward, host, judge, other, otherGroup, own, paths, regex, rule } from './judge-rules.ts';
import { targetGroupArn } from './sound-evidence.ts';

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
