import { startSandbox } from '@start-engines/sandbox';
import type { Backend } from './backend.ts';

/** The sandbox, with eventual consistency, real processes and real health checks. */
export const sandboxBackend: Backend = {
  name: 'the sandbox',
  makesItHard: true,
  async start() {
    const sandbox = await startSandbox({ apiPort: 0, loadBalancerPort: 0, durations: 'quick' });
    return {
      endpoint: sandbox.endpoint,
      region: sandbox.region,
      vpcId: 'vpc-0a1b2c3d',
      subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      securityGroups: ['sg-0a1b2c3d'],
      plant: (trouble) => void sandbox.faults.plant(trouble),
      publish: (input) => sandbox.cloudWatch.put(input as Parameters<typeof sandbox.cloudWatch.put>[0]),
      hardships() {
        const { staleReads, replays, conflicts } = sandbox.stats();
        return { seed: sandbox.seed, staleReads, replayedTokens: replays, conflicts };
      },
      [Symbol.asyncDispose]: () => sandbox.close(),
    };
  },
};
