/** The log of a function: the output of its processes and Lambda's own lines. */
export interface FunctionLog {
  append(text: string): void;
  lines(): readonly string[];
}

/** How many lines of a function's log are kept. */
const keptLines = 20_000;
/** How many bytes of the log `LogType: Tail` returns. */
const tailBytes = 4096;

export function createFunctionLog(): FunctionLog {
  let kept: string[] = [];
  return {
    append(text) {
      for (const line of text.split('\n')) if (line !== '') kept.push(line);
      if (kept.length > keptLines) kept = kept.slice(-keptLines);
    },
    lines: () => [...kept],
  };
}

/** The last 4 KB of an invocation's log in base64, as `Invoke` returns it for `LogType: Tail`. */
export function encodeLogTail(text: string): string {
  return Buffer.from(text, 'utf8').subarray(-tailBytes).toString('base64');
}

export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  /** Only in the first invocation of a process. */
  readonly initMs: number | undefined;
  readonly memorySize: number;
  readonly maxRssBytes: number;
  readonly timedOut: boolean;
}

/** The REPORT line. Since August 2025 the billed duration includes the initialisation. */
export function formatReport(report: InvocationReport): string {
  const { requestId, durationMs, initMs } = report;
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.ceil(durationMs + (initMs ?? 0))} ms`,
    `Memory Size: ${report.memorySize} MB`,
    `Max Memory Used: ${Math.ceil(report.maxRssBytes / 1024 / 1024)} MB`,
    ...(initMs === undefined ? [] : [`Init Duration: ${initMs.toFixed(2)} ms`]),
    ...(report.timedOut ? ['Status: timeout'] : []),
  ];
  return `${fields.join('\t')}\t`;
}
