import { StartEnginesError } from './errors.ts';
import type { ServiceResult } from './service-result.ts';

/**
 * Lambda's record of a failure contains the message twice and must stay under 1 MB. The names and codes of a thousand services take
 * about 60,000 characters.
 */
const longestResults = 100_000;

/**
 * An error's message with the result of each service. Lambda passes on nothing else of an error, and Step Functions match on it.
 * Every service keeps its name and its error's code; the first ones keep everything that fits.
 */
export function putResultsIntoMessage(words: string, results: readonly ServiceResult[]): string {
  const short = results.map(({ service, error }) => ({ service, ...(error === undefined ? {} : { error }) }));
  let room = longestResults - JSON.stringify(short).length;
  const fitting = results.findIndex((result, index) => {
    room -= JSON.stringify(result).length - JSON.stringify(short[index]).length;
    return room < 0;
  });
  if (fitting === -1) return `${words} Results: ${JSON.stringify(results)}`;
  const shown = [...results.slice(0, fitting), ...short.slice(fitting)];
  return `${words} The details of the last ${results.length - fitting} are left out. Results: ${JSON.stringify(shown)}`;
}

/** The error with its results appended to its message. */
export function withResultsInMessage(error: StartEnginesError): StartEnginesError {
  const { code, message, cause, context, results } = error;
  if (results === undefined) return error;
  return new StartEnginesError(code, putResultsIntoMessage(message, results), { cause, context, results });
}

/** The text and the results of such a message; undefined for any other message. */
export function takeResultsOutOfMessage(
  message: string,
): { readonly words: string; readonly results: readonly ServiceResult[] } | undefined {
  const [, words, json] = /^(.*?) ?Results: (\[.*\])$/s.exec(message) ?? [];
  if (words === undefined || json === undefined) return undefined;
  try {
    return { words, results: JSON.parse(json) };
  } catch {
    return undefined;
  }
}

/** The first few items, and how many more there are. */
export function listFirst(items: readonly string[], separator: string, most = 20): string {
  const rest = items.length - most;
  return [...items.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])].join(separator);
}
