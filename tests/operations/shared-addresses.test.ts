import { describe, expect, test } from 'vitest';
import { deregistered, openInheritance, operations, standing } from './shared-addresses.ts';

// Attack review, findings 11 and 12: another service's task now has the address of an ended task.

const cells = Object.keys(operations).flatMap((operation) =>
  [true, false].map((exclusive) => ({ operation, exclusive })),
);

describe.for(cells)('$operation, exclusiveTargetGroup $exclusive', ({ operation, exclusive }) => {
  test('keeps another service’s target in the same group on another port', async () => {
    const inheritance = await openInheritance('same group, other port', { exclusive });
    const { room, ip } = inheritance;
    await room.world.finish(operations[operation]?.(inheritance) ?? Promise.reject());
    expect(deregistered(room, room.targetGroupArn)).toEqual([`${ip}:8080`]);
    expect(standing(room, room.targetGroupArn)).toContain(`${ip}:8081`);
  });

  test('keeps another service’s target in the same group on the same port', async () => {
    const inheritance = await openInheritance('same group, same port', { exclusive });
    const { room, ip } = inheritance;
    await room.world.finish(operations[operation]?.(inheritance) ?? Promise.reject());
    expect(deregistered(room, room.targetGroupArn)).toEqual([]);
    expect(standing(room, room.targetGroupArn)).toContain(`${ip}:8080`);
  });

  test("deregisters a leftover target whose traffic would reach another service's task", async () => {
    const inheritance = await openInheritance('own group', { exclusive });
    const { room, ip } = inheritance;
    expect(room.targets()).toEqual([`${ip}:8080 healthy`]);
    await room.world.finish(operations[operation]?.(inheritance) ?? Promise.reject());
    expect(standing(room, room.targetGroupArn)).not.toContain(`${ip}:8080`);
    expect(standing(room, room.secondGroupArn)).toEqual([`${ip}:8080`]);
  });
});
