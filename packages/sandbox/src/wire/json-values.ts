import { isListShape, type MembersShape, membersOf, type Shape, ShapeError } from './shape.ts';

const typeNames = {
  string: 'a String',
  integer: 'an Integer',
  number: 'a Float',
  boolean: 'a Boolean',
  timestamp: 'a Timestamp',
  blob: 'a Blob',
} as const;

/**
 * Parses a JSON value according to a shape: seconds become `Date`, base64 becomes `Uint8Array`, `null` members are absent.
 * The error messages are those of AWS's JSON front end.
 *
 * @throws ShapeError for the first value of a wrong type or the first missing required member
 */
export function readJsonValue(shape: Shape, value: unknown, member = ''): unknown {
  if (isListShape(shape)) return readList(shape[0], value, member);
  if (typeof shape === 'object') return readMembers(shape, value, member);
  if (Array.isArray(value)) throw wrongType(member, 'Start of list found where not expected');
  if (typeof value === 'object') throw wrongType(member, 'Start of structure or map found where not expected.');
  return readScalar(shape, value, member);
}

function readList(item: Shape, value: unknown, member: string): unknown[] {
  if (!Array.isArray(value)) throw wrongType(member, 'Expected list or null');
  return value.map((entry, index) => readJsonValue(item, entry, `${member}[${index}]`));
}

function readMembers(shape: MembersShape, value: unknown, member: string): Record<string, unknown> {
  if (Array.isArray(value)) throw wrongType(member, 'Start of list found where not expected');
  if (typeof value !== 'object' || value === null) throw wrongType(member, 'Expected null');
  const known = new Map(membersOf(shape).map((entry) => [entry.name, entry]));
  const anyMember = known.get('*');
  const result: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry === null || entry === undefined) continue;
    const type = known.get(name) ?? anyMember;
    setOwn(result, name, type === undefined ? entry : readJsonValue(type.shape, entry, joinMember(member, name)));
  }
  for (const entry of known.values()) {
    if (!entry.required || Object.hasOwn(result, entry.name)) continue;
    throw new ShapeError('missing', joinMember(member, entry.name), 'Member must not be null');
  }
  return result;
}

/** A member named `__proto__` is data, and must not change the prototype. */
function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

export function joinMember(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}

function readScalar(shape: keyof typeof typeNames, value: unknown, member: string): unknown {
  switch (shape) {
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      break;
    case 'number':
      if (typeof value === 'number') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'timestamp':
      if (typeof value === 'number') return new Date(value * 1000);
      break;
    case 'blob':
      if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'base64'));
      break;
  }
  throw wrongType(member, `${tokenOf(value)} can not be converted to ${typeNames[shape]}`);
}

function tokenOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  return 'STRING_VALUE';
}

function wrongType(member: string, message: string): ShapeError {
  return new ShapeError('wrong-type', member, message);
}

/** Serialises an output as AWS JSON 1.1: dates as seconds since the epoch, bytes as base64, without absent members. */
export function writeJsonValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(writeJsonValue);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry !== undefined && entry !== null) setOwn(result, name, writeJsonValue(entry));
  }
  return result;
}
