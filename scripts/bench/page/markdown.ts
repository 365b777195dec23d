/** A Markdown table. Numbers are passed as text. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}

export interface Target {
  readonly what: string;
  readonly measured: number;
  /** The upper limit. */
  readonly atMost: number;
  readonly unit?: string;
  readonly digits?: number;
  /** The reason if the target is not met. */
  readonly otherwise?: string;
}

/** A list item with the result of a target: met, or by how much it is missed. */
export function verdict({ what, measured, atMost, unit = '', digits = 2, otherwise = '' }: Target): string {
  const figures = `${measured.toFixed(digits)}${unit}, limit ${atMost}${unit}`;
  if (measured <= atMost) return `- **met**: ${what} ${figures}`;
  const over = Number.isFinite(measured / atMost) ? ` by ${((measured / atMost - 1) * 100).toFixed(0)} %` : '';
  return `- **not met**${over}: ${what} ${figures}.${otherwise === '' ? '' : ` ${otherwise}`}`;
}
