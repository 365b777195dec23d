import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { mappingDocument, parameterPath } from '../../scripts/world/seed-world.ts';
import { worldService } from '../../scripts/world/services.ts';
import { openFrontDoor } from './open-front-door.ts';

const names = Array.from({ length: 300 }, (_, index) => `engine-${index}`);

// Attack review, finding 8: 112 of 300 were MappingUnavailable, because each was read in a separate call.
test('three hundred mappings are read within Parameter Store’s rates before any start', async () => {
  await using door = await openFrontDoor({
    throttling: 'documented',
    unthrottledCallers: ['WORLD'],
    world: { services: [worldService('auth')], eventPath: false },
  });
  const document = mappingDocument(worldService('auth'), { 'auth-lb': door.targetGroupArn('auth-lb') });
  for (const [index, name] of names.entries()) {
    // The services depend on each other in pairs, so nothing can start after all mappings are read.
    const Value = JSON.stringify({ ...document, dependsOn: [`engine-${index % 2 === 0 ? index + 1 : index - 1}`] });
    await door.clients.ssm.send(
      new PutParameterCommand({ Name: `${parameterPath}/services/${name}`, Type: 'String', Value }),
    );
  }
  const { thrown } = await door.invoke({ action: 'start', services: names });
  expect(thrown?.name).toBe('SeveralFailed');
  expect(thrown?.message.match(/MappingUnavailable/g) ?? []).toEqual([]);
  expect(thrown?.message.match(/MappingInvalid/g)?.length).toBeGreaterThanOrEqual(300);
  const reads = door.sandbox.calls
    .list({ service: 'ssm', mutating: false })
    .filter((call) => call.caller.startsWith('SANDBOXLAMBDA') && call.error === undefined);
  // 31 pages of mappings, the defaults, and a page of Terraform's records.
  expect(reads).toHaveLength(33);
}, 60_000);
