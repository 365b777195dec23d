/** One price with its sources. */
export interface Price {
  readonly what: string;
  readonly usd: number;
  readonly per: string;
  /** AWS's page with the current price. */
  readonly page: string;
  /** The source of the figure. */
  readonly readIn: string;
  /** The Region that the source names; undefined if it names none. */
  readonly confirmedFor?: string;
}

/** On-demand prices, without free tiers, savings plans and taxes. */
export const priceTable = {
  region: 'us-east-2',
  readOn: '2026-11-26',
  prices: {
    loadBalancerHour: {
      what: 'Application Load Balancer',
      usd: 0.0225,
      per: 'hour',
      page: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
      readIn: 'https://cal53.calculator.city/aws-alb-cost-calculator/',
      confirmedFor: 'us-east-1',
    },
    lcuHour: {
      what: 'LCU of an Application Load Balancer',
      usd: 0.008,
      per: 'LCU-hour',
      page: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
      readIn: 'https://aws.darcy-it.com/elb%E3%81%AE%E3%82%B3%E3%82%B9%E3%83%88%E6%96%99%E9%87%91/',
      confirmedFor: 'ap-northeast-1',
    },
    publicAddressHour: {
      what: 'public IPv4 address',
      usd: 0.005,
      per: 'hour',
      page: 'https://aws.amazon.com/vpc/pricing/',
      readIn: 'https://vishalvyas.com/understand-aws-public-ipv4-address-usage-and-pricing/',
    },
    vcpuHour: {
      what: 'Fargate, Linux on x86',
      usd: 0.04048,
      per: 'vCPU-hour',
      page: 'https://aws.amazon.com/fargate/pricing/',
      readIn: 'https://www.factualminds.com/blog/amazon-fargate-ecs-task-pricing-2026/',
      confirmedFor: 'us-east-1',
    },
    memoryHour: {
      what: 'Fargate, Linux on x86',
      usd: 0.004445,
      per: 'GB-hour',
      page: 'https://aws.amazon.com/fargate/pricing/',
      readIn: 'https://www.factualminds.com/blog/amazon-fargate-ecs-task-pricing-2026/',
      confirmedFor: 'us-east-1',
    },
    functionGigabyteSecond: {
      what: 'Lambda on arm64',
      usd: 0.0000133334,
      per: 'GB-second',
      page: 'https://aws.amazon.com/lambda/pricing/',
      readIn: 'https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md',
    },
    functionRequest: {
      what: 'Lambda request',
      usd: 0.0000002,
      per: 'request',
      page: 'https://aws.amazon.com/lambda/pricing/',
      readIn: 'https://git.mcrn.ar/mariano/lambda_local_runner/src/branch/main/docs/lambdas-md/lambda-13-cost.md',
    },
    event: {
      what: 'EventBridge event of one’s own, or invocation by its Scheduler',
      usd: 0.000001,
      per: 'event',
      page: 'https://aws.amazon.com/eventbridge/pricing/',
      readIn: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
      confirmedFor: 'us-east-1',
    },
  },
} as const satisfies {
  readonly region: string;
  readonly readOn: string;
  readonly prices: Readonly<Record<string, Price>>;
};

export type PriceName = keyof typeof priceTable.prices;

/** What the totals do not include. */
export const notIncluded = [
  'data transfer, NAT gateways and VPC endpoints',
  'logs, metrics and alarms',
  'container images and their storage',
  'free tiers, savings plans and taxes',
];
