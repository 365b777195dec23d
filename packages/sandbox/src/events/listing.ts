import { AwsError } from '../aws-error.ts';

/**
 * One page of a listing, according to `Limit` and `NextToken`.
 *
 * @throws AwsError `ValidationException` for a limit out of range or an unknown token
 */
export function cutListing<Item>(
  items: readonly Item[],
  input: Readonly<Record<string, unknown>>,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const limit = (input.Limit as number | undefined) ?? 100;
  const token = input.NextToken;
  const start = token === undefined ? 0 : Number(Buffer.from(String(token), 'base64url').toString('latin1'));
  if (limit < 1 || limit > 100) throw new AwsError('ValidationException', 'Limit must be between 1 and 100.');
  if (!Number.isInteger(start)) throw new AwsError('ValidationException', 'The token is not valid.');
  const end = start + limit;
  const nextToken = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: items.slice(start, end), nextToken };
}
