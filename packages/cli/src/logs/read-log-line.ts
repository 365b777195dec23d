/** One parsed line of the function's log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** `ours`: written by the function. `lambda`: by Lambda about an invocation. `noise`: metrics and duplicates. */
  readonly kind: 'ours' | 'lambda' | 'noise';
  readonly level: string;
  readonly message: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  /** The services that the line is about. */
  readonly services: readonly string[];
  /** The other fields. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keys of every line, which are shown elsewhere or not at all. */
const commonKeys = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
  'workspace',
  'correlation_id',
  'serviceName',
  'services',
]);

const lambdaLine = /^(START|END|REPORT) RequestId: (\S+)\s*(.*)$/s;
const consoleLine = /^\d{4}-\d\d-\d\dT\S+Z[\t ]([0-9a-f-]{36}|undefined)[\t ](?:([A-Z]+)\t)?(.*)$/s;

/** Parses one event of the log group. */
export function readLogLine(timestamp: number, text: string): LogLine {
  const record = text.startsWith('{') ? parseRecord(text) : undefined;
  if (record !== undefined) return readRecord(timestamp, record);
  const [, what, requestId, rest = ''] = lambdaLine.exec(text) ?? [];
  const base = { timestamp, services: [], fields: {} };
  if (what !== undefined) {
    const message = `${what} ${rest.replaceAll(/\s*\t\s*/g, '  ').trim()}`.trim();
    return { ...base, kind: 'lambda', level: '', message, ...(requestId === undefined ? {} : { requestId }) };
  }
  const [, caller, level, words = ''] = consoleLine.exec(text) ?? [];
  if (caller === undefined) return { ...base, kind: 'lambda', level: '', message: text };
  return {
    ...base,
    // The runtime repeats the failure that the function has logged.
    kind: words.startsWith('Invoke Error') ? 'noise' : 'lambda',
    level: level ?? 'ERROR',
    message: words.trim(),
    ...(caller === 'undefined' ? {} : { requestId: caller }),
  };
}

type LogRecord = Readonly<Record<string, unknown>>;

function parseRecord(text: string): LogRecord | undefined {
  try {
    return JSON.parse(text) as LogRecord;
  } catch {
    return undefined;
  }
}

function readRecord(timestamp: number, record: LogRecord): LogLine {
  const { function_request_id: requestId, correlation_id: correlationId, serviceName, services } = record;
  const written = Date.parse(String(record.timestamp));
  const named = [
    ...(typeof serviceName === 'string' ? [serviceName] : []),
    ...(Array.isArray(services) ? services : []),
  ];
  return {
    timestamp: Number.isNaN(written) ? timestamp : written,
    kind: '_aws' in record ? 'noise' : 'ours',
    level: String(record.level ?? ''),
    message: String(record.message ?? ''),
    services: [...new Set(named.map(String))],
    fields: Object.fromEntries(Object.entries(record).filter(([key]) => !commonKeys.has(key))),
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(typeof correlationId === 'string' ? { correlationId } : {}),
  };
}

/** Whether the line is about that service, request ID or correlation ID. */
export function isAbout({ services, requestId, correlationId }: LogLine, wanted: string): boolean {
  return services.includes(wanted) || requestId === wanted || correlationId === wanted;
}
