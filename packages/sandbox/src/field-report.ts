import { type DurationRange, realisticDurations, type SandboxDurations } from './durations.ts';

/** Durations from the report of a field test. */
export interface FieldProfile {
  /** Measured where the report has samples, otherwise the assumed `realistic` ones. */
  readonly durations: SandboxDurations;
  readonly measured: readonly (keyof SandboxDurations)[];
  /** The durations without samples. */
  readonly assumed: readonly (keyof SandboxDurations)[];
  /** Where and when they were measured, for example `an AWS account, us-east-2, 2026-12-24`. */
  readonly origin: string;
}

/**
 * Reads `field-report.json`, which `npm run field-test` writes. A range becomes the shortest and the longest sample; the staleness of
 * reads becomes the longest.
 *
 * @throws RangeError that names the member, if it is not such a report
 */
export function readFieldReport(report: unknown): FieldProfile {
  const { version, target, region, endpointUrl, endedAt, durations } = recordOf(report, 'the report');
  if (version !== 1) throw new RangeError(`the report's version must be 1, not ${JSON.stringify(version)}`);
  const samples = Object.entries(recordOf(durations, 'durations')).map(([name, values]) => {
    if (!isName(name)) throw new RangeError(`durations.${name} is no duration of the sandbox`);
    return [name, readSamples(name, values)] as const;
  });
  const measured = samples.map(([name, values]) => [name, summarise(name, values)] as const);
  const names = measured.map(([name]) => name);
  const place = target === 'account' ? `an AWS account, ${region}` : `an emulator, ${endpointUrl}`;
  return {
    durations: { ...realisticDurations, ...Object.fromEntries(measured) },
    measured: names,
    assumed: Object.keys(realisticDurations).filter((name) => isName(name) && !names.includes(name)) as typeof names,
    origin: `${place}, ${String(endedAt).slice(0, 10)}`,
  };
}

function isName(name: string): name is keyof SandboxDurations {
  return Object.hasOwn(realisticDurations, name);
}

function recordOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new RangeError(`${name} must be an object`);
}

function readSamples(name: string, values: unknown): readonly number[] {
  const isSample = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  if (Array.isArray(values) && values.length > 0 && values.every(isSample)) return values.map(Math.round);
  throw new RangeError(`durations.${name} must be a list of milliseconds, not ${JSON.stringify(values)}`);
}

function summarise(name: keyof SandboxDurations, values: readonly number[]): number | DurationRange {
  const [shortest, longest] = [Math.min(...values), Math.max(...values)];
  return typeof realisticDurations[name] === 'number' ? longest : [shortest, longest];
}
