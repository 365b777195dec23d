import type { Measured } from '../measure-all.ts';
import { coldStartSection } from './cold-start-section.ts';
import { growthSection } from './growth-section.ts';
import { manyStartsSection } from './many-starts-section.ts';
import { readyLagSection } from './ready-lag-section.ts';
import { billedTimeSection, workSection } from './work-section.ts';

/** The whole of `docs/benchmarks.md`. Every figure in it comes from what was measured, or from what the harness was told. */
export function renderPage(measured: Measured): string {
  const { date, quick, machine } = measured;
  const title = `# Benchmarks

Written by \`npm run bench\` on ${date.slice(0, 16).replace('T', ' ')} UTC, in one run${quick ? ', a quick one that only shows that everything can be measured' : ''}: ${machine.model}, ${machine.cpus} CPUs, ${machine.memoryGb} GB,
${machine.platform}, Node ${machine.node}. Nothing here is typed by hand; the harness is in [scripts/bench](../scripts/bench). What AWS
charges for is in \`engines cost\`.`;
  const sections = [
    readyLagSection,
    manyStartsSection,
    coldStartSection,
    workSection,
    billedTimeSection,
    growthSection,
  ];
  return `${[title, ...sections.map((section) => section(measured))].join('\n\n')}\n`;
}
