const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** An amount in US dollars with its cents, such as `$1,138.80`. */
export function formatUsd(amount: number): string {
  return `$${format.format(amount)}`;
}
