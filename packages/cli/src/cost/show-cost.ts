import type { CommandContext } from '../command-context.ts';
import { formatTable } from '../output/format-table.ts';
import type { Style } from '../output/output.ts';
import { joinLines } from '../output/terminal-text.ts';
import {
  type Assumptions,
  type Cost,
  computeCosts,
  costLines,
  hoursPerMonth,
  modes,
  upHoursPerMonth,
} from './compute-costs.ts';
import { correct, document as said } from './corrections.ts';
import { formatUsd } from './format-usd.ts';
import { notIncluded, type Price, priceTable } from './price-table.ts';

/** Shows the monthly cost of each way of running the services. It makes no calls: all prices are in the price table. */
export async function showCost({ output }: CommandContext, given: Assumptions): Promise<void> {
  const { region, readOn } = priceTable;
  const prices: readonly Price[] = Object.values(priceTable.prices);
  const costs = computeCosts(given);
  // The first estimate was for five services, whatever `--services` says.
  const corrections = correctionsOf(computeCosts({ ...given, services: said.services }));
  const document = {
    region,
    readOn,
    currency: 'USD',
    hoursPerMonth,
    assumptions: given,
    costs,
    corrections,
    prices,
    notIncluded,
  };
  output.result(
    document,
    joinLines([
      ...describeAssumptions(given),
      '',
      formatCosts(costs, output.style),
      '',
      'The first estimate of this project, and its errors:',
      ...corrections.map((line) => `  ${line}`),
      '',
      `Prices of ${region}, read on ${readOn}. No source names that Region; AWS’s own pages are authoritative:`,
      formatPrices(prices, output.style),
      '',
      `Not included: ${notIncluded.join('; ')}.`,
    ]),
  );
}

function correctionsOf(costs: readonly Cost[]): readonly string[] {
  const [several, one] = costs.filter(({ mode }) => mode === 'always on');
  return several === undefined || one === undefined ? [] : correct(several, one);
}

function describeAssumptions(given: Assumptions): readonly string[] {
  const hours = modes.map((mode) => `${mode} ${upHoursPerMonth(given, mode).toFixed(0)} h`).join(', ');
  return [
    `${given.services} services of ${given.vcpu} vCPU and ${given.memoryGb} GB; a month has ${hoursPerMonth} hours, each service is up: ${hours}.`,
    `While it is up a service gets ${given.requestsPerSecond} requests per second of ${given.kilobytesPerRequest} KB. Load balancers face the internet in ${given.zones} zones; tasks have ${given.publicTasks ? 'a' : 'no'} public address.`,
    `On demand each is started ${given.onDemandStartsPerWeek} times a week. A start takes ${given.gigabyteSecondsPerStart} GB-s of Lambda, a stop ${given.gigabyteSecondsPerStop}, a reconcile every ${given.reconcileEveryMinutes} minutes ${given.gigabyteSecondsPerReconcile}.`,
  ];
}

function formatCosts(costs: readonly Cost[], style: Style): string {
  const head = [
    'USD A MONTH',
    ...costs.map(({ mode, loadBalancers }) =>
      joinLines([mode, `${loadBalancers} ALB${loadBalancers === 1 ? '' : 's'}`]),
    ),
  ];
  const rows = costLines.map((line) => [line, ...costs.map(({ lines }) => formatUsd(lines[line]))]);
  return formatTable(
    head.map((title) => style.dim(title)),
    [
      ...rows,
      [style.bold('a month'), ...costs.map(({ monthUsd }) => style.bold(formatUsd(monthUsd)))],
      ['a year', ...costs.map(({ yearUsd }) => formatUsd(yearUsd))],
    ],
  );
}

function formatPrices(prices: readonly Price[], style: Style): string {
  return formatTable(
    ['PRICE', 'USD', 'PER', 'THE SOURCE IS FOR', 'TODAY’S IS ON, AND THIS ONE WAS READ IN'].map((title) =>
      style.dim(title),
    ),
    prices.map(({ what, usd, per, confirmedFor, page, readIn }) => [
      what,
      plain(usd),
      per,
      confirmedFor ?? 'no Region',
      joinLines([page, readIn]),
    ]),
  );
}

/** Without an exponent. */
function plain(usd: number): string {
  return usd.toFixed(10).replace(/0+$/, '');
}
