import { launchFactsVariable, type StartOverrides } from '@start-engines/core';
import { invalidField, kindOf, quote } from './invalid-request.ts';
import { fieldOf, isFields, readList, readText, readWholeNumber } from './read-fields.ts';
import type { Fields } from './request.ts';

type Reader<Name extends keyof StartOverrides> = (
  value: unknown,
  field: string,
) => Exclude<StartOverrides[Name], undefined>;

const name = /^[A-Za-z0-9_-]{1,255}$/;
const nameOrArn = /^(?:[A-Za-z0-9_-]{1,255}|arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/[A-Za-z0-9_-]{1,255})$/;
const taskDefinition =
  /^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task-definition\/)?[A-Za-z0-9_-]{1,255}(?::[1-9]\d{0,9})?$/;
const targetGroupArn =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{1,32}$/;
const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

const mostEnvironmentCharacters = 8192;
// The bounds of the mapping's own key. Lambda ends after 900 s, and a start needs some of them to clean up.
const shortestStartSeconds = 10;
const longestStartSeconds = 840;

/** One reader for each override: its type is checked here, its value by what the service mapping allows. */
const readers: { readonly [Name in keyof StartOverrides]-?: Reader<Name> } = {
  cluster: (value, field) => readText(value, field, nameOrArn, 'the name or the ARN of a cluster'),
  taskDefinition: (value, field) =>
    readText(value, field, taskDefinition, 'a task definition (family, family:revision or ARN)'),
  targetGroupArn: (value, field) => readText(value, field, targetGroupArn, 'the ARN of a target group'),
  subnets: (value, field) => readIds(value, field, /^subnet-[0-9a-z-]{1,64}$/, 'the id of a subnet (subnet-…)'),
  securityGroups: (value, field) => readIds(value, field, /^sg-[0-9a-z-]{1,64}$/, 'the id of a security group (sg-…)'),
  containerName: (value, field) => readText(value, field, name, 'the name of a container'),
  port: (value, field) => readWholeNumber(value, field, 1, 65_535),
  environment: readEnvironment,
  startTimeoutSeconds: (value, field) => readWholeNumber(value, field, shortestStartSeconds, longestStartSeconds),
};

/** The names of all fields that override something which a mapping must permit. */
export const overrideFields: readonly string[] = Object.keys(readers);

/** @throws StartEnginesError `InvalidRequest` that names the first override which is malformed. */
export function readOverrides(fields: Fields): StartOverrides {
  const given = Object.entries(readers)
    .map(([field, read]) => [field, fieldOf(fields, field), read] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([field, value, read]) => [field, read(value, field)]));
}

function readIds(value: unknown, field: string, format: RegExp, described: string): readonly string[] {
  return readList(value, field).map((item, index) => readText(item, `${field}[${index}]`, format, described));
}

// Names the variable in its messages and never its value: values may be secrets.
function readEnvironment(value: unknown, field: string): Readonly<Record<string, string>> {
  if (!isFields(value)) throw invalidField(field, `must be an object of strings, not ${kindOf(value)}.`);
  const entries = Object.entries(value).map(([variable, text]) => {
    if (!variableName.test(variable)) throw invalidField(field, `cannot set a variable called ${quote(variable)}.`);
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
