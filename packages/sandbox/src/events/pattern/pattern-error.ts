/** An error in an event pattern. The message follows "Event pattern is not valid. Reason: ". */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
