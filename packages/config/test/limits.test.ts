import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { expect, it } from 'vitest';
import { authDocument, authGroup, defaultsDocument } from './support/documents.ts';

const parameter = { parameter: '/start-engines/dev/services/auth', version: 7 };
const whole = { ...defaultsDocument(), ...authDocument() };

/** All problems of a service without defaults, each as `key: message`. */
function problemsOf(document: unknown): string[] {
  const own = parseMappingDocument(JSON.stringify(document), parameter);
  return mergeMapping(undefined, own, 'auth').problems.map(({ key, message }) => `${key}: ${message}`);
}

const list = <Item>(length: number, item: (index: number) => Item) => Array.from({ length }, (_, index) => item(index));
const provider = (changes: object = {}) => ({ capacityProvider: 'FARGATE', ...changes });
const providers = (length: number) => list(length, (index) => provider({ capacityProvider: `p-${index}`, weight: 1 }));
const variable = (length: number) => ({ ['A'.repeat(length)]: 'x' });

it.each<[key: string, right: unknown[], wrong: unknown[]]>([
  ['subnets', [list(16, (index) => `subnet-${index}`)], [list(17, (index) => `subnet-${index}`)]],
  ['subnets', [['subnet-a']], [['x-subnet-a'], ['subnet-a;']]],
  ['securityGroups', [list(5, (index) => `sg-${index}`)], [['x-sg-a'], ['sg-a;']]],
  ['dependsOn', [['a'.repeat(24)]], [['a'.repeat(25)]]],
  ['environment', [variable(255)], [variable(256)]],
  ['capacityProviderStrategy', [[provider({ base: 0 })], providers(20)], [[provider({ base: -1 })], providers(21)]],
  ['capacityProviderStrategy', [[provider({ weight: 1000 })]], [[provider({ weight: 1001 })]]],
  ['capacityProviderStrategy', [[provider({ base: 100_000 })]], [[provider({ base: 100_001 })]]],
  ['allowOverrides', [{ targetGroupArn: [authGroup] }, { targetGroupArn: ['*'] }], [{ targetGroupArn: ['auth'] }]],
  ['allowOverrides', [{ subnets: ['subnet-a'] }, { subnets: ['subnet-*'] }], [{ subnets: ['sg-a'] }]],
  ['allowOverrides', [{ securityGroups: ['sg-a'] }, { securityGroups: ['*'] }], [{ securityGroups: ['subnet-a'] }]],
  ['allowOverrides', [{ containerName: ['web'] }, { containerName: ['web-*'] }], [{ containerName: ['a b'] }]],
  ['allowOverrides', [{ startTimeoutSeconds: [10, 840] }], [{ startTimeoutSeconds: [841] }]],
])('%s accepts values within its limits, and no others', (key, right, wrong) => {
  for (const value of right) expect(problemsOf({ ...whole, [key]: value })).toEqual([]);
  for (const value of wrong) {
    const problems = problemsOf({ ...whole, [key]: value });
    expect(problems.map((problem) => problem.split(/[.[:]/)[0])).toEqual([key]);
  }
});

it.each(['cluster', 'taskDefinition', 'port', 'subnets'])('a mapping without %s is invalid', (key) => {
  expect(problemsOf({ ...whole, [key]: undefined })).toEqual([`${key}: is required`]);
});
