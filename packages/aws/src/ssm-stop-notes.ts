import { parametersBelow, type StopNotes } from '@start-engines/core';
import { createMoments, type MomentsOptions } from './ssm-moments.ts';

/** Notes of stops in Parameter Store, `<path>/stops/<service>`, each with the time when the latest stop was requested. */
export function createStopNotes({ parameterPath, ...options }: MomentsOptions): StopNotes {
  const moments = createMoments(options);
  const nameOf = (service: string) => `${parametersBelow(parameterPath).stops}/${service}`;
  const latest = async (service: string): Promise<number | undefined> => {
    const asked = Math.max(...(await moments.read([nameOf(service), nameOf('all')])));
    return asked === 0 ? undefined : asked;
  };
  return {
    latest,
    async note(service, asked) {
      if (((await latest(service)) ?? 0) >= asked) return;
      const description = 'When the latest stop was requested. Starts that were requested before it are superseded.';
      await moments.note(nameOf(service), asked, description);
    },
  };
}
