import * as z from 'zod/mini';
import { describeType, describeValue } from './describe-value.ts';
import type { Format } from './formats.ts';

// A compiled validator only pays off after some hundred documents. An invocation checks one or two.
z.config({ jitless: true });

/** Every schema has its own message, which keeps the library's message table out of the bundle. */
export const expects = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `expected ${what}, got ${describeValue(input)}`,
});

/** For values that may be secret, or contain secrets: messages do not show them. */
export const expectsUnseen = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `expected ${what}, got ${describeType(input)}`,
});

/** One schema with the pattern in it: `.check(z.regex())` would build two, and every cold start builds them all. */
export const text = ({ pattern, expected }: Format) => z.stringFormat('', pattern, expects(expected));

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export function wholeNumber({ least, most }: Bounds, unit = '') {
  const expected = expects(`a whole number${unit} from ${least} to ${most}`);
  return z.int(expected).check(z.minimum(least, expected), z.maximum(most, expected));
}

export function listOf<Item extends z.core.$ZodType>(item: Item, what: string, most = Number.POSITIVE_INFINITY) {
  const list = z
    .array(item, expects(`a list of ${what}`))
    .check(z.minLength(1, expects('a list with at least one item')));
  return most === Number.POSITIVE_INFINITY ? list : list.check(z.maxLength(most, expects(`at most ${most} ${what}`)));
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, expects(`one of ${values.join(', ')}`));
}
