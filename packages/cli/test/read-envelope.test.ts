import { expect, test } from 'vitest';
import { parseEnvelope } from '../src/envelope/read-envelope.ts';

const parameter = '/start-engines/dev/envelope';
const envelope = {
  clusters: ['auth-cluster'],
  taskFamilies: ['auth-*'],
  taskRoleArns: ['arn:aws:iam::123456789012:role/auth-task'],
  targetGroupArns: ['arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/*'],
};
// What terraform console says to base64gzip(jsonencode(…)) of it.
const compressed =
  'H4sIAAAAAAAA/1yOvQ7CMAyE3yUjoiot/95YYGdFHUxrhQg3QbEDA+LdUQkCwWrffd/dTctJlKIYOBhMeireB9OMjWK0pLsY0mUTfY5ED3gTIEZR13LA7oiMvnXeQpKCULSooaqns/liuVpPqhoyxg6Y8qXo6FqOskDOW+wdO/oO+Hz2genf67CHX3oMTBk7dEzzeAIAAP//AQAA///KMbyt1AAAAA==';

test.each([
  ['as Terraform writes it', JSON.stringify(envelope)],
  ['compressed, as Terraform writes that of many services', compressed],
])('an envelope is read %s', (_what, text) => {
  expect(parseEnvelope(text, parameter)).toEqual(envelope);
});

test.each([
  ['is neither', 'H4sI'],
  ['has no lists', '{"clusters":[]}'],
  ['is nothing', ''],
])('an envelope that %s is an error that says who writes it', (_what, text) => {
  expect(() => parseEnvelope(text, parameter)).toThrow(
    expect.objectContaining({ code: 'EnvelopeInvalid', hint: 'Terraform writes it: apply the workspace again.' }),
  );
});
