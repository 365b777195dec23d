import type { MappingProblem } from '@start-engines/core';

/** A parameter and the version of it that was read. */
export interface ParameterReference {
  /** The parameter's full name. */
  readonly parameter: string;
  readonly version: number;
}

/** A problem without its location. */
export interface KeyProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Adds the parameter in which a problem was found. */
export function locate({ path, message }: KeyProblem, { parameter, version }: ParameterReference): MappingProblem {
  return { parameter, version, key: formatKey(path), message };
}

/** One line for each problem: `<parameter> version <n>: <key>: <message>`. */
export function formatProblems(problems: readonly MappingProblem[]): string {
  return problems
    .map(({ parameter, version, key, message }) => `${parameter} version ${version}: ${key && `${key}: `}${message}`)
    .join('\n');
}

/** A path inside a document in the usual notation, such as `targetGroups[1].port`. */
function formatKey(path: readonly PropertyKey[]): string {
  return path.map(formatStep).join('').replace(/^\./, '');
}

function formatStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
