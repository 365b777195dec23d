import { AwsCallError, type AwsOutput, type CallAws } from './aws-call.ts';
import { isRecord } from './is-record.ts';
import { describeError, type Log } from './log.ts';

export interface Wakes {
  /** Requests a start, unless one was requested in the last 10 seconds. False: the request could not be made. */
  wake(service: string, correlationId: string): Promise<boolean>;
  /** When a start was last requested, in milliseconds since the epoch. */
  lastWake(service: string): number | undefined;
}

export interface WakeSource {
  readonly eventBusName: string;
  readonly workspace: string;
}

const quietMs = 10_000;

/** Puts `Wake ECS Service` on the bus: at most one event per service and 10 seconds. */
export function createWakes(call: CallAws, { eventBusName, workspace }: WakeSource, log: Log): Wakes {
  const lastWakes = new Map<string, number>();
  const underWay = new Map<string, Promise<boolean>>();

  async function put(service: string, correlationId: string): Promise<boolean> {
    const now = Date.now();
    const entry = {
      EventBusName: eventBusName,
      Source: 'start-engines.activator',
      DetailType: 'Wake ECS Service',
      Detail: JSON.stringify({ service, workspace, asked: new Date(now).toISOString(), correlationId }),
    };
    try {
      const operation = { service: 'events', target: 'AWSEvents.PutEvents' } as const;
      await call(operation, { Entries: [entry] }, { attempts: 3, timeoutMs: 1_500, findFailure: findRefusedEntry });
      lastWakes.set(service, now);
      log('INFO', 'a start was requested', { mapping: service, correlationId });
      return true;
    } catch (error) {
      log('ERROR', 'a start could not be requested', { mapping: service, correlationId, error: describeError(error) });
      return false;
    } finally {
      underWay.delete(service);
    }
  }

  return {
    lastWake: (service) => lastWakes.get(service),
    wake(service, correlationId) {
      const since = Date.now() - (lastWakes.get(service) ?? Number.NEGATIVE_INFINITY);
      if (since >= 0 && since < quietMs) return Promise.resolve(true);
      const running = underWay.get(service) ?? put(service, correlationId);
      underWay.set(service, running);
      return running;
    },
  };
}

/** PutEvents answers 200 even when it refused the entry. */
function findRefusedEntry({ FailedEntryCount, Entries }: AwsOutput): AwsCallError | undefined {
  if (FailedEntryCount === 0) return undefined;
  const [entry] = Array.isArray(Entries) ? Entries : [];
  const code = isRecord(entry) && typeof entry.ErrorCode === 'string' ? entry.ErrorCode : 'EntryRefused';
  const message = isRecord(entry) && typeof entry.ErrorMessage === 'string' ? entry.ErrorMessage : '';
  return new AwsCallError(code, message.slice(0, 300), true);
}
