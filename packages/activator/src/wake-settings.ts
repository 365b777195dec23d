import { isRecord, parseRecord } from './is-record.ts';

/** What a mapping's `wake` says, as far as it is usable. packages/config has the schema that mappings are written by. */
export interface WakeSettings {
  readonly service: string;
  readonly paths: readonly string[];
  readonly ignorePaths: readonly string[];
  readonly ignoreUserAgents: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly holdSeconds: number;
  readonly title: string;
}

const mostItems = 50;
const longestItem = 253;

/**
 * Reads the settings from a service's document. A key that is not usable counts as absent, so that it costs the service no
 * more than that key. Undefined: requests do not wake the service. `broken`: the document cannot be read.
 */
export function readWakeSettings(service: string, text: string): WakeSettings | undefined | 'broken' {
  const document = parseRecord(text);
  if (document === undefined) return 'broken';
  const { wake } = document;
  if (!isRecord(wake)) return wake === undefined ? undefined : 'broken';
  const paths = readTexts(wake.paths).filter((path) => path.startsWith('/'));
  if (paths.length === 0) return 'broken';
  return {
    service,
    paths,
    ignorePaths: readTexts(wake.ignorePaths),
    ignoreUserAgents: readTexts(wake.ignoreUserAgents),
    allowOrigins: readTexts(wake.allowOrigins),
    holdSeconds: isHold(wake.holdSeconds) ? wake.holdSeconds : 0,
    title: isText(wake.title) ? wake.title : service,
  };
}

function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isText).slice(0, mostItems) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestItem;
}

function isHold(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 25;
}

/** The service whose path prefix is the longest that the path begins with, at a `/`. */
export function findService(services: Iterable<WakeSettings>, path: string): WakeSettings | undefined {
  let longest = 0;
  let found: WakeSettings | undefined;
  for (const settings of services) {
    for (const prefix of settings.paths) {
      if (prefix.length > longest && isBelow(path, prefix)) [longest, found] = [prefix.length, settings];
    }
  }
  return found;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
