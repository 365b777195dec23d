import type { Ports } from '../model/ports.ts';

/**
 * The same ports, on which launch facts that cannot be verified are read as the tasks claim them. Only for an operation that
 * neither adopts nor registers a task: without the key a task can still be stopped, and shown.
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
