import { startSandbox } from '@start-engines/sandbox';
import { expect, test } from 'vitest';
import { createProbeClients } from '../../scripts/field/clients.ts';
import { probes } from '../../scripts/field/probes/index.ts';
import { createProbeWorld, runProbe } from '../../scripts/field/run-probes.ts';
import { setUp } from '../../scripts/field/set-up.ts';
import { lies } from './lies.ts';
import { plant } from './plant.ts';

const network = {
  vpcId: 'vpc-0a1b2c3d',
  subnets: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
  securityGroup: 'sg-0a1b2c3d',
};

test('every probe notices when AWS behaves differently', async () => {
  await using sandbox = await startSandbox({ durations: 'quick' });
  const { region, endpoint } = sandbox;
  const clients = createProbeClients(region, endpoint);
  const urlOf = (name: string) => sandbox.loadBalancerUrl(name);
  const resources = await setUp(clients, { prefix: 'field-test-planted', network, urlOf });
  clients.destroy();
  const waiting = [...probes];
  const outcomes: string[] = [];
  const work = async () => {
    for (let probe = waiting.shift(); probe !== undefined; probe = waiting.shift()) {
      const lie = lies[probe.fact];
      const own = createProbeClients(region, endpoint);
      if (lie !== undefined) plant(own, lie);
      // The probe of MISSING waits in vain for the task.
      const patienceMs = probe.fact === 'AWS-008' ? 3_000 : 20_000;
      const { outcome, observed } = await runProbe(probe, createProbeWorld(own, resources, patienceMs));
      outcomes.push(`${probe.fact} ${outcome}${outcome === 'differs' ? '' : `: ${observed}`}`);
      own.destroy();
    }
  };
  await Promise.all(Array.from({ length: 10 }, work));

  expect(outcomes.toSorted()).toEqual(probes.map(({ fact }) => `${fact} differs`));
}, 180_000);
