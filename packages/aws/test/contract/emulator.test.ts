import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { readDefaultNetwork } from './default-network.ts';
import { describeContract } from './suite.ts';

/**
 * The contract on any emulator that is running already, at CONTRACT_ENDPOINT_URL. CONTRACT_DIFFERENCES names a JSON file of the
 * behaviours that it does not simulate, with reasons, as in `not-modelled-by-moto.ts`.
 */
const { CONTRACT_ENDPOINT_URL: endpoint, CONTRACT_DIFFERENCES: file } = process.env;

if (endpoint === undefined) {
  test.skip('the contract on another emulator needs CONTRACT_ENDPOINT_URL', () => {});
} else {
  const region = 'us-east-2';
  const notModelled = file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>);
  const start = async () => ({
    endpoint,
    region,
    ...(await readDefaultNetwork(endpoint, region)),
    [Symbol.asyncDispose]: async () => {},
  });
  describeContract({ backend: { name: endpoint, start }, notModelled });
}
