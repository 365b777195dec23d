import type { TargetGroupPort } from './service-mapping.ts';

/** What became of one service, as callers see it. The operation and its success decide which keys are there. */
export interface ServiceResult {
  readonly service: string;
  readonly message?: string;
  /** The code of the error, for a service that failed. */
  readonly error?: string;
  /** A later stop overtook the start. */
  readonly superseded?: true;
  readonly taskArn?: string;
  readonly taskId?: string;
  readonly privateIp?: string | undefined;
  readonly port?: number;
  readonly targetGroupArn?: string;
  readonly healthStatus?: string;
  readonly healthReason?: string;
  readonly reused?: boolean;
  /** Why the running task gets no requests. */
  readonly unreachable?: string;
  /** Only when there are several. */
  readonly targets?: readonly TargetGroupPort[];
  readonly replacedTasks?: readonly string[];
  readonly status?: 'stopped' | 'not-running' | 'kept' | 'resumed' | 'failed';
  /** Requests do not wake the service. */
  readonly paused?: true;
  readonly tasksStopped?: readonly string[];
  readonly targetsDeregistered?: readonly (TargetGroupPort & { readonly ip: string })[];
}
