import { nameOf } from './call-name.ts';
import { afflictions } from './faults.ts';
import type { PlayedCell } from './play-cells.ts';
import { scenarios } from './scenarios.ts';

const introduction = `# Fault matrix

What becomes of each operation when one of its calls of AWS goes wrong. \`npm run chaos\` writes this page.`;

/** The whole page: a table for each scenario that was played. */
export function renderPage(played: readonly PlayedCell[]): string {
  const sections = scenarios.flatMap(({ name }) => {
    const own = played.filter(({ cell }) => cell.scenario.name === name);
    return own.length === 0 ? [] : [`## ${name}\n\n${renderTable(own)}`];
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

function renderTable(played: readonly PlayedCell[]): string {
  const columns = afflictions
    .map(({ name }) => name)
    .filter((name) => played.some(({ cell }) => cell.strike?.affliction.name === name));
  const rows = Map.groupBy(played, ({ cell }) => (cell.strike === undefined ? '' : nameOf(cell.strike.call)));
  const lines = [...rows].map(([call, cells]) => {
    const words = columns.map((column) => {
      const cell = cells.find((one) => one.cell.strike?.affliction.name === column);
      return cell === undefined ? '' : cell.complaints.length > 0 ? `**${cell.outcome}**` : cell.outcome;
    });
    return `| ${[call, ...words].join(' | ')} |`;
  });
  const dashes = ['', ...columns].map(() => '---');
  return [`| ${['call', ...columns].join(' | ')} |`, `| ${dashes.join(' | ')} |`, ...lines].join('\n');
}
