import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyText, randomRun } from './support/any-document.ts';
import { authDocument, defaultsDocument } from './support/documents.ts';

const required = ['cluster', 'taskDefinition', 'port', 'subnets', 'targetGroupArn', 'listenerRuleArn'];

function keysOf(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

/** The document's key at the start of a path. */
function firstStep(path: string): string {
  const quoted = /^\[(".*?[^\\]"|"")\]/.exec(path)?.[1];
  return quoted === undefined ? (path.split(/[.[]/)[0] ?? '') : JSON.parse(quoted);
}

it('any documents of a service and its defaults give a mapping, or a problem that names the key', () => {
  const seen = { mappings: 0, broken: 0 };
  fc.assert(
    fc.property(anyText, anyText, fc.boolean(), (own, defaults, ownIsWhole) => {
      const ownText = ownIsWhole ? JSON.stringify({ ...defaultsDocument(), ...authDocument() }) : own;
      const parsedOwn = parseMappingDocument(ownText, { parameter: 'own', version: 2 });
      const parsedDefaults = parseMappingDocument(defaults, { parameter: 'defaults', version: 1 });
      const { mapping, problems } = mergeMapping(parsedDefaults, parsedOwn, 'auth');
      if (mapping === undefined) {
        seen.broken += 1;
        expect(problems.length).toBeGreaterThan(0);
        const keys = { own: [...keysOf(ownText), ...required, ''], defaults: [...keysOf(defaults), ''] };
        for (const { parameter, key, message } of problems) {
          expect(keys[parameter as keyof typeof keys]).toContain(firstStep(key));
          expect(message).not.toBe('');
        }
      } else {
        seen.mappings += 1;
        expect(problems).toEqual([]);
        expect(mapping).toMatchObject({ service: 'auth', port: expect.any(Number), cluster: expect.any(String) });
        expect(mapping.targetGroups.length).toBeGreaterThan(0);
      }
    }),
    randomRun(3000),
  );
  console.log(`${seen.mappings} mappings, ${seen.broken} broken`);
  // A generator with only one kind of document would prove nothing.
  expect(seen.mappings).toBeGreaterThan(50);
  expect(seen.broken).toBeGreaterThan(500);
});
