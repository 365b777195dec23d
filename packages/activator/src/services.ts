import type { CallAws } from './aws-call.ts';
import { isRecord } from './is-record.ts';
import { type Kept, keep } from './keep.ts';
import { describeError, type Log } from './log.ts';
import { readWakeSettings, type WakeSettings } from './wake-settings.ts';

export type Services = ReadonlyMap<string, WakeSettings>;

const ttlMs = 30_000;
/** After a failure sooner. Without any mapping no request can be assigned to a service. */
const retryMs = 5_000;
const firstRetryMs = 1_000;

const serviceName = /^(?!(?:all|defaults)$)[a-z][a-z0-9-]{0,23}$/;

/**
 * Reads the mappings of all services, at most every 30 seconds. After a failure the last ones serve on.
 *
 * @returns the services that requests wake; undefined while no read has succeeded
 */
export function createServices(call: CallAws, parameterPath: string, log: Log): () => Promise<Services | undefined> {
  let known: Services | undefined;
  return keep(async (): Promise<Kept<Services | undefined>> => {
    try {
      known = toServices(await readDocuments(call, `${parameterPath}/services`), known, log);
      return { value: known, forMs: ttlMs };
    } catch (error) {
      log('ERROR', 'the service mappings could not be read', { error: describeError(error) });
      return { value: known, forMs: known === undefined ? firstRetryMs : retryMs };
    }
  });
}

async function readDocuments(call: CallAws, path: string): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  const operation = { service: 'ssm', target: 'AmazonSSM.GetParametersByPath' } as const;
  let nextToken: unknown;
  do {
    const input = { Path: path, MaxResults: 10, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
    const output = await call(operation, input, { attempts: 3, timeoutMs: 1_500 });
    for (const parameter of Array.isArray(output.Parameters) ? output.Parameters : []) {
      if (!isRecord(parameter) || typeof parameter.Value !== 'string') continue;
      documents.set(String(parameter.Name).slice(path.length + 1), parameter.Value);
    }
    nextToken = output.NextToken;
  } while (typeof nextToken === 'string');
  return documents;
}

/** A service whose mapping cannot be read keeps its last settings, and no other service notices. */
function toServices(documents: ReadonlyMap<string, string>, known: Services | undefined, log: Log): Services {
  const services = new Map<string, WakeSettings>();
  for (const [service, text] of documents) {
    if (!serviceName.test(service)) continue;
    const settings = readWakeSettings(service, text);
    if (settings === 'broken') log('WARN', 'the wake settings of a mapping are not usable', { mapping: service });
    const usable = settings === 'broken' ? known?.get(service) : settings;
    if (usable !== undefined) services.set(service, usable);
  }
  return services;
}
