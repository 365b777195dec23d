import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAwsAccess } from '../src/aws-access.ts';
import type { GlobalOptions } from '../src/global-options.ts';

const options: GlobalOptions = {
  workspace: 'dev',
  functionName: 'start-engines-lambda-dev:live',
  parameterPath: '/start-engines/dev',
  json: false,
  yes: false,
};

beforeEach(() => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
});
afterEach(() => vi.unstubAllEnvs());

describe('the region', () => {
  test.each([
    ['of the option comes first', { region: 'eu-west-1' }, { AWS_REGION: 'us-west-2' }, 'eu-west-1'],
    ['of the environment comes next', {}, { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' }, 'us-west-2'],
    ['may be in the AWS CLI’s variable', {}, { AWS_DEFAULT_REGION: 'us-west-1' }, 'us-west-1'],
    ['is us-east-2 by default', {}, {}, 'us-east-2'],
  ])('%s', async (_what, given, environment, region) => {
    const aws = createAwsAccess({ ...options, ...given }, environment, new AbortController().signal);
    const client = await aws.ssm();
    expect(await client.config.region()).toBe(region);
    aws.destroy();
  });
});

test('a client is created once', async () => {
  const aws = createAwsAccess(options, {}, new AbortController().signal);
  expect(await aws.lambda()).toBe(await aws.lambda());
  aws.destroy();
});
