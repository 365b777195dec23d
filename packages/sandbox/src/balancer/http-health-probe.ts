import { request } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import type { HealthCheck, HealthCheckResult, HealthProbe } from '../model/health-probe.ts';
import type { Network } from '../network.ts';

export interface HttpHealthProbeOptions {
  readonly clock: SandboxClock;
  readonly network: Network;
  /** Speed of sandbox time relative to real time. */
  readonly speed: number;
}

/** Minimum timeout of a check in real milliseconds, at any speed of sandbox time. */
const timeoutFloorMs = 1_000;

/** Sends each health check as an HTTP request over its own connection. */
export function createHttpHealthProbe({ clock, network, speed }: HttpHealthProbeOptions): HealthProbe {
  return {
    check(check) {
      const reach = network.resolve(check.ip, check.port);
      if (reach.kind === 'refused') return Promise.resolve({ kind: 'refused' });
      const { promise, resolve } = Promise.withResolvers<HealthCheckResult>();
      const limitMs = reach.kind === 'timeout' ? check.timeoutMs : Math.max(check.timeoutMs, timeoutFloorMs * speed);
      const sent = reach.kind === 'open' ? send(check, reach.loopbackPort, resolve) : undefined;
      const cancel = clock.after(limitMs, () => {
        resolve({ kind: 'timeout' });
        sent?.destroy();
      });
      return promise.finally(cancel);
    },
  };
}

function send(check: HealthCheck, port: number, resolve: (result: HealthCheckResult) => void) {
  const headers = { Host: `${check.ip}:${check.port}`, 'User-Agent': 'ELB-HealthChecker/2.0' };
  const sent = request({ host: '127.0.0.1', port, path: check.path, agent: false, headers }, (response) => {
    response.resume();
    response.on('error', () => {});
    resolve({ kind: 'answered', statusCode: response.statusCode ?? 0 });
  });
  sent.on('error', () => resolve({ kind: 'refused' }));
  sent.end();
  return sent;
}
