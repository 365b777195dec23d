import { isServiceName, parametersBelow } from '@start-engines/core';
import { usageError } from '../cli-error.ts';

/** The name of a service, or `defaults`. */
export type MappingName = string;

export const defaultsName = 'defaults';

/** @throws CliError `Usage` */
export function readMappingName(name: string): MappingName {
  if (name === defaultsName || isServiceName(name)) return name;
  throw usageError(`"${name}" is not a mapping name: use a service name (1 to 24 of a-z, 0-9 and "-") or defaults.`);
}

/** The full name of the parameter. */
export function parameterOf(parameterPath: string, name: MappingName): string {
  const { defaults, services } = parametersBelow(parameterPath);
  return name === defaultsName ? defaults : `${services}/${name}`;
}

/** The name of the mapping in a parameter; undefined if it holds none. */
export function mappingNameOf(parameterPath: string, parameter: string): MappingName | undefined {
  const { defaults, services } = parametersBelow(parameterPath);
  if (parameter === defaults) return defaultsName;
  const prefix = `${services}/`;
  const name = parameter.startsWith(prefix) ? parameter.slice(prefix.length) : '';
  return isServiceName(name) ? name : undefined;
}
