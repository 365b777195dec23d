import { AwsError } from '../aws-error.ts';

/** A term or a quoted phrase, with an optional prefix: `?` (any of these) or `-` (not this). */
const termPattern = /^([?-]?)(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_]+))(?:\s+|$)/;

/**
 * Compiles a filter pattern for unstructured events. Patterns for JSON and for columns and regular
 * expressions are rejected, not ignored.
 *
 * @throws AwsError `InvalidParameterException`
 */
export function compileFilterPattern(pattern: string): (message: string) => boolean {
  const required: string[] = [];
  const optional: string[] = [];
  const excluded: string[] = [];
  for (let rest = pattern.trim(); rest !== ''; ) {
    const found = termPattern.exec(rest);
    if (found === null) throw new AwsError('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
    const [whole, sign, phrase, word] = found;
    const list = sign === '?' ? optional : sign === '-' ? excluded : required;
    list.push(phrase?.replaceAll(/\\(.)/g, '$1') ?? (word as string));
    rest = rest.slice(whole.length);
  }
  return (message) =>
    required.every((term) => message.includes(term)) &&
    (optional.length === 0 || optional.some((term) => message.includes(term))) &&
    !excluded.some((term) => message.includes(term));
}
