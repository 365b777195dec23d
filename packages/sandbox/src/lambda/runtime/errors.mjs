/** An error of the runtime itself, named as AWS names it, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(name, message, options) {
    super(message, options);
    this.name = name;
  }
}

/** Describes a thrown value for the caller: `errorType`, `errorMessage`, and the lines of the stack as `trace`. */
export function describeError(error) {
  try {
    if (Error.isError?.(error) || error instanceof Error) {
      return { errorType: String(error.name), errorMessage: String(error.message), trace: error.stack.split('\n') };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'The thrown value has no readable name, message or stack.',
      trace: [],
    };
  }
}
