import { type Activation, readActivation } from './activation.ts';
import type { CallAws } from './aws-call.ts';
import { isRecord } from './is-record.ts';
import { keep } from './keep.ts';
import { describeError, type Log } from './log.ts';

const ttlMs = 10_000;

/**
 * Reads what the engine published about a service, at most every 10 seconds, whether or not the read succeeds. What cannot
 * be read counts as starting.
 */
export function createActivations(
  call: CallAws,
  parameterPath: string,
  log: Log,
): (service: string) => Promise<Activation> {
  const readers = new Map<string, () => Promise<Activation>>();
  return (service) => {
    const reader = readers.get(service) ?? keep(async () => ({ value: await read(service), forMs: ttlMs }));
    readers.set(service, reader);
    return reader();
  };

  async function read(service: string): Promise<Activation> {
    const operation = { service: 'ssm', target: 'AmazonSSM.GetParameters' } as const;
    const input = { Names: [`${parameterPath}/activation/${service}`] };
    try {
      // A client is waiting, and the answer can be given without the state.
      const { Parameters } = await call(operation, input, { attempts: 2, timeoutMs: 800 });
      const [parameter] = Array.isArray(Parameters) ? Parameters : [];
      return readActivation(isRecord(parameter) && typeof parameter.Value === 'string' ? parameter.Value : undefined);
    } catch (error) {
      log('WARN', 'the state of a service could not be read', { mapping: service, error: describeError(error) });
      return readActivation(undefined);
    }
  }
}
