/** What an operation came to, before a trigger gives it the form that its caller expects. */
export interface Reply {
  readonly statusCode: number;
  readonly body: object;
  /** For HTTP. */
  readonly headers?: Readonly<Record<string, string>>;
}
