import { PatternError } from './pattern-error.ts';

/** Whether a text matches. */
export type TextTest = (text: string) => boolean;

/**
 * Compiles a wildcard. `*` matches any text, including none; `\*` and `\\` match the literal characters.
 *
 * @throws PatternError for two consecutive `*`, or a backslash before another character
 */
export function wildcardTest(pattern: string): TextTest {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '*') {
      if (pattern[index + 1] === '*') throw new PatternError('Consecutive wildcard characters are not allowed');
      source += '.*';
    } else if (character === '\\') {
      index += 1;
      const escaped = pattern[index];
      if (escaped !== '*' && escaped !== '\\') throw new PatternError('Invalid escape character in wildcard');
      source += `\\${escaped}`;
    } else {
      source += character.replace(/[\^$.*+?()[\]{}|/-]/, '\\$&');
    }
  }
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

export function prefixTest(prefix: string): TextTest {
  return (text) => text.startsWith(prefix);
}

export function suffixTest(suffix: string): TextTest {
  return (text) => text.endsWith(suffix);
}

export function ignoringCase(make: (value: string) => TextTest, value: string): TextTest {
  const test = make(value.toLowerCase());
  return (text) => test(text.toLowerCase());
}

export function equalsTest(value: string): TextTest {
  return (text) => text === value;
}
