import { parseMappingDocument } from '@start-engines/config';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import checkedIn from '../schema/service-mapping.schema.json' with { type: 'json' };
import { createJsonSchema } from '../scripts/json-schema.ts';
import { anyText, knownKeys, randomRun } from './support/any-document.ts';
import { authDocument, authGroup, authRule, defaultsDocument, faGroup } from './support/documents.ts';

const validate = new Ajv2020({ allErrors: true }).compile(checkedIn);

describe('the JSON Schema for editors', () => {
  it('is generated from the loader’s schema', () => {
    expect(checkedIn).toEqual(JSON.parse(JSON.stringify(createJsonSchema())));
  });

  it('describes every key', () => {
    expect(Object.keys(checkedIn.properties).sort()).toEqual([...knownKeys].sort());
    expect(Object.values(checkedIn.properties).every(({ description }) => description.length > 0)).toBe(true);
  });

  it('accepts the documents that the loader accepts', () => {
    expect(validate(defaultsDocument())).toBe(true);
    expect(validate({ $schema: './service-mapping.schema.json', ...authDocument() })).toBe(true);
  });

  it.each([
    ['an unknown key', { clustr: 'x' }],
    ['a port that is a string', { port: '8080' }],
    ['an empty list', { subnets: [] }],
    ['an empty string', { cluster: '' }],
    ['an empty environment', { environment: {} }],
    ['empty tags', { tags: {} }],
    ['more tags than a mapping may have', { tags: Object.fromEntries(Array.from('abcdefghijk', (key) => [key, ''])) }],
    ['a tag with the prefix of AWS', { tags: { 'aws:team': 'engines' } }],
    ['a tag with the prefix of marks', { tags: { 'start-engines:retire': 'engines' } }],
    ['tags from an ECS service', { propagateTags: 'SERVICE' }],
    ['a platform version with EC2', { platformVersion: 'LATEST', launchType: 'EC2' }],
    ['the reserved variable', { environment: { START_ENGINES_LAUNCH_FACTS: 'x' } }],
    ['permission to set the reserved variable', { allowOverrides: { environment: ['START_ENGINES_LAUNCH_FACTS'] } }],
    ['permission to change the role', { allowOverrides: { taskRoleArn: ['*'] } }],
    ['a repeated subnet', { subnets: ['subnet-a', 'subnet-a'] }],
    ['a launch type and a strategy', { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'A' }] }],
    ['a rule and several target groups', { listenerRuleArn: authRule, targetGroups: [{ arn: faGroup }] }],
    ['wake without paths', { wake: {} }],
    ['a wake path with a wildcard', { wake: { paths: ['/api/*'] } }],
    ['an idle time below five minutes', { idle: { afterSeconds: 299 } }],
    ['a lease of more than a week', { leaseSeconds: 604_801 }],
    ['one target group and several', { targetGroupArn: authGroup, targetGroups: [{ arn: faGroup }] }],
  ])('refuses %s', (_what, document) => {
    expect(validate(document)).toBe(false);
  });

  it('refuses no document that the loader accepts', () => {
    let taken = 0;
    fc.assert(
      fc.property(anyText, (text) => {
        const { document } = parseMappingDocument(text, { parameter: 'p', version: 1 });
        if (document === undefined) return;
        taken += 1;
        expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
      }),
      randomRun(2000),
    );
    expect(taken).toBeGreaterThan(50);
  });
});
