import { AwsError } from '../aws-error.ts';
import type { Random } from '../random.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

export interface PageRequest {
  readonly maxResults: number | undefined;
  readonly nextToken: string | undefined;
  readonly largest: number;
}

/**
 * One page of a list. A token contains the start of the next page.
 *
 * @throws AwsError `ValidationException` for a page size out of range, `InvalidNextToken` for an unknown token
 */
export function cutPage<Item>(
  items: readonly Item[],
  { maxResults = Number.POSITIVE_INFINITY, nextToken, largest }: PageRequest,
  emptyPages?: { readonly chance: number; readonly random: Random },
): Page<Item> {
  if (maxResults < 1 || (Number.isFinite(maxResults) && maxResults > largest)) {
    const bound = maxResults < 1 ? 'greater than or equal to 1' : `less than or equal to ${largest}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${maxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const { start, wasEmpty } = nextToken === undefined ? { start: 0, wasEmpty: false } : readToken(nextToken);
  // Never two empty pages in a row, so that every reader terminates. AWS-053.
  if (!wasEmpty && emptyPages?.random.chance(emptyPages.chance)) {
    return { items: [], nextToken: writeToken(start, true) };
  }
  const end = start + Math.min(maxResults, largest);
  return { items: items.slice(start, end), nextToken: end < items.length ? writeToken(end, false) : undefined };
}

function writeToken(start: number, wasEmpty: boolean): string {
  return Buffer.from(`${start}:${wasEmpty ? 'empty' : 'page'}`).toString('base64url');
}

function readToken(token: string): { start: number; wasEmpty: boolean } {
  const found = /^(\d+):(empty|page)$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  if (found === null) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  return { start: Number(found[1]), wasEmpty: found[2] === 'empty' };
}
