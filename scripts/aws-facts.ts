import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findUses, readFacts, recordReport, registerProblems, renderPage, withMaturity } from './field/register.ts';
import type { FieldReport } from './field/report.ts';
import { root } from './tasks.ts';

/** Writes docs/aws-facts.md and the numbers in the README. `--record <field report>` first writes its date into the register. */
const { values } = parseArgs({ options: { record: { type: 'string' } } });
if (values.record !== undefined) {
  const report = JSON.parse(readFileSync(values.record, 'utf8')) as FieldReport;
  const recorded = recordReport(readFacts(), report);
  writeFileSync(join(root, 'scripts', 'field', 'facts.json'), `${JSON.stringify(recorded, null, 2)}\n`);
  const different = report.facts.filter(({ outcome }) => outcome === 'differs');
  for (const { id, statement, observed } of different)
    console.error(`${id} is not true. ${statement} Observed: ${observed}`);
  if (different.length > 0) process.exitCode = 1;
}
const facts = readFacts();
const uses = findUses();
const problems = registerProblems(facts, uses);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
writeFileSync(join(root, 'docs', 'aws-facts.md'), renderPage(facts, uses));
const readme = join(root, 'README.md');
writeFileSync(readme, withMaturity(readFileSync(readme, 'utf8'), facts));
