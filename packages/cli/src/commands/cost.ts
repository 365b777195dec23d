import type { AddCommand } from '../command-context.ts';
import { readNumber, readWholeNumber } from './read-number.ts';

interface CostOptions {
  readonly services: number;
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly zones: number;
  readonly publicTasks?: boolean;
  readonly requests: number;
  readonly kilobytes: number;
  readonly businessHours: number;
  readonly onDemandHours: number;
  readonly starts: number;
}

/** With the default memory: a start on the event path, a stop that drains for 15 s and looks twice, a small reconcile. */
const lambda = {
  gigabyteSecondsPerStart: 0.7,
  gigabyteSecondsPerStop: 5,
  gigabyteSecondsPerReconcile: 0.5,
  reconcileEveryMinutes: 5,
};

export const addCostCommand: AddCommand = (program, bind) => {
  const week = readNumber(0, 168);
  program
    .command('cost')
    .description(
      'compare monthly costs: a load balancer for each service or one for all; always on, in business hours or on demand',
    )
    .option('--services <number>', 'number of identical services', readWholeNumber(1, 100), 5)
    .option('--vcpu <number>', 'vCPU of one task', readNumber(0.25, 16), 0.25)
    .option('--memory-gb <number>', 'memory of one task', readNumber(0.5, 120), 0.5)
    .option('--zones <number>', 'Availability Zones of a load balancer', readWholeNumber(2, 6), 2)
    .option('--public-tasks', 'each task has a public address')
    .option(
      '--requests <number>',
      'requests per second to each service, on average while it is up',
      readNumber(0, 100_000),
      1,
    )
    .option('--kilobytes <number>', 'size of one request with its response', readNumber(0, 1_000_000), 20)
    .option('--business-hours <number>', 'hours per week that a service is up during business hours', week, 50)
    .option('--on-demand-hours <number>', 'hours per week that a service is up on demand', week, 10)
    .option('--starts <number>', 'starts per week of each service on demand', readNumber(0, 10_000), 10)
    .action(
      bind(async (context, options: CostOptions) => {
        const { showCost } = await import('../cost/show-cost.ts');
        const { requests, kilobytes, businessHours, onDemandHours, starts, publicTasks = false, ...rest } = options;
        return showCost(context, {
          ...lambda,
          services: rest.services,
          vcpu: rest.vcpu,
          memoryGb: rest.memoryGb,
          zones: rest.zones,
          publicTasks,
          requestsPerSecond: requests,
          kilobytesPerRequest: kilobytes,
          businessHoursPerWeek: businessHours,
          onDemandHoursPerWeek: onDemandHours,
          onDemandStartsPerWeek: starts,
        });
      }),
    );
};
