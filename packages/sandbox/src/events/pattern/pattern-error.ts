/** What is wrong with an event pattern, in the words that follow "Event pattern is not valid. Reason: ". */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
