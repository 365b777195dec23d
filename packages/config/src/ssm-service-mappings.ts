import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  type Clock,
  isPassing,
  isServiceName,
  type LoadedMapping,
  type MappingProblem,
  type Patience,
  parametersBelow,
  type ServiceMappings,
  StartEnginesError,
} from '@start-engines/core';
import { applyDeployedValues } from './deployed-values.ts';
import { loadMapping, resolveMapping, unknownService } from './load-mapping.ts';
import { workspaceOf } from './parameter-path.ts';
import { createParameterReader } from './parameter-reader.ts';

export interface SsmServiceMappingsOptions {
  /** With time-outs that really end a call; its own retries stay on. */
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
  /** How long a mapping is used before it is read again, unless `load` demands a later one; 0 reads it every time. */
  readonly ttlSeconds: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Told the full names of parameters under the services' path that no service can have. */
  readonly onIgnoredParameters?: (names: readonly string[]) => void;
}

/** After a call that failed, the last mapping serves this long before the next call, or for the TTL if that is less. */
const pauseAfterTroubleMs = 5_000;

/** From this many loads at the same moment on, all mappings are listed instead. */
const manyLoads = 10;

const once: Patience = (call) => call();

/**
 * Service mappings from Parameter Store, `<path>/defaults` and `<path>/services/<name>`, each kept for the TTL. When
 * Parameter Store does not answer, what was read last serves on, with a problem that says so; an error is never kept.
 *
 * @throws StartEnginesError `Internal` for a path or a TTL that cannot be one.
 */
export function createSsmServiceMappings(options: SsmServiceMappingsOptions): ServiceMappings {
  const { ttlSeconds } = options;
  if (!Number.isFinite(ttlSeconds) || ttlSeconds < 0) {
    throw new StartEnginesError('Internal', `The TTL must be a number of seconds from 0 up, not ${ttlSeconds}.`);
  }
  return new SsmServiceMappings(options);
}

interface KeptMapping {
  /** As Parameter Store gave it. */
  readonly loaded: LoadedMapping;
  readonly readAt: number;
  /** The same with what has happened since. */
  readonly served: LoadedMapping;
  readonly servedSince: number;
  readonly servedForMs: number;
}

/** A load whose answer is still to come. */
interface Loading {
  readonly readAt: number;
  readonly loaded: Promise<LoadedMapping>;
}

class SsmServiceMappings implements ServiceMappings {
  readonly #options: SsmServiceMappingsOptions;
  readonly #names: ReturnType<typeof parametersBelow>;
  readonly #kept = new Map<string, KeptMapping>();
  readonly #underWay = new Map<string, Loading>();
  #loadsOfThisMoment = 0;
  #listing: Promise<boolean> | undefined;

  constructor(options: SsmServiceMappingsOptions) {
    this.#options = options;
    workspaceOf(options.parameterPath);
    this.#names = parametersBelow(options.parameterPath);
  }

  async load(
    service: string,
    readSince = Number.NEGATIVE_INFINITY,
    patiently: Patience = once,
  ): Promise<LoadedMapping> {
    // Nothing else may become part of a parameter's name: `auth:1` would select an old version.
    if (!isServiceName(service)) throw unknownService(service);
    const kept = this.#kept.get(service);
    if (kept !== undefined && kept.readAt >= readSince && this.#isFresh(kept)) return kept.served;
    // What is in memory serves at once when Parameter Store is in trouble.
    const patience = kept !== undefined && kept.readAt >= readSince ? once : patiently;
    const underWay = this.#underWay.get(service);
    const isShared = underWay !== undefined && underWay.readAt >= readSince;
    const loading = isShared ? underWay : this.#startLoading(service, patience);
    try {
      return await loading.loaded;
    } catch (error) {
      return this.#serveOn(service, readSince, error);
    }
  }

  /** Its pages hold the documents, so what they make is kept as if each had been loaded: a thousand loads cost a call. */
  async list(patiently: Patience = once): Promise<readonly string[]> {
    const prefix = `${this.#names.services}/`;
    const reader = createParameterReader(this.#options.client, patiently);
    const readAt = this.#options.clock.now();
    const found = await reader.readUnder(this.#names.services);
    const isOurs = (name: string) => name.startsWith(prefix) && isServiceName(name.slice(prefix.length));
    const ignored = found.map(({ reference }) => reference.parameter).filter((name) => !isOurs(name));
    if (ignored.length > 0) this.#options.onIgnoredParameters?.(ignored);
    const own = found.filter(({ reference }) => isOurs(reference.parameter));
    const defaults = (await reader.readNewest([this.#names.defaults])).get(this.#names.defaults);
    const deployed = await reader.readUnder(this.#names.deployed);
    const deployedOf = new Map(deployed.map((document) => [document.reference.parameter, document]));
    for (const document of own) {
      const service = document.reference.parameter.slice(prefix.length);
      try {
        const loaded = await resolveMapping(reader, service, document, defaults);
        const made = deployedOf.get(`${this.#names.deployed}/${service}`);
        this.#keep(service, applyDeployedValues(loaded, made), readAt);
      } catch (error) {
        // Whoever loads this one is told what is wrong with it; one that could not be read is read again.
        if (!isUnavailable(error)) this.#kept.delete(service);
      }
    }
    return own.map(({ reference }) => reference.parameter.slice(prefix.length)).sort();
  }

  #isFresh({ servedSince, servedForMs }: KeptMapping): boolean {
    const ageMs = this.#options.clock.now() - servedSince;
    // A clock that was put back must not keep a mapping for longer than the TTL.
    return ageMs >= 0 && ageMs < servedForMs;
  }

  #startLoading(service: string, patiently: Patience): Loading {
    // The age counts from before the call: an edit during the call may have been missed.
    const readAt = this.#options.clock.now();
    const loading: Loading = {
      readAt,
      loaded: this.#refresh(service, readAt, patiently, () => this.#underWay.get(service) === loading),
    };
    this.#underWay.set(service, loading);
    return loading;
  }

  async #read(service: string, readAt: number, patiently: Patience): Promise<LoadedMapping> {
    this.#listing ??= this.#listIfMany(patiently);
    this.#loadsOfThisMoment += 1;
    const kept = (await this.#listing) ? this.#kept.get(service) : undefined;
    if (kept !== undefined && kept.readAt >= readAt) return kept.loaded;
    return loadMapping(createParameterReader(this.#options.client, patiently), this.#names, service);
  }

  /** Lists all services when many loads begin at the same moment: ten of them cost one call. */
  async #listIfMany(patiently: Patience): Promise<boolean> {
    await undefined;
    const isWorthIt = this.#loadsOfThisMoment >= manyLoads;
    this.#loadsOfThisMoment = 0;
    this.#listing = undefined;
    if (!isWorthIt) return false;
    try {
      await this.list(patiently);
      return true;
    } catch (error) {
      // A role that may not list the path may still read each of its parameters.
      if (error instanceof Error && isPassing(error)) throw error;
      return false;
    }
  }

  /** @param isNewest whether no later load of the service has begun: an earlier one must not replace its answer. */
  async #refresh(
    service: string,
    readAt: number,
    patiently: Patience,
    isNewest: () => boolean,
  ): Promise<LoadedMapping> {
    try {
      const loaded = await this.#read(service, readAt, patiently);
      if (isNewest()) this.#keep(service, loaded, readAt);
      return loaded;
    } catch (error) {
      // A service that was deleted, or has no valid version any more, must not come back from memory.
      if (isNewest() && !isUnavailable(error)) this.#kept.delete(service);
      throw error;
    } finally {
      if (isNewest()) this.#underWay.delete(service);
    }
  }

  #keep(service: string, loaded: LoadedMapping, readAt: number): void {
    const servedForMs = this.#options.ttlSeconds * 1000;
    this.#kept.set(service, { loaded, readAt, served: loaded, servedSince: readAt, servedForMs });
  }

  /** What is in memory, when the error only says that Parameter Store did not answer. @throws the error otherwise. */
  #serveOn(service: string, readSince: number, error: unknown): LoadedMapping {
    const kept = this.#kept.get(service);
    if (!isUnavailable(error) || kept === undefined) throw error;
    if (kept.readAt < readSince) throw ofKnownService(error);
    const now = this.#options.clock.now();
    const seconds = Math.max(0, Math.round((now - kept.readAt) / 1000));
    const problem: MappingProblem = {
      parameter: `${this.#names.services}/${service}`,
      version: kept.loaded.versions.service,
      key: '',
      message: `could not be read again, so what was read ${seconds} s ago serves on: ${error.message}`,
    };
    const served = { ...kept.loaded, problems: [...kept.loaded.problems, problem] };
    const servedForMs = Math.min(pauseAfterTroubleMs, this.#options.ttlSeconds * 1000);
    this.#kept.set(service, { ...kept, served, servedSince: now, servedForMs });
    return served;
  }
}

/** This process has had a mapping of the service, so its name is not one that a caller made up. */
function ofKnownService({ code, message, cause, context }: StartEnginesError): StartEnginesError {
  return new StartEnginesError(code, message, { cause, context: { ...context, serviceKnown: true } });
}

function isUnavailable(error: unknown): error is StartEnginesError {
  return error instanceof StartEnginesError && error.code === 'MappingUnavailable';
}
