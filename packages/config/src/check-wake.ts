import type { MappingProblem } from '@start-engines/core';
import { type Documents, sourceOf } from './documents.ts';
import { isRecord } from './is-record.ts';
import { type KeyProblem, locate } from './problems.ts';

/** What waking and idle stops need from the two documents together. */
export function checkWake(documents: Documents): MappingProblem[] {
  const { defaults, own } = documents;
  const misplaced =
    defaults?.raw?.wake === undefined
      ? []
      : [
          locate(
            { path: ['wake'], message: "belongs in a service's own document: two services cannot share their paths" },
            defaults.reference,
          ),
        ];
  const [wake, idle] = [own.raw?.wake, sourceOf(documents, 'idle')];
  return [
    ...misplaced,
    ...(wake === undefined ? [] : checkRules(documents)),
    // In the defaults, idle is for the services that have wake.
    ...(idle === undefined || (idle === defaults && wake === undefined)
      ? []
      : checkIdle(idle.raw?.idle, wake).map((problem) => locate(problem, idle.reference))),
  ];
}

/** Each target group of a service that requests wake needs the rule that forwards to it. */
function checkRules(documents: Documents): MappingProblem[] {
  const source = sourceOf(documents, 'targetGroups');
  const groups = source?.raw?.targetGroups;
  if (source !== undefined) {
    if (!Array.isArray(groups)) return [];
    return groups.flatMap((group, index) =>
      isRecord(group) && group.listenerRuleArn === undefined
        ? [locate(required(['targetGroups', index, 'listenerRuleArn']), source.reference)]
        : [],
    );
  }
  if (sourceOf(documents, 'listenerRuleArn') !== undefined) return [];
  return [locate(required(['listenerRuleArn']), documents.own.reference)];
}

const required = (path: readonly PropertyKey[]): KeyProblem => ({ path, message: 'is required with wake' });

function checkIdle(idle: unknown, wake: unknown): KeyProblem[] {
  if (wake === undefined) {
    return [{ path: ['idle'], message: 'requires wake: an idle stop sends requests to the activator first' }];
  }
  if (!isRecord(idle) || !isRecord(wake) || !(Number(idle.ignoreRequests) > 0)) return [];
  if (wake.ignorePaths !== undefined || wake.ignoreUserAgents !== undefined) return [];
  const message =
    'requires wake.ignorePaths or wake.ignoreUserAgents when above 0: the requests that it ignores would wake the service';
  return [{ path: ['idle', 'ignoreRequests'], message }];
}
