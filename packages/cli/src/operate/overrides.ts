import { usageError } from '../cli-error.ts';

const lists = new Set(['subnets', 'securityGroups']);
const numbers = new Set(['port', 'startTimeoutSeconds']);
const texts = new Set(['cluster', 'taskDefinition', 'targetGroupArn', 'containerName']);
const variable = /^environment\.([A-Za-z_][A-Za-z0-9_]*)$/;

/**
 * Reads what `--set key=value` says into the fields of a start. Whether the mapping allows it is the function's to say.
 *
 * @throws CliError `Usage`
 */
export function readOverrides(settings: readonly string[]): Readonly<Record<string, unknown>> {
  const overrides: Record<string, unknown> = {};
  const environment: Record<string, string> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw usageError(`--set takes key=value, not "${setting}".`);
    const key = setting.slice(0, at);
    const value = setting.slice(at + 1);
    const [, name] = variable.exec(key) ?? [];
    if (name !== undefined) environment[name] = value;
    else overrides[key] = readValue(key, value);
  }
  return Object.keys(environment).length === 0 ? overrides : { ...overrides, environment };
}

function readValue(key: string, value: string): unknown {
  if (texts.has(key)) return value;
  if (lists.has(key)) return value.split(',').map((item) => item.trim());
  if (!numbers.has(key)) {
    const known = [...texts, ...lists, ...numbers, 'environment.<NAME>'].join(', ');
    throw usageError(`--set does not know "${key}"; it knows ${known}.`);
  }
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw usageError(`--set ${key} takes a number, not "${value}".`);
  return number;
}
