import { expect, test } from 'vitest';
import { findPhrases } from '../lint/find-phrases.ts';

const wordsIn = (markdown: string) => findPhrases(markdown, 'markdown').map(({ words }) => words);

test.for([
  ['The default is 30 unless said.', 'unless said'],
  ['A new workspace is not told; an old one is told.', 'is told'],
  ['Nobody knows the field.', 'Nobody'],
  ['It stops for somebody else.', 'somebody'],
  ['A token that anybody can compute.', 'anybody'],
  ['It helps whoever looks next.', 'whoever'],
  ['A second truth beside ECS.', 'beside'],
  ['The event is sent all the same.', 'all the same'],
  ['They keep the old values for ever.', 'for ever'],
  ['It ends of itself.', 'of itself'],
  ['A document is held against the schema.', 'held against'],
  ['This is what mends it.', 'mends'],
  ['A command to mend it.', 'mend i'],
  ['It was asked for later.', 'asked for'],
  ['It imports nothing of ours.', 'of ours'],
  ['A task that is to go.', 'is to go'],
  ['It is made anew.', 'anew'],
  ['A later wish wins.', 'wish'],
  ['It waits. Of a task one thing is taken.', 'Of a'],
  ['- Of two tasks the newest wins.', 'Of two'],
  ['It is refused. Who wants that puts it back.', 'Who wants'],
  ['It is live. Else it is refused.', '. Else i'],
] as const)('the lint finds a phrase in: %s', ([sentence, words]) => {
  expect(wordsIn(`# Page\n\n${sentence}\n`)).toEqual([words]);
});

test('a phrase is found across the end of a line, and its line is that of its first word', () => {
  expect(findPhrases('# Page\n\nThe event is sent all the\nsame.\n', 'markdown')).toEqual([
    { line: 3, words: 'all the same', instead: 'anyway, still' },
  ]);
});

test('code, link targets and the names of linked tests are not prose', () => {
  const page = [
    'Set `nobody`, and see [the record](adr/0015-who-takes-out-what-belongs-to-nobody.md).',
    '[somebody is told](../tests/one.test.ts)',
    '```sh\necho beside # all the same\n```',
  ].join('\n\n');

  expect(wordsIn(page)).toEqual([]);
});

test('questions and ordinary uses are not findings', () => {
  expect(
    wordsIn(
      'Whose target is it? Who imports what?\n\nOf course it stops. Something else fails, or else it waits. One of two.',
    ),
  ).toEqual([]);
});

test('code with if and else, or with a member called mend, is no finding', () => {
  expect(findPhrases('if (isOne) run(); else close();\n', 'source')).toEqual([]);
  expect(findPhrases('const link = { mend: [] };\nrun(link.mend as string[]);\n', 'source')).toEqual([]);
});

test('all of a source file is checked, its texts in backticks too', () => {
  const source = 'const message = `It is held against the schema.`;\n// For whoever looks next.';

  expect(findPhrases(source, 'source').map(({ words }) => words)).toEqual(['held against', 'whoever']);
});
