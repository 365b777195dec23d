import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findUses, readFacts, registerProblems, renderPage, withMaturity } from './field/register.ts';
import { root } from './tasks.ts';

/** Writes docs/aws-facts.md and the numbers in the README from the register of facts. */
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
