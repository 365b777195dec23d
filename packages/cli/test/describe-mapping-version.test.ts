import type { MappingVersions } from '@start-engines/core';
import { expect, test } from 'vitest';
import { describeMappingVersion } from '../src/output/describe-mapping-version.ts';

const describeVersions = (used: MappingVersions | undefined, newest: MappingVersions | undefined) => {
  const launch = { asked: '', correlationId: '', waitFor: 'running', deadline: '', targets: [] };
  return describeMappingVersion(
    { mapping: { problems: [], ...(newest === undefined ? {} : { versions: newest }) } },
    { launch: { ...launch, ...(used === undefined ? {} : { mappingVersions: used }) } },
  );
};

test.each([
  [{ service: 3 }, { service: 5 }, 'mapping version 3 (newest: 5)', true],
  [{ service: 3, defaults: 1 }, { service: 5, defaults: 1 }, 'mapping version 3 (newest: 5)', true],
  [
    { service: 5, defaults: 1 },
    { service: 5, defaults: 2 },
    'mapping version 5, defaults 1 (newest: 5, defaults 2)',
    true,
  ],
  [{ service: 5 }, { service: 5, defaults: 1 }, 'mapping version 5, defaults none (newest: 5, defaults 1)', true],
  [{ service: 7 }, { service: 1 }, 'mapping version 7 (newest: 1)', true],
  [{ service: 5, defaults: 1 }, { service: 5, defaults: 1 }, 'mapping version 5 (the newest)', false],
  [{ service: 5 }, undefined, 'mapping version 5', false],
])('a task with %j, of which the newest is %j: %s', (used, newest, text, isOutdated) => {
  expect(describeVersions(used, newest)).toEqual({ text, isOutdated });
});

test('a task of an earlier release has no mapping version', () => {
  expect(describeVersions(undefined, { service: 5 })).toBeUndefined();
});
