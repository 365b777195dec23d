import { expect, test } from 'vitest';
import { describeStop } from '../src/output/format-status.ts';

const essentialExit = { code: 'EssentialContainerExited', reason: 'Essential container in task exited' };
const containers = [
  { name: 'proxy', exitCode: 143 },
  { name: 'app', exitCode: 0 },
];
const taskArn = 'arn:aws:ecs:us-east-2:123456789012:task/main/0123456789abcdef0123456789abcdef';

test.each([
  [
    'a finished task is described as such, with the container that ended it first',
    { ...essentialExit, kind: 'finished', container: 'app', exitCode: 0, containers },
    'last task 01234567: finished its work (app exited with 0; proxy exited with 143)',
  ],
  [
    'a crash has the reason of ECS',
    { ...essentialExit, kind: 'crashed', container: 'app', exitCode: 3, containers: [{ name: 'app', exitCode: 3 }] },
    'last task 01234567: EssentialContainerExited: Essential container in task exited (app exited with 3)',
  ],
  [
    'the end is not judged if an older function reported it',
    { ...essentialExit, containers },
    'last task 01234567: EssentialContainerExited: Essential container in task exited (proxy exited with 143; app exited with 0)',
  ],
] as const)('%s', (_, stop, text) => {
  expect(describeStop({ taskArn, ...stop })).toBe(text);
});
