import { isServiceName } from '@start-engines/core';
import { usageError } from '../cli-error.ts';

/** A service, or the defaults of all. */
export type MappingName = string;

export const defaultsName = 'defaults';

/** @throws CliError `Usage` */
export function readMappingName(name: string): MappingName {
  if (name === defaultsName || isServiceName(name)) return name;
  throw usageError(`"${name}" is no name of a mapping: a service's (1 to 24 of a-z, 0-9 and "-"), or defaults.`);
}

/** The full name of the parameter. */
export function parameterOf(parameterPath: string, name: MappingName): string {
  return name === defaultsName ? `${parameterPath}/${defaultsName}` : `${parameterPath}/services/${name}`;
}

/** The mapping that a parameter holds; undefined when it holds none. */
export function mappingNameOf(parameterPath: string, parameter: string): MappingName | undefined {
  if (parameter === `${parameterPath}/${defaultsName}`) return defaultsName;
  const prefix = `${parameterPath}/services/`;
  const name = parameter.startsWith(prefix) ? parameter.slice(prefix.length) : '';
  return isServiceName(name) ? name : undefined;
}
