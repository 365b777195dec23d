import type { Tag } from './task.ts';

export interface Cluster {
  readonly arn: string;
  readonly name: string;
  readonly capacityProviders: readonly string[];
  readonly defaultStrategy: readonly CapacityProviderStrategyItem[];
  readonly settings: readonly unknown[];
  readonly tags: readonly Tag[];
  status: 'ACTIVE' | 'INACTIVE';
}

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight: number;
  readonly base: number;
}
