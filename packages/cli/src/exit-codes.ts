/**
 * The exit codes. README.md of this package explains them; a test compares the two.
 */
export const exitCodes = {
  /** The command succeeded. */
  done: 0,
  /** The operation failed in the function or in AWS. */
  failed: 1,
  /** The command line was not understood, or no confirmation was possible. */
  usage: 2,
  /** AWS was not reached, did not answer, throttled or denied access: the state is unknown. */
  unknown: 3,
  /** The check succeeded and found a problem. */
  findings: 4,
  /** A later request or another person's change was kept; nothing was overwritten. */
  overtaken: 5,
  /** A defect of the command itself. */
  defect: 70,
  /** Interrupted. The function continues with its operation. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
