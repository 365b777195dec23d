import { join } from 'node:path';
import { root } from '../tasks.ts';

/** The recorded demo: its final screen, and the picture of it in the README. */
export const demoRecording = {
  text: join(root, 'docs', 'pictures', 'demo.txt'),
  picture: join(root, 'docs', 'pictures', 'demo.svg'),
};

const columns = 120;
const lineHeight = 19;
const characterWidth = 7.83;
const margin = 18;
const titleBar = 34;

const style = `
    svg { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }
    text { white-space: pre; fill: #1f2328 }
    .window { fill: #f6f8fa; stroke: #d0d7de }
    .button { fill: #d0d7de }
    .done { fill: #1a7f37 }
    .failed { fill: #cf222e }
    .detail { fill: #59636e }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .window { fill: #161b22; stroke: #30363d }
      .button { fill: #30363d }
      .done { fill: #3fb950 }
      .failed { fill: #f85149 }
      .detail { fill: #9198a1 }
    }`;

/** Renders a command and its output as SVG, for light and dark backgrounds. The same text gives the same bytes. */
export function renderTerminal(command: string, screen: string): string {
  const lines = [`$ ${command}`, ...screen.trimEnd().split('\n')].flatMap(wrapLine);
  const width = Math.ceil(columns * characterWidth + 2 * margin);
  const height = titleBar + lines.length * lineHeight + margin;
  const buttons = [0, 1, 2].map((index) => `<circle class="button" cx="${margin + 6 + index * 20}" cy="20" r="6"/>`);
  const texts = lines.map((line, index) => {
    const y = titleBar + (index + 1) * lineHeight;
    return `  <text x="${margin}" y="${y}">${markUp(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>Terminal session of ${escapeXml(command)}</title>
  <style>${style}
  </style>
  <rect class="window" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  ${buttons.join('')}
${texts.join('\n')}
</svg>
`;
}

/** Wraps a long line between words, and indents the continuation by two more columns. */
function wrapLine(line: string): string[] {
  const indent = ' '.repeat(line.length - line.trimStart().length + 2);
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > indent.length ? space : columns;
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

function markUp(line: string): string {
  const [, indent = '', mark = '', text = ''] = line.match(/^(\s*)([✔✖]?)(.*)$/) ?? [];
  if (mark === '') return /^ {2}/.test(line) ? span('detail', line) : escapeXml(line);
  return `${indent}${span(mark === '✔' ? 'done' : 'failed', mark)}${escapeXml(text)}`;
}

const span = (name: string, text: string) => `<tspan class="${name}">${escapeXml(text)}</tspan>`;

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
