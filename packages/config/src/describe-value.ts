const longest = 60;

/** Describes an unexpected value in a few words. */
export function describeValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' || value === '') return describeType(value);
  const shown = value.length > longest ? `${value.slice(0, longest)}…` : value;
  return `the string ${JSON.stringify(shown)}`;
}

/** The same without the value. */
export function describeType(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
