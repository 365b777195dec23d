import { isWorthPublishing, operationTriggers, reconcileChange, serviceOfOwner } from '@start-engines/core';
import { fieldOf, readText, readWholeNumber } from '../read-fields.ts';
import { defineOperation } from './operation.ts';

const taskArnPattern = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task\/[A-Za-z0-9_/-]{1,300}$/;
const startedByPattern = /^[^\p{Cc}]{1,128}$/u;

/** ECS reports that a task changed. */
export const taskChange = defineOperation({
  name: 'taskChange',
  triggers: operationTriggers.taskChange,
  read(detail) {
    const owner = fieldOf(detail, 'startedBy');
    return {
      taskArn: readText(fieldOf(detail, 'taskArn'), 'taskArn', taskArnPattern, 'the ARN of a task'),
      /** The oldest version of the task that is new enough to decide on. */
      version: readWholeNumber(fieldOf(detail, 'version'), 'version', 0, Number.MAX_SAFE_INTEGER),
      // A task that was run by hand has none.
      startedBy:
        owner === undefined ? undefined : readText(owner, 'startedBy', startedByPattern, 'who started the task'),
      running: ['lastStatus', 'desiredStatus'].every((name) => fieldOf(detail, name) === 'RUNNING'),
    };
  },
  services({ startedBy }, { workspace }) {
    const service = workspace === undefined ? undefined : serviceOfOwner(workspace, startedBy);
    return service === undefined ? undefined : [service];
  },
  logKeys: ({ taskArn }) => ({ taskArn }),
  logDetails: ({ version }) => ({ version }),
  run: (change, { ports, context }) => reconcileChange(ports, change, context),
  reply: (outcome) => ({
    statusCode: 200,
    body: { results: outcome !== undefined && isWorthPublishing(outcome) ? [outcome] : [] },
  }),
});
