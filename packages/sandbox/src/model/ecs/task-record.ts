import type { History } from '../history.ts';
import type { RunningContainer } from '../task-runtime.ts';
import type { Cluster } from './cluster.ts';
import type { Tag, Task } from './task.ts';
import type { TaskDefinition } from './task-definition.ts';

/** A task and what belongs to it but is not shown. */
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
  /** Cancels what the life cycle does next. */
  cancelNext: () => void;
  /** Settles when every container that is being started has started or failed. */
  starting: Promise<unknown>;
  ip: string | undefined;
  ipv6: string | undefined;
}
