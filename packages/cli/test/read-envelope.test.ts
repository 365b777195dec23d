import { expect, test } from 'vitest';
import { parseEnvelope } from '../src/envelope/read-envelope.ts';

const parameter = '/start-engines/dev/envelope';
const envelope = {
  clusters: ['auth-cluster'],
  taskFamilies: ['auth-*'],
  taskRoleArns: ['arn:aws:iam::123456789012:role/auth-task'],
  targetGroupArns: ['arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/*'],
};
// The output of base64gzip(jsonencode(…)) in terraform console.
const compressed =
  'H4sIAAAAAAAA/1yOvQ7CMAyE3yUjoiot/95YYGdFHUxrhQg3QbEDA+LdUQkCwWrffd/dTctJlKIYOBhMeireB9OMjWK0pLsY0mUTfY5ED3gTIEZR13LA7oiMvnXeQpKCULSooaqns/liuVpPqhoyxg6Y8qXo6FqOskDOW+wdO/oO+Hz2genf67CHX3oMTBk7dEzzeAIAAP//AQAA///KMbyt1AAAAA==';

test.each([
  ['as Terraform writes it', JSON.stringify(envelope)],
  ['compressed, as Terraform writes it for many services', compressed],
])('an envelope can be read %s', (_what, text) => {
  expect(parseEnvelope(text, parameter)).toEqual(envelope);
});

test.each([
  ['is neither', 'H4sI'],
  ['has no lists', '{"clusters":[]}'],
  ['is nothing', ''],
])('an envelope that %s is an error that names its writer', (_what, text) => {
  expect(() => parseEnvelope(text, parameter)).toThrow(
    expect.objectContaining({ code: 'EnvelopeInvalid', hint: 'Terraform writes it: apply the workspace again.' }),
  );
});
