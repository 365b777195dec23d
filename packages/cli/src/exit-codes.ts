/**
 * What the command ends with. README.md of this package says the same at more length; a test compares them.
 */
export const exitCodes = {
  /** It was done, or told. */
  done: 0,
  /** The operation failed: the function, or AWS on its behalf, said no. */
  failed: 1,
  /** The command line was not understood, or there was nobody to ask for the confirmation that it needed. */
  usage: 2,
  /** AWS was not reached, did not answer or refused access: what is up is not known. */
  unknown: 3,
  /** It looked, and found something amiss. */
  findings: 4,
  /** Somebody else's change, or a later wish, stands; nothing was overwritten. */
  overtaken: 5,
  /** A defect of the command itself. */
  defect: 70,
  /** Interrupted. What the function had begun goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
