import { parametersBelow, type StopNotes } from '@start-engines/core';
import { createMoments, type MomentsOptions } from './ssm-moments.ts';

/** Notes of stops in Parameter Store, `<path>/stops/<service>`, each with the time when the latest stop was requested. */
export function createStopNotes({ parameterPath, ...options }: MomentsOptions): StopNotes {
  const moments = createMoments(options);
  const nameOf = (service: string) => `${parametersBelow(parameterPath).stops}/${service}`;
  const namesFor = (service: string) => [nameOf(service), nameOf('all')] as const;
  return {
    async latest(service) {
      const asked = Math.max(...(await moments.read(namesFor(service))));
      return asked === 0 ? undefined : asked;
    },
    note(service, asked) {
      const description = 'When the latest stop was requested. Starts that were requested before it are superseded.';
      return moments.note(namesFor(service), asked, description);
    },
  };
}
