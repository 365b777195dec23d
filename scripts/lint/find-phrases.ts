/**
 * A phrase that makes prose hard to read, and what to write instead. A space also matches the end of a line. A phrase with a
 * capital letter is case-sensitive.
 */
interface Phrase {
  readonly words: string;
  readonly instead: string;
}

/** Beginning of a sentence, a paragraph, a list item or a table cell. */
const opening = '(?<=^|[.!?:] |\\n\\n|\\n- |\\| |\\*\\* )';

const phrases: readonly Phrase[] = [
  { words: '\\bunless (?:it |that is |otherwise )?sa(?:id|ys)\\b', instead: 'default …' },
  { words: '\\b(?:is|are|was|were|be|been) told\\b', instead: 'is reported, is published' },
  { words: '\\bnobody\\b', instead: 'a named subject; or unknown, unused, none' },
  { words: '\\bsomebody\\b', instead: 'a named subject: an operator, another process' },
  { words: '\\banybody\\b', instead: 'a named subject: any principal, any caller' },
  { words: '\\bwhoever\\b', instead: 'a named subject: callers, the process that …' },
  { words: '\\bbeside\\b', instead: 'next to, besides, in addition to' },
  { words: '\\ball the same\\b', instead: 'anyway, still' },
  { words: '\\bfor ever\\b', instead: 'without end, indefinitely' },
  { words: '\\bof itself\\b', instead: 'on its own' },
  { words: '\\bheld against\\b', instead: 'compared with, validated against' },
  { words: '\\bmend(?:s|ed|ing)\\b|(?<!\\.)\\bmend \\w', instead: 'fix, repair' },
  { words: '\\basked for\\b', instead: 'requested' },
  { words: '\\b(?:of|not) ours\\b', instead: 'our …, of this repository' },
  { words: '\\b(?:is|are|was|were) to go\\b', instead: 'retiring, will be stopped' },
  { words: '\\banew\\b', instead: 'again' },
  { words: '\\bwish(?:es)?\\b', instead: 'request' },
  { words: `${opening}Of (?:an?|all|two|those)\\b`, instead: 'start with the subject' },
  { words: `${opening}Who(?:se|m)? \\w+s\\b(?![^.|]*\\?)`, instead: 'start with the subject' },
  { words: '(?:[.,:] |\\| )[Ee]lse (?!if\\b)\\w', instead: 'otherwise' },
];

const patterns = phrases.map(({ words, instead }) => ({
  pattern: new RegExp(words.replaceAll(' ', '\\s+'), /[A-Z]/.test(words) ? 'g' : 'gi'),
  instead,
}));

export interface Finding {
  readonly line: number;
  readonly words: string;
  readonly instead: string;
}

/** Where a text has such phrases. Code, link targets and the names of linked tests in Markdown are ignored. */
export function findPhrases(text: string, kind: 'markdown' | 'source'): Finding[] {
  const lines = text.replaceAll('\r\n', '\n');
  const prose = kind === 'markdown' ? blankCode(lines) : lines;
  return patterns
    .flatMap(({ pattern, instead }) =>
      [...prose.matchAll(pattern)].map(({ 0: words, index }) => ({
        line: prose.slice(0, index).split('\n').length,
        words: words.replaceAll(/\s+/g, ' ').trim(),
        instead,
      })),
    )
    .toSorted((one, other) => one.line - other.line);
}

function blankCode(markdown: string): string {
  return markdown
    .replaceAll(/^```.*?^```$/gms, blank)
    .replaceAll(/`[^`\n]*`/g, blank)
    .replaceAll(/\[[^\]]*\]\([^)\s]*\.ts\)/g, blank)
    .replaceAll(/\]\([^)\s]*\)/g, blank);
}

/** As many characters, so that lines stay where they are, and none that is part of a word. */
const blank = (text: string) => text.replaceAll(/[^\n]/g, '·');
