import type { Style } from '../output/output.ts';
import { joinLines } from '../output/terminal-text.ts';
import type { Diagnosis } from './diagnose.ts';
import { type Link, linkTitles } from './link.ts';

export interface FormatOptions {
  readonly service: string;
  readonly path: string;
  /** Show every link, not only the broken ones. */
  readonly all: boolean;
  readonly style: Style;
}

/** The first broken link with its evidence and its fix; one line for each other link. */
export function formatDiagnosis({ links, first }: Diagnosis, options: FormatOptions): string {
  const { service, path, all, style } = options;
  const unknowns = links.filter(({ status }) => status === 'unknown');
  const others = links.filter((link) => link.status === 'broken' && link !== first);
  const lines = [
    ...(all ? [...links.map((link) => walkLine(link, style)), ''] : []),
    ...(first === undefined
      ? [
          unknowns.length === 0
            ? style.green(`Nothing is wrong with ${service}.`)
            : `Nothing that could be checked is wrong with ${service}.`,
        ]
      : firstLines(first, path, style)),
    ...(others.length === 0 ? [] : ['', 'Also broken:', ...others.map((link) => `  ${nameOf(link)}: ${link.summary}`)]),
    ...(unknowns.length === 0
      ? []
      : ['', 'Could not be checked:', ...unknowns.map((link) => `  ${nameOf(link)}: ${link.summary}`)]),
  ];
  return joinLines(lines);
}

function firstLines(first: Link, path: string, style: Style): readonly string[] {
  return [
    `${style.red(`${path}: ${nameOf(first)} broken`)}`,
    `  ${style.bold(first.summary)}`,
    ...first.evidence.map((line) => `  - ${line}`),
    ...(first.mend.length === 0 ? [] : ['', 'To fix it:', ...first.mend.map((line) => `  ${line}`)]),
  ];
}

const marks = { ok: 'ok     ', broken: 'BROKEN ', symptom: 'symptom', unknown: 'unknown' } as const;

function walkLine(link: Link, style: Style): string {
  const paint = { ok: style.green, broken: style.red, symptom: style.yellow, unknown: style.yellow }[link.status];
  const because = link.cause === undefined ? '' : ` (because of: ${linkTitles[link.cause]})`;
  return `${paint(marks[link.status])}  ${nameOf(link)}: ${link.summary}${because}`;
}

function nameOf({ id }: Link): string {
  return linkTitles[id];
}
