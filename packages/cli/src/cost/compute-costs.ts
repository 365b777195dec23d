import { type PriceName, priceTable } from './price-table.ts';

/** What the estimate is for. All services are alike. */
export interface Assumptions {
  readonly services: number;
  readonly vcpu: number;
  readonly memoryGb: number;
  /** Availability Zones of an internet-facing load balancer, which has a public address in each. */
  readonly zones: number;
  /** Whether each task has a public address. */
  readonly publicTasks: boolean;
  /** For one service, on average while it is up. */
  readonly requestsPerSecond: number;
  readonly kilobytesPerRequest: number;
  readonly businessHoursPerWeek: number;
  readonly onDemandHoursPerWeek: number;
  /** For one service. */
  readonly onDemandStartsPerWeek: number;
  /** Lambda usage of one start; and of one stop, which waits until the task has drained. */
  readonly gigabyteSecondsPerStart: number;
  readonly gigabyteSecondsPerStop: number;
  /** Lambda usage of one scheduled reconcile. */
  readonly gigabyteSecondsPerReconcile: number;
  readonly reconcileEveryMinutes: number;
}

export const modes = ['always on', 'business hours', 'on demand'] as const;
export type Mode = (typeof modes)[number];

/** The cost of a month for one way of running the services, in US dollars. */
export interface Cost {
  readonly mode: Mode;
  readonly loadBalancers: number;
  readonly lines: Readonly<Record<CostLine, number>>;
  readonly monthUsd: number;
  readonly yearUsd: number;
}

export const costLines = [
  'load balancers',
  'LCUs',
  'public IPv4 addresses',
  'Fargate',
  'Lambda',
  'EventBridge',
] as const;
export type CostLine = (typeof costLines)[number];

/** The length of a month in AWS's own price examples. */
export const hoursPerMonth = 730;
const hoursPerWeek = 168;
const weeksPerMonth = hoursPerMonth / hoursPerWeek;
const weekdaysPerWeek = 5;

/** Every mode with a load balancer for each service, and with one for all. */
export function computeCosts(given: Assumptions): readonly Cost[] {
  return modes.flatMap((mode) => [given.services, 1].map((loadBalancers) => computeCost(given, mode, loadBalancers)));
}

function computeCost(given: Assumptions, mode: Mode, loadBalancers: number): Cost {
  const upHours = upHoursPerMonth(given, mode);
  const serviceHours = given.services * upHours;
  const addresses = loadBalancers * given.zones * hoursPerMonth + (given.publicTasks ? serviceHours : 0);
  const starts = given.services * startsPerMonth(given, mode);
  // Services that always run need no starts, stops or reconciles.
  const reconciles = mode === 'always on' ? 0 : (hoursPerMonth * 60) / given.reconcileEveryMinutes;
  const gigabyteSeconds =
    starts * (given.gigabyteSecondsPerStart + given.gigabyteSecondsPerStop) +
    reconciles * given.gigabyteSecondsPerReconcile;
  // The events that request the start and the stop, and the ones of ECS: the task runs, the task has ended.
  const invocations = starts * 4 + reconciles;
  // The requests and the outcomes; events of ECS are free.
  const events = starts * 4 + reconciles;
  const lines = {
    'load balancers': loadBalancers * hoursPerMonth * usd('loadBalancerHour'),
    LCUs: lcus(given, loadBalancers) * upHours * usd('lcuHour'),
    'public IPv4 addresses': addresses * usd('publicAddressHour'),
    Fargate: serviceHours * (given.vcpu * usd('vcpuHour') + given.memoryGb * usd('memoryHour')),
    Lambda: gigabyteSeconds * usd('functionGigabyteSecond') + invocations * usd('functionRequest'),
    EventBridge: events * usd('event'),
  } satisfies Cost['lines'];
  const monthUsd = Object.values(lines).reduce((total, line) => total + line, 0);
  return { mode, loadBalancers, lines, monthUsd, yearUsd: monthUsd * 12 };
}

function usd(name: PriceName): number {
  return priceTable.prices[name].usd;
}

/** For one service. */
export function upHoursPerMonth(given: Assumptions, mode: Mode): number {
  if (mode === 'always on') return hoursPerMonth;
  const perWeek = mode === 'business hours' ? given.businessHoursPerWeek : given.onDemandHoursPerWeek;
  return perWeek * weeksPerMonth;
}

function startsPerMonth(given: Assumptions, mode: Mode): number {
  if (mode === 'always on') return 0;
  return (mode === 'business hours' ? weekdaysPerWeek : given.onDemandStartsPerWeek) * weeksPerMonth;
}

const freeRules = 10;

/** LCUs of all load balancers together while the services are up: the largest of AWS's four measures, each request a connection. */
export function lcus(given: Assumptions, loadBalancers: number): number {
  const perSecond = (given.requestsPerSecond * given.services) / loadBalancers;
  const rules = given.services / loadBalancers;
  const measures = [
    perSecond / 25,
    // Browsers keep a connection open for about a minute.
    (perSecond * 60) / 3_000,
    (perSecond * 3_600 * given.kilobytesPerRequest) / 1_000_000,
    (Math.max(0, rules - freeRules) * perSecond) / 1_000,
  ];
  return Math.max(...measures) * loadBalancers;
}
