import type { Ports } from '../model/ports.ts';

/**
 * The same ports, with launch facts returned unverified when the key cannot be read. Only for operations that neither adopt nor
 * register tasks: without the key, a task can still be stopped and shown.
 */
export function withClaimedFacts(ports: Ports, service: string): Ports {
  const { tasks, journal } = ports;
  return {
    ...ports,
    tasks: {
      ...tasks,
      describe: (cluster, taskArns) =>
        tasks.describe(cluster, taskArns, ({ code, message }) =>
          journal.record({ service, kind: 'aws-trouble', code, message }),
        ),
    },
  };
}
