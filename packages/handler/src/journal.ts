import type { Logger } from '@aws-lambda-powertools/logger';
import type { Journal, JournalEntry } from '@start-engines/core';
import type { Meter, MeterName } from './meter.ts';

/**
 * Writes the events of an operation to the log and the meter. Once a service's task is known, every later line about the
 * service names it.
 *
 * @param only the service that the invocation is about; undefined when there are several.
 */
export function createLogJournal(logger: Logger, meter: Meter, only: string | undefined): Journal {
  const taskArns = new Map<string, string>();
  return {
    record(entry) {
      const { kind, service, ...others } = entry;
      // `message` is reserved for the log line itself: Powertools would drop it.
      const { message: trouble, ...facts } = 'message' in others ? others : { ...others, message: undefined };
      // A foreign task is not the service's: other lines must not name it.
      if ('taskArn' in entry && kind !== 'foreign-task') {
        taskArns.set(service, entry.taskArn);
        if (service === only) logger.appendKeys({ taskArn: entry.taskArn });
      }
      const taskArn = taskArns.get(service);
      const level = levels[kind] ?? 'info';
      logger[level](kind, {
        serviceName: service,
        ...(taskArn === undefined ? {} : { taskArn }),
        ...facts,
        ...(trouble === undefined ? {} : { trouble }),
      });
      measure(meter, entry);
    },
  };
}

const levels: Partial<Record<JournalEntry['kind'], 'warn'>> = {
  'no-capacity': 'warn',
  'mapping-problems': 'warn',
  'aws-trouble': 'warn',
  interrupted: 'warn',
  'stray-target': 'warn',
  'foreign-task': 'warn',
  'foreign-rule': 'warn',
  'outcome-not-told': 'warn',
};

const counters: Partial<Record<JournalEntry['kind'], MeterName>> = {
  adopted: 'Adopted',
  interrupted: 'StaleTargets',
  'stray-target': 'StaleTargets',
  'outcome-not-told': 'OutcomeNotTold',
};

function measure(meter: Meter, entry: JournalEntry): void {
  const counter = counters[entry.kind];
  if (counter !== undefined) meter.count(counter, entry.service);
  if (entry.kind === 'running') meter.measure('TimeToRunning', entry.service, entry.durationMs);
  if (entry.kind === 'healthy') meter.measure('TimeToHealthy', entry.service, entry.durationMs);
}
