import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mappingDocument } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';
import { readJson } from './json-schema.ts';
import { parameterOf } from './mappings-world.ts';
import { type CliWorld, openCliWorld } from './open-cli-world.ts';

/** Their image does not exist, so that none of them starts a process. */
const reports = worldService('reports');
const names = Array.from({ length: 101 }, (_, index) => `report-${index}`);
let world: CliWorld;
beforeAll(async () => {
  world = await openCliWorld({ speed: 4, world: { services: [reports], eventPath: false } });
  const document = mappingDocument(reports, { 'reports-tg': world.door.targetGroupArn('reports-tg') });
  for (const name of names) {
    const Value = JSON.stringify(document);
    await world.door.clients.ssm.send(new PutParameterCommand({ Name: parameterOf(name), Type: 'String', Value }));
  }
});
afterAll(() => world[Symbol.asyncDispose]());

test('start --all starts more than a hundred in one request', async () => {
  const before = world.door.sandbox.calls.lastSequence;
  const { exitCode, stdout } = await world.engines('start', '--all', '--wait', 'none', '--json');

  // On a busy machine some tasks end before their start completes.
  const { results } = exitCode === 0 ? readJson('operation', stdout) : readJson('error', stdout).error;
  const started = results.map(({ service }: { service: string }) => service);
  expect(started).toEqual(['reports', ...names].toSorted());
  // One call for the names, one for the start.
  expect(world.door.sandbox.calls.list({ operation: 'Invoke', after: before })).toHaveLength(2);
});
