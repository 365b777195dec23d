import { expect, test } from 'vitest';
import { chooseContainer } from '../src/plan/choose-container.ts';

// Public bug reports, case 07: the environment went to the sidecar.

const router = { name: 'log_router', essential: true, ports: [] };
const web = { name: 'web', essential: true, ports: [8080] };
const proxy = { name: 'proxy', essential: false, ports: [8080, 9000] };
const wide = { name: 'wide', essential: true, ports: [{ from: 8080, to: 8090 }] };
const helper = { name: 'helper', essential: false, ports: [] };

test.each([
  ['the container that exposes the port', [router, web], [8080], 'web', 8080],
  ['a container that is not essential if only it exposes the port', [router, proxy], [8080], 'proxy', 8080],
  ['the essential container if several expose the port', [proxy, router, web], [8080], 'web', 8080],
  ['the first essential container if several expose the port', [wide, web], [8080], 'wide', 8080],
  ['the container whose port range contains the port', [router, wide], [8090], 'wide', 8090],
  ['the container with a target group’s port if none has the mapping’s', [router, web], [80, 8080], 'web', 8080],
  [
    'the container with the mapping’s port rather than one with a target group’s',
    [proxy, web],
    [9000, 8080],
    'proxy',
    9000,
  ],
  ['the first essential container if none exposes the port', [helper, router, web], [80], 'log_router', undefined],
])('the environment goes to %s', (_which, containers, ports, name, port) => {
  const chosen = chooseContainer(containers, ports);
  expect([chosen?.container.name, chosen?.port]).toEqual([name, port]);
});

test('a port outside a range is not exposed', () => {
  expect(chooseContainer([router, wide], [8091])?.container.name).toBe('log_router');
  expect(chooseContainer([router, wide], [8079])?.container.name).toBe('log_router');
});

test('no container is chosen if none is essential and none exposes the port', () => {
  expect(chooseContainer([helper], [8080])).toBeUndefined();
});
