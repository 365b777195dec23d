import type { History } from '../history.ts';
import type { RunningContainer } from '../task-runtime.ts';
import type { Cluster } from './cluster.ts';
import type { Tag, Task } from './task.ts';
import type { TaskDefinition } from './task-definition.ts';

/** A task with its internal state. */
export interface TaskRecord {
  readonly arn: string;
  readonly id: string;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly subnet: string;
  readonly securityGroups: readonly string[];
  readonly history: History<Task>;
  readonly tags: History<readonly Tag[]>;
  readonly processes: Map<string, RunningContainer>;
  /** Cancels the next step of the life cycle. */
  cancelNext: () => void;
  /** Settles when every starting container has started or failed. */
  starting: Promise<unknown>;
  ip: string | undefined;
  ipv6: string | undefined;
}
