import type { KeyValue, Tag } from './task.ts';

/** A revision of a task definition, as returned by DescribeTaskDefinition. */
export interface TaskDefinition extends Readonly<Record<string, unknown>> {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly networkMode?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly compatibilities: readonly string[];
  readonly containerDefinitions: readonly ContainerDefinition[];
}

export interface ContainerDefinition extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly cpu: number;
  readonly memory?: number;
  readonly stopTimeout?: number;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: readonly KeyValue[];
  readonly portMappings: readonly { readonly containerPort?: number }[];
}

export interface RegisteredTaskDefinition {
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}
