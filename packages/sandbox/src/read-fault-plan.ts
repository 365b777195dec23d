import { metricFaults } from './cloudwatch/get-metric-data.ts';
import { type Fault, type FaultPlan, faultKinds } from './faults.ts';

const serviceNames = ['ec2', 'ecs', 'elasticloadbalancing', 'ssm', 'events', 'lambda', 'logs', 'monitoring'];
const planMembers = ['fault', 'service', 'operation', 'caller', 'input', 'nth', 'times', 'forMs'];

/**
 * Parses a fault plan of the admin API. `"times": "always"` affects all calls.
 *
 * @throws RangeError that names the invalid member
 */
export function readFaultPlan(value: unknown): FaultPlan {
  if (!isObject(value)) throw new RangeError('a fault plan must be an object');
  for (const key of Object.keys(value))
    if (!planMembers.includes(key)) throw new RangeError(`${key} is not a member of a fault plan`);
  const { service, operation, caller, input, nth, forMs } = value;
  const times = value.times === 'always' ? Number.POSITIVE_INFINITY : value.times;
  const checks: [string, boolean][] = [
    ['service', service === undefined || serviceNames.includes(service as string)],
    ['operation', operation === undefined || typeof operation === 'string'],
    ['caller', caller === undefined || typeof caller === 'string'],
    ['input', input === undefined || isObject(input)],
    ['nth', nth === undefined || isCount(nth)],
    ['forMs', forMs === undefined || isCount(forMs)],
    ['times', times === undefined || times === Number.POSITIVE_INFINITY || isCount(times)],
  ];
  const wrong = checks.find(([, right]) => !right);
  if (wrong !== undefined) throw new RangeError(`${wrong[0]} is not valid: ${JSON.stringify(value[wrong[0]])}`);
  const rest = Object.fromEntries(Object.entries({ ...value, times }).filter(([, member]) => member !== undefined));
  return { ...rest, fault: readFault(value.fault) };
}

function readFault(value: unknown): Fault {
  if (!isObject(value) || !faultKinds.includes(value.kind as Fault['kind'])) {
    throw new RangeError(`fault.kind must be one of ${faultKinds.join(', ')}`);
  }
  const { kind, delayMs, code, message, answer } = value;
  if (kind === 'latency' && typeof delayMs !== 'number') throw new RangeError('a latency needs delayMs');
  if (kind === 'error' && (typeof code !== 'string' || typeof message !== 'string')) {
    throw new RangeError('an error needs code and message');
  }
  if (kind === 'metrics' && !Object.hasOwn(metricFaults, String(answer))) {
    throw new RangeError(`a fault of metrics needs an answer: ${Object.keys(metricFaults).join(', ')}`);
  }
  return value as unknown as Fault;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
