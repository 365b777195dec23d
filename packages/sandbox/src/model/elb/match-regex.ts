/** Escapes, classes and groups that JavaScript may interpret differently from a load balancer. */
const foreign = /\\(?![dDwWsSbBtnrfv])[A-Za-z0-9]|\[[:.=]|&&|\(\?(?!:|<[A-Za-z])/;

/**
 * Whether a regular expression of a rule matches. `undefined` if this is unknown: JavaScript cannot compile it, or it
 * matches only a part of the text, and AWS does not document whether that is enough.
 */
export function matchesRegex(pattern: string, text: string, ignoresCase: boolean): boolean | undefined {
  if (foreign.test(pattern)) return undefined;
  const test = (source: string) => new RegExp(source, ignoresCase ? 'i' : '').test(text);
  try {
    const somewhere = test(pattern);
    return somewhere === test(`^(?:${pattern})$`) ? somewhere : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
