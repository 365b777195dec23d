import type { Cost } from './compute-costs.ts';
import { formatUsd } from './format-usd.ts';

/** What the document that this project began with says of five load balancers and of one, in US dollars. */
export const document = { services: 5, eachMonth: 16, fiveMonth: 200, oneMonth: 20, savedMonth: 180, savedYear: 2_160 };

/** What a load balancer costs without what runs behind it. */
function balancing({ lines }: Cost): number {
  return lines['load balancers'] + lines.LCUs + lines['public IPv4 addresses'];
}

/** Where the document's arithmetic is wrong, and what it comes to by the price table. */
export function correct(several: Cost, one: Cost): readonly string[] {
  const saved = balancing(several) - balancing(one);
  const product = document.services * document.eachMonth;
  return [
    `It counts ${document.services} load balancers at ${formatUsd(document.eachMonth)} as about ${formatUsd(document.fiveMonth)} a month. ${document.services} times ${formatUsd(document.eachMonth)} is ${formatUsd(product)}.`,
    `It leaves out public IPv4 addresses and LCUs. With them ${several.loadBalancers} load balancers are ${formatUsd(balancing(several))} a month, and one is ${formatUsd(balancing(one))}, not ${formatUsd(document.oneMonth)}.`,
    `One instead of ${several.loadBalancers} saves ${formatUsd(saved)} a month and ${formatUsd(saved * 12)} a year, not ${formatUsd(document.savedMonth)} and ${formatUsd(document.savedYear)}.`,
    'It says nothing of what runs behind them, which is where stopping services saves: see Fargate above.',
  ];
}
