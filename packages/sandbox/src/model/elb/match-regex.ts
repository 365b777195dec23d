/** Escapes, classes and groups that JavaScript may read otherwise than a load balancer does. */
const foreign = /\\(?![dDwWsSbBtnrfv])[A-Za-z0-9]|\[[:.=]|&&|\(\?(?!:|<[A-Za-z])/;

/**
 * Whether a regular expression of a rule matches. Undefined where that cannot be said: the expression is none for JavaScript, or
 * matches a part of the text only, of which AWS does not say whether it is enough.
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
