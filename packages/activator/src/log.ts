/** Writes one line of JSON to the function's log. */
export type Log = (
  level: 'INFO' | 'WARN' | 'ERROR',
  message: string,
  details?: Readonly<Record<string, unknown>>,
) => void;

export const writeLog: Log = (level, message, details = {}) => {
  console.log(JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...details }));
};

/** An error for the log: its name and message. */
export function describeError(error: unknown): { readonly name: string; readonly message: string } {
  if (!(error instanceof Error)) return { name: 'Error', message: typeof error };
  return { name: error.name, message: error.message };
}
