import { BlockList, isIP } from 'node:net';
import { PatternError } from './pattern-error.ts';
import { equalsTest, ignoringCase, prefixTest, suffixTest, type TextTest, wildcardTest } from './text-match.ts';

/** A value at a leaf of an event. */
export type Leaf = string | number | boolean | null;

/** Whether one value matches. */
export type LeafTest = (value: Leaf) => boolean;

/** One entry of a field's array in a pattern. `absent` matches a missing field. */
export type FieldRule = { readonly kind: 'absent' } | { readonly kind: 'value'; readonly test: LeafTest };

/** @throws PatternError */
export function compileRule(rule: unknown): FieldRule {
  if (isLeaf(rule)) return { kind: 'value', test: (value) => value === rule };
  const { operator, operand } = soleMember(rule);
  if (operator === 'exists') {
    if (typeof operand !== 'boolean') throw new PatternError('exists match pattern must be either true or false.');
    return operand ? { kind: 'value', test: () => true } : { kind: 'absent' };
  }
  return { kind: 'value', test: compileOperator(operator, operand) };
}

export function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function soleMember(rule: unknown): { operator: string; operand: unknown } {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    throw new PatternError('Match value must be String, number, true, false, or null');
  }
  const [entry, ...rest] = Object.entries(rule);
  if (entry === undefined) throw new PatternError('Empty objects are not allowed');
  if (rest.length > 0) throw new PatternError('Only one key allowed in match expression');
  return { operator: entry[0], operand: entry[1] };
}

function compileOperator(operator: string, operand: unknown): LeafTest {
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return ofText(compileText(operator, operand));
    case 'anything-but':
      return compileAnythingBut(operand);
    case 'numeric':
      return compileNumeric(operand);
    case 'cidr':
      return ofText(compileCidr(operand));
    default:
      throw new PatternError(`Unrecognized match type ${operator}`);
  }
}

function ofText(test: TextTest): LeafTest {
  return (value) => typeof value === 'string' && test(value);
}

function compileText(operator: string, operand: unknown): TextTest {
  const make = operator === 'suffix' ? suffixTest : prefixTest;
  if (typeof operand === 'string') {
    if (operator === 'wildcard') return wildcardTest(operand);
    return operator === 'equals-ignore-case' ? ignoringCase(equalsTest, operand) : make(operand);
  }
  if (operator === 'prefix' || operator === 'suffix') {
    const inner = typeof operand === 'object' && operand !== null ? soleMember(operand) : undefined;
    if (inner?.operator === 'equals-ignore-case' && typeof inner.operand === 'string') {
      return ignoringCase(make, inner.operand);
    }
  }
  throw new PatternError(`${operator} match pattern must be a string`);
}

function compileAnythingBut(operand: unknown): LeafTest {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const { operator, operand: texts } = soleMember(operand);
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
      throw new PatternError(`Unsupported anything-but pattern: ${operator}`);
    }
    const tests = (Array.isArray(texts) ? nonEmpty(texts) : [texts]).map((text) => compileText(operator, text));
    return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
  }
  const values: readonly unknown[] = Array.isArray(operand) ? nonEmpty(operand) : [operand];
  const allText = values.every((value) => typeof value === 'string');
  if (!allText && !values.every((value) => typeof value === 'number')) {
    throw new PatternError(
      'Inside anything-but list, either all values are Number or String, mixed type is not supported',
    );
  }
  return (value) => !values.some((excluded) => excluded === value);
}

function nonEmpty(values: readonly unknown[]): readonly unknown[] {
  if (values.length === 0) throw new PatternError('Empty arrays are not allowed');
  return values;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** EventBridge compares numbers in this range only. */
const largestNumber = 5e9;

function compileNumeric(operand: unknown): LeafTest {
  if (!Array.isArray(operand)) throw new PatternError('Value of numeric must be an array.');
  if (operand.length !== 2 && operand.length !== 4) throw new PatternError('Invalid member in numeric match');
  const bounds: { sign: string; bound: number }[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const sign: unknown = operand[index];
    const bound: unknown = operand[index + 1];
    if (typeof sign !== 'string' || comparisons[sign] === undefined) {
      throw new PatternError(`Unrecognized numeric range operator: ${String(sign)}`);
    }
    if (typeof bound !== 'number') throw new PatternError('Value of numeric range must be a number');
    if (Math.abs(bound) > largestNumber) throw new PatternError('Value must be between -5.0E9 and 5.0E9, inclusive');
    bounds.push({ sign, bound });
  }
  const [lower, upper] = bounds;
  if (lower !== undefined && upper !== undefined) {
    if (!lower.sign.startsWith('>') || !upper.sign.startsWith('<'))
      throw new PatternError('Bad numeric range operator');
    if (lower.bound >= upper.bound) throw new PatternError('Bottom must be less than top');
  }
  return (value) => typeof value === 'number' && bounds.every(({ sign, bound }) => comparisons[sign]?.(value, bound));
}

function compileCidr(operand: unknown): TextTest {
  const [address = '', bits, ...rest] = typeof operand === 'string' ? operand.split('/') : [];
  const family = isIP(address);
  const length = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
  if (family === 0 || rest.length > 0 || !/^\d*$/.test(bits ?? '') || length > (family === 6 ? 128 : 32)) {
    throw new PatternError(`Malformed CIDR, one '/' required: ${String(operand)}`);
  }
  const block = new BlockList();
  block.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  return (text) => isIP(text) === family && block.check(text, family === 6 ? 'ipv6' : 'ipv4');
}
