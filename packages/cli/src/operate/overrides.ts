import { formats } from '@start-engines/config';
import { type OverrideName, overrideKinds } from '@start-engines/core';
import { usageError } from '../cli-error.ts';

const environmentPrefix = 'environment.';
const knownKeys = Object.entries(overrideKinds).map(([key, kind]) => (kind === 'variables' ? `${key}.<NAME>` : key));

/**
 * Converts `--set key=value` to the fields of a start. The function checks whether the mapping allows them.
 *
 * @throws CliError `Usage`
 */
export function readOverrides(settings: readonly string[]): Readonly<Record<string, unknown>> {
  // A Map: a plain object would also have inherited keys.
  const overrides = new Map<string, unknown>();
  const environment = new Map<string, string>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw usageError(`--set takes key=value, not "${setting}".`);
    const key = setting.slice(0, at);
    const value = setting.slice(at + 1);
    const isVariable = key.startsWith(environmentPrefix);
    const [values, name] = isVariable ? [environment, readVariable(key)] : [overrides, key];
    if (values.has(name)) throw usageError(`--set ${key} is given twice.`);
    values.set(name, isVariable ? value : readValue(key, value));
  }
  if (environment.size > 0) overrides.set('environment', Object.fromEntries(environment));
  return Object.fromEntries(overrides);
}

function readVariable(key: string): string {
  const name = key.slice(environmentPrefix.length);
  const { pattern, expected } = formats.environmentVariable;
  if (pattern.test(name)) return name;
  throw usageError(`--set ${key}: "${name}" is not a variable name; expected ${expected}.`);
}

function readValue(key: string, value: string): unknown {
  const kind = Object.hasOwn(overrideKinds, key) ? overrideKinds[key as OverrideName] : 'variables';
  if (kind === 'text') return value;
  if (kind === 'texts') return value.split(',').map((item) => item.trim());
  if (kind === 'variables') throw usageError(`--set has no key "${key}"; the keys are ${knownKeys.join(', ')}.`);
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw usageError(`--set ${key} takes a number, not "${value}".`);
  return number;
}
