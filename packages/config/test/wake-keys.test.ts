import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { expect, it } from 'vitest';
import { authDocument, authRule, defaultsDocument, faGroup } from './support/documents.ts';

const whole = { ...defaultsDocument(), ...authDocument() };
const waking = { ...whole, listenerRuleArn: authRule, wake: { paths: ['/api/auth'] } };

function problemsOf(document: object, defaults?: object): string[] {
  const own = parseMappingDocument(JSON.stringify(document), { parameter: 'own', version: 1 });
  const common = defaults && parseMappingDocument(JSON.stringify(defaults), { parameter: 'defaults', version: 1 });
  return mergeMapping(common, own, 'auth').problems.map(
    ({ parameter, key, message }) => `${parameter}: ${key}: ${message}`,
  );
}

it('a service with all keys for waking, idle stops and leases is valid', () => {
  const document = {
    ...waking,
    wake: {
      paths: ['/api/auth', '/', "/a.b_c-d~e$f'g@h:i+j&k,l"],
      ignorePaths: ['/api/auth/ping', '*/metrics'],
      ignoreUserAgents: ['Zabbix*', '*monitor*'],
      allowOrigins: ['https://app.example.com', 'http://localhost:3000', '*'],
      holdSeconds: 25,
      title: 'Anmeldung für Gäste',
    },
    idle: { afterSeconds: 300, minUpSeconds: 0, ignoreRequests: 3, longConnections: true },
    leaseSeconds: 60,
  };
  expect(problemsOf(document)).toEqual([]);
  expect(problemsOf({ ...waking, leaseSeconds: 604_800, idle: { afterSeconds: 604_800 } })).toEqual([]);
});

it.each<[wake: object, problem: string]>([
  [{}, 'wake.paths: expected a list of paths, got nothing'],
  [{ paths: [] }, 'wake.paths: expected a list with at least one item, got an empty list'],
  [{ paths: ['/a', '/a'] }, 'wake.paths[1]: repeats item 0'],
  [{ paths: ['/a'], hold: 5 }, 'wake.hold: is an unknown key'],
  [{ paths: ['/a'], holdSeconds: 26 }, 'wake.holdSeconds: expected a whole number of seconds from 0 to 25, got 26'],
  [{ paths: ['/a'], holdSeconds: -1 }, 'wake.holdSeconds: expected a whole number of seconds from 0 to 25, got -1'],
])('wake %j has the problem %s', (wake, problem) => {
  expect(problemsOf({ ...waking, wake })).toEqual([`own: ${problem}`]);
});

it.each([
  ['paths', ['api', '/api/', '/a//b', '/a*', '/a?b', '/a b', '/ä', '//evil.example', `/${'a'.repeat(128)}`, '']],
  ['ignorePaths', ['ping', '', '/a b', `/${'a'.repeat(128)}`]],
  ['ignoreUserAgents', ['*', '', '***', 'a\n', 'a'.repeat(129)]],
  [
    'allowOrigins',
    ['app.example.com', 'https://app.example.com/', 'https://', 'ftp://a.example', 'null', 'https://a b'],
  ],
])('wake.%s refuses invalid values', (key, values) => {
  for (const value of values) {
    const wake = { paths: ['/api/auth'], [key]: [value] };
    expect(problemsOf({ ...waking, wake }), value).toEqual([
      expect.stringMatching(new RegExp(`^own: wake\\.${key}\\[0\\]: expected `)),
    ]);
  }
});

it.each(['', ' Auth', 'Auth ', 'a'.repeat(81), 'two\nlines'])('wake.title refuses %j', (title) => {
  expect(problemsOf({ ...waking, wake: { paths: ['/a'], title } })).toEqual([
    expect.stringMatching(/^own: wake\.title: expected a name of 1 to 80 characters/),
  ]);
});

it.each<[keys: object, problem: string]>([
  [{ idle: {} }, 'idle.afterSeconds: expected a whole number of seconds from 300 to 604800, got nothing'],
  [
    { idle: { afterSeconds: 299 } },
    'idle.afterSeconds: expected a whole number of seconds from 300 to 604800, got 299',
  ],
  [{ leaseSeconds: 59 }, 'leaseSeconds: expected a whole number of seconds from 60 to 604800, got 59'],
  [{ leaseSeconds: 604_801 }, 'leaseSeconds: expected a whole number of seconds from 60 to 604800, got 604801'],
  [{ listenerRuleArn: 'rule' }, 'listenerRuleArn: expected the ARN of a listener rule, got the string "rule"'],
  [
    { idle: { afterSeconds: 300, ignoreRequests: 1 } },
    'idle.ignoreRequests: requires wake.ignorePaths or wake.ignoreUserAgents when above 0: the requests that it ignores would wake the service',
  ],
])('%j has the problem %s', (keys, problem) => {
  expect(problemsOf({ ...waking, ...keys })).toEqual([`own: ${problem}`]);
});

it('every target group of a service that requests wake needs its listener rule', () => {
  const { listenerRuleArn, ...withoutRule } = waking;
  expect(problemsOf(withoutRule)).toEqual(['own: listenerRuleArn: is required with wake']);
  const { targetGroupArn, ...withoutGroup } = withoutRule;
  const targetGroups = [{ arn: targetGroupArn, listenerRuleArn }, { arn: faGroup }];
  expect(problemsOf({ ...withoutGroup, targetGroups })).toEqual([
    'own: targetGroups[1].listenerRuleArn: is required with wake',
  ]);
});

it('a listener rule next to several target groups is refused, because it belongs to none of them', () => {
  const { targetGroupArn, ...withoutGroup } = waking;
  const targetGroups = [{ arn: targetGroupArn, listenerRuleArn: authRule }];
  expect(problemsOf({ ...withoutGroup, targetGroups })).toEqual([
    'own: targetGroups: excludes listenerRuleArn: only one of the two may be given',
  ]);
});

it('wake in the defaults is refused, because every service would have the same paths', () => {
  expect(problemsOf(waking, { wake: { paths: ['/api'] } })).toEqual([
    "defaults: wake: belongs in a service's own document: two services cannot share their paths",
  ]);
});

it('idle requires wake, because an idle stop sends requests to the activator', () => {
  const problem = 'idle: requires wake: an idle stop sends requests to the activator first';
  expect(problemsOf({ ...whole, idle: { afterSeconds: 900 } })).toEqual([`own: ${problem}`]);
});

it('idle in the defaults applies only to services with wake, and the others stay valid', () => {
  expect(problemsOf(waking, { idle: { afterSeconds: 900 } })).toEqual([]);
  expect(problemsOf(whole, { idle: { afterSeconds: 900 } })).toEqual([]);
  expect(problemsOf(waking, { idle: { afterSeconds: 900, ignoreRequests: 1 } })).toEqual([
    expect.stringContaining('defaults: idle.ignoreRequests: requires wake.ignorePaths'),
  ]);
});
