import { expect, it } from 'vitest';
import { createNetwork } from '../../src/network.ts';

it('keeps an address for its new owner when the previous owner exits late', () => {
  const network = createNetwork();
  const leave = network.expose({ ip: '10.0.1.37', port: 8080, loopbackPort: 40_001 });
  network.release('10.0.1.37');
  expect(network.resolve('10.0.1.37', 8080)).toEqual({ kind: 'timeout' });
  network.expose({ ip: '10.0.1.37', port: 8080, loopbackPort: 40_002 });
  leave();
  expect(network.resolve('10.0.1.37', 8080)).toEqual({ kind: 'open', loopbackPort: 40_002 });
  expect(network.resolve('10.0.1.37', 9080)).toEqual({ kind: 'refused' });
});
