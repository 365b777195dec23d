import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { mergePauses, neverPaused, type Pause, type Pauses, parametersBelow } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';
import { createMoments, type MomentsOptions } from './ssm-moments.ts';

const descriptions = {
  paused: 'When requests were last stopped from waking the service. Without a later "resumed" they still are.',
  resumed: 'When requests could last wake the service again.',
} as const;

/** Pauses in Parameter Store, `<path>/pauses/<service>/paused` and `…/resumed`. */
export function createPauses({ parameterPath, ...options }: MomentsOptions): Pauses {
  const moments = createMoments(options);
  const folder = parametersBelow(parameterPath).pauses;
  const nameOf = (service: string, what: 'paused' | 'resumed') => `${folder}/${service}/${what}`;
  return {
    async read(service) {
      const [own = 0, all = 0, ownEnd = 0, allEnd = 0] = await moments.read([
        nameOf(service, 'paused'),
        nameOf('all', 'paused'),
        nameOf(service, 'resumed'),
        nameOf('all', 'resumed'),
      ]);
      return { pausedAt: Math.max(own, all), resumedAt: Math.max(ownEnd, allEnd) };
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
          const moment = moments.toMoment(Value);
          const read = what === 'paused' ? { pausedAt: moment, resumedAt: 0 } : { pausedAt: 0, resumedAt: moment };
          pauses.set(service, mergePauses(pauses.get(service) ?? neverPaused, read));
        }
        NextToken = page.NextToken === '' ? undefined : page.NextToken;
      } while (NextToken !== undefined);
      return pauses;
    },
    note: (service, what, asked) => moments.note([nameOf(service, what)], asked, descriptions[what]),
  };
}
