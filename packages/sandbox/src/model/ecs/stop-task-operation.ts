import type { Operations } from '../../operation.ts';
import { string, structure } from '../shape.ts';
import { findCluster } from './cluster-operations.ts';
import { ecsOperation, invalidParameter } from './ecs-operation.ts';
import { type EcsState, forgetOldTasks } from './ecs-state.ts';
import { taskArnOf } from './find-task.ts';
import { stopTask } from './task-stop.ts';

export function createStopTaskOperations(state: EcsState): Operations {
  return {
    StopTask: ecsOperation(structure({ cluster: string, task: string, reason: string }), (input) => {
      forgetOldTasks(state);
      const cluster = findCluster(state, input.cluster);
      if (input.task === undefined || input.task === '') throw invalidParameter('taskId can not be blank.');
      if ((input.reason?.length ?? 0) > 1024) throw invalidParameter('reason can have at most 1024 characters.');
      const record = state.tasks.get(taskArnOf(state, cluster, input.task));
      // AWS-020
      if (record === undefined) throw invalidParameter('The referenced task was not found.');
      // AWS-018
      if (record.tags.latest.length > 0) record.tags.push(state.clock.now(), []);
      stopTask(state, record, { stopCode: 'UserInitiated', stoppedReason: input.reason ?? 'Task stopped by user' });
      return { task: { ...record.history.latest, tags: record.tags.latest } };
    }),
  };
}
