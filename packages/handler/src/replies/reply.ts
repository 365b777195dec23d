/** The answer of an operation, before the trigger gives it the form that its caller expects. */
export interface Reply {
  readonly statusCode: number;
  readonly body: object;
  /** For HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
}
