import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { neverPaused, type Pause, type Pauses, parametersBelow } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';
import { createMoments, type MomentsOptions } from './ssm-moments.ts';

const descriptions = {
  paused: 'When the service was last paused: requests do not wake it until a later moment in "resumed".',
  resumed: 'When the last pause of the service ended.',
} as const;

/** Pauses in Parameter Store, `<path>/pauses/<service>/paused` and `…/resumed`. */
export function createPauses({ parameterPath, ...options }: MomentsOptions): Pauses {
  const moments = createMoments(options);
  const folder = parametersBelow(parameterPath).pauses;
  const nameOf = (service: string, what: 'paused' | 'resumed') => `${folder}/${service}/${what}`;
  return {
    async read(service) {
      const [pausedAt = 0, resumedAt = 0] = await moments.read([nameOf(service, 'paused'), nameOf(service, 'resumed')]);
      return { pausedAt, resumedAt };
    },
    async list() {
      const pauses = new Map<string, Pause>();
      const operation = { service: 'SSM', operation: 'GetParametersByPath', about: { path: folder } } as const;
      let NextToken: string | undefined;
      do {
        const input = { Path: folder, Recursive: true, ...(NextToken === undefined ? {} : { NextToken }) };
        const page = await callAws(operation, () => options.client.send(new GetParametersByPathCommand(input)));
        for (const { Name = '', Value } of page.Parameters ?? []) {
          const [service = '', what] = Name.slice(folder.length + 1).split('/');
          const key = what === 'paused' ? 'pausedAt' : 'resumedAt';
          pauses.set(service, { ...(pauses.get(service) ?? neverPaused), [key]: moments.toMoment(Value) });
        }
        NextToken = page.NextToken === '' ? undefined : page.NextToken;
      } while (NextToken !== undefined);
      return pauses;
    },
    note: (service, what, asked) => moments.note([nameOf(service, what)], asked, descriptions[what]),
  };
}
