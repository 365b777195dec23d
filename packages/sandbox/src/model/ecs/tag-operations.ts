import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { list, string, structure } from '../shape.ts';
import { ecsOperation, invalidParameter } from './ecs-operation.ts';
import { type EcsState, forgetOldTasks } from './ecs-state.ts';
import { differ, readTime } from './read-tasks.ts';
import { checkTagCount, checkTags, mergeTags, tagsShape } from './tags.ts';
import type { TaskRecord } from './task-record.ts';

/** The operations on tags of tasks. Tags of other resources cannot be changed. */
export function createTagOperations(state: EcsState): Operations {
  return {
    TagResource: ecsOperation(structure({ resourceArn: string, tags: tagsShape }), (input) => {
      const record = findLive(state, input.resourceArn);
      const merged = mergeTags(record.tags.latest, checkTags(input.tags ?? []));
      record.tags.push(state.clock.now(), checkTagCount(merged));
      return {};
    }),

    UntagResource: ecsOperation(structure({ resourceArn: string, tagKeys: list(string) }), (input) => {
      const record = findLive(state, input.resourceArn);
      const left = record.tags.latest.filter(({ key }) => !input.tagKeys?.includes(key));
      record.tags.push(state.clock.now(), left);
      return {};
    }),

    ListTagsForResource: ecsOperation(structure({ resourceArn: string }), (input) => {
      const record = find(state, input.resourceArn);
      const tags = record.tags.at(readTime(state, state.durations.tagReadLagMs)) ?? [];
      if (differ(record.tags.latest, tags)) state.counts.staleTagReads++;
      return { tags };
    }),
  };
}

function findLive(state: EcsState, arn: string | undefined): TaskRecord {
  const record = find(state, arn);
  if (record.history.latest.lastStatus === 'STOPPED') {
    throw invalidParameter('The specified task is stopped. Specify a running task and try again.');
  }
  return record;
}

function find(state: EcsState, arn: string | undefined): TaskRecord {
  forgetOldTasks(state);
  if (arn === undefined || !/^arn:aws[a-z-]*:ecs:/.test(arn)) {
    throw invalidParameter('The specified resource ARN is not valid.');
  }
  if (!arn.includes(':task/')) throw invalidParameter('The sandbox supports only tags of tasks.');
  const record = state.tasks.get(arn);
  if (record === undefined) throw new AwsError('ResourceNotFoundException', 'The specified task was not found.');
  return record;
}
