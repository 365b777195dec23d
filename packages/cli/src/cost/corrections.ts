import type { Cost } from './compute-costs.ts';
import { formatUsd } from './format-usd.ts';

/** The first estimate of this project for five load balancers and for one, in US dollars. */
export const document = { services: 5, eachMonth: 16, fiveMonth: 200, oneMonth: 20, savedMonth: 180, savedYear: 2_160 };

/** The cost of load balancing, without the tasks behind it. */
function balancing({ lines }: Cost): number {
  return lines['load balancers'] + lines.LCUs + lines['public IPv4 addresses'];
}

/** The errors in that estimate, with the right figures from the price table. */
export function correct(several: Cost, one: Cost): readonly string[] {
  const saved = balancing(several) - balancing(one);
  const product = document.services * document.eachMonth;
  return [
    `It counts ${document.services} load balancers at ${formatUsd(document.eachMonth)} as about ${formatUsd(document.fiveMonth)} a month. ${document.services} times ${formatUsd(document.eachMonth)} is ${formatUsd(product)}.`,
    `It leaves out public IPv4 addresses and LCUs. With them ${several.loadBalancers} load balancers are ${formatUsd(balancing(several))} a month, and one is ${formatUsd(balancing(one))}, not ${formatUsd(document.oneMonth)}.`,
    `One instead of ${several.loadBalancers} saves ${formatUsd(saved)} a month and ${formatUsd(saved * 12)} a year, not ${formatUsd(document.savedMonth)} and ${formatUsd(document.savedYear)}.`,
    'It ignores the tasks behind them. Stopping services saves there: see Fargate above.',
  ];
}
