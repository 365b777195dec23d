import { describe, expect, test } from 'vitest';
import { fixed, forward, judge, last, other, own, paths, regex, rule } from './judge-rules.ts';
import { targetGroupArn } from './sound-evidence.ts';

// Public bug reports, case 06: a rule that doctor cannot evaluate gives an unknown result, never a wrong verdict.

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
