import { type Format, formats } from '@start-engines/config';
import { launchFactsVariable, mappingBounds, type StartOverrides } from '@start-engines/core';
import { invalidField, kindOf, quote } from './invalid-request.ts';
import type { Fields } from './operations/operation.ts';
import { fieldOf, isFields, readList, readText, readWholeNumber } from './read-fields.ts';

type Reader<Name extends keyof StartOverrides> = (
  value: unknown,
  field: string,
) => Exclude<StartOverrides[Name], undefined>;

const mostEnvironmentCharacters = 8192;

/** One reader for each override. It checks the type; the service mapping decides whether the value is allowed. */
const readers: { readonly [Name in keyof StartOverrides]-?: Reader<Name> } = {
  cluster: (value, field) => readFormatted(value, field, formats.cluster),
  taskDefinition: (value, field) => readFormatted(value, field, formats.taskDefinition),
  targetGroupArn: (value, field) => readFormatted(value, field, formats.targetGroupArn),
  subnets: (value, field) => readIds(value, field, formats.subnet),
  securityGroups: (value, field) => readIds(value, field, formats.securityGroup),
  containerName: (value, field) => readFormatted(value, field, formats.containerName),
  port: (value, field) => readBounded(value, field, mappingBounds.port),
  environment: readEnvironment,
  startTimeoutSeconds: (value, field) => readBounded(value, field, mappingBounds.startTimeoutSeconds),
};

/** The names of all overrides that a mapping must permit. */
export const overrideFields: readonly string[] = Object.keys(readers);

/** @throws StartEnginesError `InvalidRequest`, with the name of the first malformed override. */
export function readOverrides(fields: Fields): StartOverrides {
  const given = Object.entries(readers)
    .map(([field, read]) => [field, fieldOf(fields, field), read] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([field, value, read]) => [field, read(value, field)]));
}

function readBounded(
  value: unknown,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
) {
  return readWholeNumber(value, field, least, most);
}

function readFormatted(value: unknown, field: string, { pattern, expected }: Format): string {
  return readText(value, field, pattern, expected);
}

function readIds(value: unknown, field: string, format: Format): readonly string[] {
  return readList(value, field).map((item, index) => readFormatted(item, `${field}[${index}]`, format));
}

// Messages name the variable but never its value, which may be secret.
function readEnvironment(value: unknown, field: string): Readonly<Record<string, string>> {
  if (typeof value === 'string') throw invalidField(field, 'must be an object of strings, not a string.');
  if (!isFields(value)) throw invalidField(field, `must be an object of strings, not ${kindOf(value)}.`);
  const entries = Object.entries(value).map(([variable, text]) => {
    if (!formats.environmentVariable.pattern.test(variable))
      throw invalidField(field, `cannot set a variable called ${quote(variable)}.`);
    if (variable === launchFactsVariable) throw invalidField(`${field}.${variable}`, 'is reserved for start-engines.');
    if (typeof text !== 'string') throw invalidField(`${field}.${variable}`, 'must be a string.');
    return [variable, text] as const;
  });
  if (entries.length === 0) throw invalidField(field, 'must set at least one variable.');
  const length = entries.reduce((sum, [variable, text]) => sum + variable.length + text.length, 0);
  if (length > mostEnvironmentCharacters) {
    throw invalidField(field, `must have at most ${mostEnvironmentCharacters} characters.`);
  }
  return Object.fromEntries(entries);
}
