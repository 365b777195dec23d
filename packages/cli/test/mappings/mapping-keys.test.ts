import { expect, test } from 'vitest';
import schema from '../../../config/schema/service-mapping.schema.json' with { type: 'json' };
import { formatMappingKeys, mappingKeys } from '../../src/mappings/mapping-keys.ts';

test('the help lists every key of the JSON Schema, and no other', () => {
  const known = Object.keys(schema.properties).filter((key) => key !== '$schema');
  expect(mappingKeys.toSorted()).toEqual(known.toSorted());
});

test('the help fits eighty columns', () => {
  expect(
    formatMappingKeys()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
  expect(formatMappingKeys()).toMatch(/^ {2}cluster, taskDefinition, .*,\n {2}.*allowOverrides$/s);
});
