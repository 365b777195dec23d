import { AwsError } from '../aws-error.ts';
import type { Operations } from '../operation.ts';
import { cutListing } from './listing.ts';
import type { EventBuses, Target } from './rules.ts';

/** A rule has at most five targets. */
const mostTargets = 5;

/** The operations on the targets of rules. */
export function createTargetOperations(buses: EventBuses): Operations {
  return {
    PutTargets(input) {
      const { targets } = buses.rule(input.EventBusName, input.Rule);
      const wanted = input.Targets as readonly Target[];
      for (const target of wanted) checkTarget(target);
      const ids = new Set([...targets.keys(), ...wanted.map(({ Id }) => Id)]);
      if (ids.size > mostTargets) {
        throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
      }
      for (const target of wanted) targets.set(target.Id, target);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListTargetsByRule(input) {
      const { targets } = buses.rule(input.EventBusName, input.Rule);
      const page = cutListing([...targets.values()], input);
      return { Targets: page.items, NextToken: page.nextToken };
    },
    RemoveTargets(input) {
      const { targets } = buses.rule(input.EventBusName, input.Rule);
      const missing = (input.Ids as readonly string[]).filter((id) => !targets.delete(id));
      const entries = missing.map((id) => ({
        TargetId: id,
        ErrorCode: 'ResourceNotFoundException',
        ErrorMessage: `Target ${id} does not exist.`,
      }));
      return { FailedEntryCount: entries.length, FailedEntries: entries };
    },
  };
}

function checkTarget({ Id, Arn, Input, InputPath, InputTransformer }: Target): void {
  if (!/^arn:[a-z-]+:[a-z0-9-]+:/.test(Arn)) {
    throw new AwsError(
      'ValidationException',
      `Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  }
  if ([Input, InputPath, InputTransformer].filter((setting) => setting !== undefined).length > 1) {
    throw new AwsError(
      'ValidationException',
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`,
    );
  }
  if (Input !== undefined && !isJson(Input)) {
    throw new AwsError(
      'ValidationException',
      `Parameter Input is not valid. Reason: JSON syntax error in input for target ${Id}.`,
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
