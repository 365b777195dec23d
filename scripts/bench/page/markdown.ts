/** A Markdown table; numbers are handed in as text. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

export interface Target {
  readonly what: string;
  readonly measured: number;
  /** The most that it may be. */
  readonly atMost: number;
  readonly unit?: string;
  readonly digits?: number;
  /** What stands in the way, for when it is not met. */
  readonly otherwise?: string;
}

/** One line of a list that says whether a target is met, and by how much it is not. */
export function verdict({ what, measured, atMost, unit = '', digits = 2, otherwise = '' }: Target): string {
  const figures = `${measured.toFixed(digits)}${unit}, and may be ${atMost}${unit}`;
  if (measured <= atMost) return `- **met**: ${what} ${figures}`;
  const over = Number.isFinite(measured / atMost) ? ` by ${((measured / atMost - 1) * 100).toFixed(0)} %` : '';
  return `- **not met**${over}: ${what} ${figures}.${otherwise === '' ? '' : ` ${otherwise}`}`;
}
