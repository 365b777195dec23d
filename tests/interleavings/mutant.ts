/** Core without one of its rules. A run that breaks an invariant without the rule proves that the rule is needed. */
export interface Mutant {
  readonly name: string;
  /** The dimension whose scripts detect it. Default `plain`. */
  readonly dimension?: string;
  readonly patches: readonly Patch[];
}

export interface Patch {
  /** The path below packages/core/src. */
  readonly file: string;
  /** A text that occurs exactly once in the file. */
  readonly search: string;
  readonly replace: string;
}
