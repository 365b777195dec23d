import { expect, test } from 'vitest';
import { motoBackend } from '../../packages/aws/test/contract/moto-backend.ts';
import { createProbeClients } from '../../scripts/field/clients.ts';
import { probes } from '../../scripts/field/probes/index.ts';
import { readFacts } from '../../scripts/field/register.ts';
import { createProbeWorld, runProbe } from '../../scripts/field/run-probes.ts';
import { setUp } from '../../scripts/field/set-up.ts';
import { differsOnMoto } from './differs-on-moto.ts';

const comparable = probes.filter(({ fact }) => differsOnMoto[fact] === undefined);
const isAbsent = motoBackend.unavailable !== undefined && process.env.CI !== 'true';

test.skipIf(isAbsent)('every probe that moto is not known to fail holds on moto', async () => {
  await using moto = await motoBackend.start();
  const clients = createProbeClients(moto.region, moto.endpoint);
  const {
    vpcId,
    subnets,
    securityGroups: [securityGroup = ''],
  } = moto;
  const resources = await setUp(clients, {
    prefix: 'field-test-moto',
    network: { vpcId, subnets, securityGroup },
    urlOf: async () => moto.endpoint,
    hasFunctions: false,
  });
  const world = createProbeWorld(clients, resources);
  const results = await Promise.all(comparable.map((probe) => runProbe(probe, world)));
  clients.destroy();

  expect(results.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
  expect(results.length).toBeGreaterThan(5);
});

test('every difference of moto is one of a probe', () => {
  const known = new Set(probes.map(({ fact }) => fact));

  expect(Object.keys(differsOnMoto).filter((fact) => !known.has(fact))).toEqual([]);
});

test('a fact counts as verified on moto only if its probe runs on moto', () => {
  const onMoto = new Set(comparable.map(({ fact }) => fact));

  expect(readFacts().filter(({ id, verified }) => verified === 'moto' && !onMoto.has(id))).toEqual([]);
});
