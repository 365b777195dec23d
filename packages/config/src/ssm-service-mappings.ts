import type { SSMClient } from '@aws-sdk/client-ssm';
import {
  type Clock,
  isServiceName,
  isTransient,
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
  /** Its timeouts must end a call. Its retries stay enabled. */
  readonly client: SSMClient;
  /** `/start-engines/<workspace>`. */
  readonly parameterPath: string;
  /** How long a mapping is used before it is read again, unless `load` requires a later one. 0 reads it every time. */
  readonly ttlSeconds: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Gets the full names of parameters below the path of the services whose last part is no service name. */
  readonly onIgnoredParameters?: (names: readonly string[]) => void;
}

/** After a failed call, the last mapping is used for this long before the next call, or for the TTL if that is shorter. */
const pauseAfterTroubleMs = 5_000;

/** For this many simultaneous loads or more, all mappings are listed instead. */
const manyLoads = 10;

const once: Patience = (call) => call();

/**
 * Service mappings from Parameter Store, `<path>/defaults` and `<path>/services/<name>`, each cached for the TTL. When
 * Parameter Store does not answer, the last mapping stays in use, with a problem that says so. Errors are never cached.
 *
 * @throws StartEnginesError `Internal` for an invalid path or TTL.
 */
export function createSsmServiceMappings(options: SsmServiceMappingsOptions): ServiceMappings {
  const { ttlSeconds } = options;
  if (!Number.isFinite(ttlSeconds) || ttlSeconds < 0) {
    throw new StartEnginesError('Internal', `The TTL must be a number of seconds, 0 or more, not ${ttlSeconds}.`);
  }
  return new SsmServiceMappings(options);
}

interface KeptMapping {
  /** As read from Parameter Store. */
  readonly loaded: LoadedMapping;
  readonly readAt: number;
  /** The same with later problems. */
  readonly served: LoadedMapping;
  readonly servedSince: number;
  readonly servedForMs: number;
}

/** A load in progress. */
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
    // If Parameter Store is in trouble, a mapping in memory is used at once.
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

  /** The pages contain the documents, so their mappings are cached as if each had been loaded. This saves a call for each service. */
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
        // A load of this service reports its problems, and reads it again if it could not be read.
        if (!isUnavailable(error)) this.#kept.delete(service);
      }
    }
    return own.map(({ reference }) => reference.parameter.slice(prefix.length)).sort();
  }

  #isFresh({ servedSince, servedForMs }: KeptMapping): boolean {
    const ageMs = this.#options.clock.now() - servedSince;
    // If the clock is set back, a mapping must not be kept longer than the TTL.
    return ageMs >= 0 && ageMs < servedForMs;
  }

  #startLoading(service: string, patiently: Patience): Loading {
    // The age counts from before the call, which may have missed an edit during it.
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

  /** Lists all services when many loads begin at the same moment: one call reads ten of them. */
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
      // A role without permission to list the path may still read each parameter.
      if (error instanceof Error && isTransient(error)) throw error;
      return false;
    }
  }

  /** @param isNewest whether no later load of the service has begun, whose answer must not be replaced */
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
      // A service that was deleted, or has lost its last valid version, must not come back from memory.
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

  /** The mapping in memory, if the error only means that Parameter Store did not answer. @throws the error otherwise. */
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
      message: `could not be read again, so the version from ${seconds} s ago stays in use: ${error.message}`,
    };
    const served = { ...kept.loaded, problems: [...kept.loaded.problems, problem] };
    const servedForMs = Math.min(pauseAfterTroubleMs, this.#options.ttlSeconds * 1000);
    this.#kept.set(service, { ...kept, served, servedSince: now, servedForMs });
    return served;
  }
}

/** This process has loaded a mapping of the service, so a caller did not invent the name. */
function ofKnownService({ code, message, cause, context }: StartEnginesError): StartEnginesError {
  return new StartEnginesError(code, message, { cause, context: { ...context, serviceKnown: true } });
}

function isUnavailable(error: unknown): error is StartEnginesError {
  return error instanceof StartEnginesError && error.code === 'MappingUnavailable';
}
