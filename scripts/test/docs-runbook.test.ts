import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../tasks.ts';
import { headingsOf, linksOf } from './markdown.ts';

const modules = ['observability', 'activator'].map((name) =>
  readFileSync(join(root, 'terraform', 'modules', name, 'main.tf'), 'utf8'),
);
const text = readFileSync(join(root, 'docs', 'runbook.md'), 'utf8').replaceAll('\r\n', '\n');
const page = { path: 'docs/runbook.md', text };

/** The names of the alarms: the keys of `local.alarms`, and those that an alarm resource has in its own name. */
function alarmNames(): string[] {
  return modules.flatMap((module) => {
    const map = module.match(/^ {2}alarms = \{\n(.*?)^ {2}\}$/ms)?.[1] ?? '';
    const keys = [...map.matchAll(/^ {4}([a-z-]+) *= *\{/gm)].map(([, name = '']) => name);
    const own = [...module.matchAll(/alarm_name += "\$\{var\.name\}-([a-z-]+)"/g)].map(([, name = '']) => name);
    return [...keys, ...own];
  });
}

test('docs/runbook.md has one section for each alarm that Terraform creates, and no other', () => {
  expect(alarmNames()).toContain('function-errors');
  expect(alarmNames()).toContain('reconcile-silent');
  expect(alarmNames()).toContain('failed-wakes');
  expect(headingsOf(page).slice(1).toSorted()).toEqual(alarmNames().toSorted());
});

test('each section says what the alarm means and what to do, and the list at the top links to it', () => {
  const sections = text.split(/^## /m).slice(1);
  const incomplete = sections.filter((section) => !/^[a-z-]+\n\n\*\*Meaning\.\*\* .*?\n\n1\. /s.test(section));

  expect(incomplete).toEqual([]);
  const linked = linksOf(page).map(({ target }) => target);
  expect(linked).toEqual(expect.arrayContaining(alarmNames().map((name) => `#${name}`)));
});
