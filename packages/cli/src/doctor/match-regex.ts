import { type Context, createContext, Script } from 'node:vm';

/** Whether a text matches. `unknown`: the load balancer may decide differently. */
export type Match = 'yes' | 'no' | 'unknown';

/** Anyone who may edit listener rules can write a regular expression that never ends. */
const timeoutMs = 100;

const script = new Script('new RegExp(source, flags).test(text)');
let context: (Context & { source?: string; flags?: string; text?: string }) | undefined;

/**
 * Syntax that load balancers and JavaScript may read differently: escapes that one of them does not know, POSIX
 * classes, intersections of classes, and groups other than plain, non-capturing and named ones. AWS refuses lookarounds,
 * back references and Unicode classes.
 */
const foreign = /\\(?![dDwWsSbBtnrfv])[A-Za-z0-9]|\[[:.=]|&&|\(\?(?!:|<[A-Za-z])/;

/**
 * Whether a regular expression of a listener rule matches a text. AWS does not say whether it must match the whole text;
 * if that makes a difference, the answer is unknown.
 */
export function matchRegex(text: string, pattern: string, ignoresCase: boolean): Match {
  if (foreign.test(pattern)) return 'unknown';
  const somewhere = evaluate(text, pattern, ignoresCase);
  const whole = evaluate(text, `^(?:${pattern})$`, ignoresCase);
  if (somewhere === undefined || somewhere !== whole) return 'unknown';
  return somewhere ? 'yes' : 'no';
}

/** Undefined if it is not a regular expression in JavaScript, or takes too long. */
function evaluate(text: string, source: string, ignoresCase: boolean): boolean | undefined {
  context ??= createContext({});
  Object.assign(context, { source, flags: ignoresCase ? 'i' : '', text });
  try {
    return script.runInContext(context, { timeout: timeoutMs });
  } catch (error) {
    // Errors of another context are not instances of this context's classes.
    const { name, code } = error as { readonly name?: string; readonly code?: string };
    if (name === 'SyntaxError' || code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
