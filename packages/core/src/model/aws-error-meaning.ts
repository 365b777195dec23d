/**
 * What the error of an AWS call means to the operation that made the call. `throttled` and `unavailable` are transient.
 * `no-capacity`: RunTask made no task for lack of capacity or quota.
 */
export type AwsErrorMeaning = 'throttled' | 'access-denied' | 'unavailable' | 'no-capacity' | 'rejected';

/** What an error of the SDK or of Node.js may carry. Every member may be absent. */
export interface AwsErrorFacts {
  readonly name: string;
  readonly message: string;
  /** The code on the wire, for the query protocol (`TargetGroupNotFound`). AWS-042. */
  readonly wireCode?: string;
  /** Node.js's code of a network error. */
  readonly networkCode?: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
  readonly fault?: string;
  /** Whether the SDK's model of the service defines this error as a throttle. */
  readonly isThrottle: boolean;
}

interface Row {
  readonly meaning: AwsErrorMeaning;
  /** Prefixes of codes, of the error itself or quoted in its message. AWS-029. */
  readonly codes: RegExp;
  /** Wordings of messages. */
  readonly words: RegExp;
  readonly statuses: (httpStatus: number) => boolean;
}

/** AWS's wordings for a lack of instances, capacity, addresses, network interfaces or vCPUs. */
const shortages = [
  /\bcapacity (?:is |was )?(?:currently |temporarily )?(?:unavailable|not available|insufficient|exhausted)\b/,
  /\bcapacity limit\b/,
  /(?:\binsufficient|(?:\bnot|n['’]t)(?: have)? (?:enough|sufficient)|\bno (?:free|available|spare)|\black of)\b.{0,40}?\b(?:capacity(?! provider)|addresses|vcpus?|memory|cpu|network interfaces?|enis?)\b/,
  /\bno (?:active |available )?container instances?\b/,
  /\bunable to place (?:a|the) task\b/,
  /\bRESOURCE:(?:CPU|MEMORY|ENI|PORTS?|GPU)\b/,
  // A quota that tasks use up. A limit on the request's form (tags, subnets) is not one.
  /(?<!request |rate )\b(?:limit|quota|maximum number)\b.{0,60}?\b(?:vcpus?|concurrent(?:ly)?|network interfaces?|enis?|addresses)\b/,
  /\b(?:vcpus?|concurrent|network interfaces?|enis?|addresses)\b.{0,40}?(?<!request |rate )\b(?:limit|quota)\b/,
  /\bcpu configuration is above your limit\b/,
];

/**
 * The only table of the meanings of AWS errors. The first matching row decides. A throttle comes before a denial because STS
 * reports it with status 403. A shortage comes before a throttle because a quota may be reported as one, and lasts until a task
 * ends.
 */
const table: readonly Row[] = [
  {
    meaning: 'no-capacity',
    codes:
      /^(Insufficient\w*(Capacity|Addresses|CidrBlocks)|(NetworkInterface|PrivateIpAddress|Address|Vcpu|Instance)LimitExceeded|MaxSpotInstanceCountExceeded|CapacityUnavailable)/i,
    // A denial quotes names, which may contain any word.
    words: new RegExp(
      `^(?!.*\\bnot authorized to perform\\b).*(?:${shortages.map(({ source }) => source).join('|')})`,
      'is',
    ),
    statuses: () => false,
  },
  {
    meaning: 'throttled',
    codes:
      /^(Throttl|TooManyRequests|TooManyUpdates|RequestLimitExceeded|RequestThrottled|RateExceeded|RateLimitExceeded|SlowDown|EC2Throttled|ProvisionedThroughputExceeded|BandwidthLimitExceeded|PriorRequestNotComplete)/i,
    words:
      /\b(request limit exceeded|rate (?:limit )?(?:is |was |has been )?exceeded|exceed\w* (?:the |your )?(?:\w+ )?rate|too many requests|throttled|throttling)\b/i,
    statuses: (httpStatus) => httpStatus === 429,
  },
  {
    meaning: 'access-denied',
    codes:
      /^(AccessDenied|UnauthorizedOperation|Unauthorized|NotAuthorized|AuthFailure|ExpiredToken|RequestExpired|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|UnrecognizedClient|InvalidClientTokenId|InvalidToken|MissingAuthenticationToken|OptInRequired|CredentialsProviderError|TokenProviderError)/i,
    words: /\bnot authorized to perform\b/i,
    statuses: (httpStatus) => httpStatus === 401 || httpStatus === 403,
  },
  {
    meaning: 'unavailable',
    codes:
      /^(InternalFailure|InternalError|InternalServer|InternalException|InternalServiceE|ServerException|(Service)?Unavailable(Exception|Error)?$|RequestTimeout)/i,
    words:
      /\b(internal (?:server |service )?(?:error|failure)|service (?:is |was )?(?:currently |temporarily )?unavailable)\b/i,
    statuses: (httpStatus) => httpStatus >= 500,
  },
];

/** Names that the SDK and Node.js give to their own errors, when there was no answer or an unreadable one. */
const unansweredName = /^(TimeoutError|AbortError|RequestAborted|SyntaxError)/;
const unansweredWords = /\b(socket hang up|aborted)\b/i;
const networkCode =
  /^(ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ERR_STREAM_PREMATURE_CLOSE|HPE_|EADDRNOTAVAIL|EPROTO|ERR_SSL_|ERR_TLS_|CERT_|SELF_SIGNED_CERT_|DEPTH_ZERO_|UNABLE_TO_)/;

/**
 * What the error means. ECS wraps errors of EC2 and other services in its own exceptions, so codes, wordings and statuses quoted
 * in the message count as well.
 *
 * @param launches whether the call was RunTask, the only call for which a shortage is a meaning of its own
 */
export function awsErrorMeaning(facts: AwsErrorFacts, launches: boolean): AwsErrorMeaning {
  const { name, wireCode, message, httpStatus = 0 } = facts;
  const codes = [name, wireCode ?? '', ...quotedCodes(message)].map(bareCode);
  const statuses = [httpStatus, ...quotedStatuses(message)];
  const found = table.find(
    ({ meaning, codes: pattern, words, statuses: fits }) =>
      (launches || meaning !== 'no-capacity') &&
      (codes.some((code) => pattern.test(code)) ||
        words.test(message) ||
        statuses.some(fits) ||
        (meaning === 'throttled' && facts.isThrottle) ||
        (meaning === 'unavailable' && (facts.fault === 'server' || unansweredName.test(name)))),
  );
  if (found !== undefined) return found.meaning;
  // In an answer the words are AWS's, and "aborted" may refer to anything. Without an answer they are the network's.
  const isAnswered = httpStatus >= 400;
  const isBroken = networkCode.test(facts.networkCode ?? '') || unansweredWords.test(message);
  return !isAnswered && isBroken ? 'unavailable' : 'rejected';
}

/**
 * Where a message may quote a code: after "error code", alone between two marks (`(InternalError)`,
 * `com.amazonaws.ec2#InternalError:`), or as a word with several capitals.
 */
const quotations = [
  /error\s*code\W{0,4}([\w.#/-]+)/gi,
  /(?:^|[:([#=>,;"']|\s[-–])\s*([A-Za-z][\w./-]*)(?=\s*(?:[:)\]"',;]|[-–]\s|$))/g,
  /\b(?=\w*[a-z])([A-Z]\w*[A-Z]\w*)\b/g,
];

function quotedCodes(message: string): string[] {
  return quotations.flatMap((quotation) => [...message.matchAll(quotation)].map(([, code = '']) => code));
}

function quotedStatuses(message: string): number[] {
  return [...message.matchAll(/status\s*code\W{0,3}(\d{3})\b/gi)].map(([, status]) => Number(status));
}

/** `com.amazonaws.ecs#ThrottlingException:http://…` and `Client.Throttling` without the text around the code. */
function bareCode(code: string): string {
  return code.replace(/:.*$/, '').replace(/\W+$/, '').replace(/^.*\W/, '').replaceAll('_', '');
}

/** Collects the facts about an error. */
export function readAwsError(error: unknown): AwsErrorFacts {
  if (typeof error !== 'object' || error === null) {
    return { name: 'Error', message: String(error), isThrottle: false };
  }
  const raw = error as Record<string, unknown>;
  const metadata = asRecord(raw.$metadata);
  const wireCode = asText(raw.Code);
  const network = asText(raw.code) ?? asText(asRecord(raw.cause).code);
  const httpStatus = asNumber(metadata.httpStatusCode) ?? asNumber(asRecord(raw.$response).statusCode);
  const requestId = asText(metadata.requestId);
  const fault = asText(raw.$fault);
  return {
    name: asText(raw.name) ?? 'Error',
    message: asText(raw.message) ?? 'no message',
    isThrottle: asRecord(raw.$retryable).throttling === true,
    ...(wireCode === undefined ? {} : { wireCode }),
    ...(network === undefined ? {} : { networkCode: network }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

const not = "(?:(?:is|was|could|can|does|do|has|have)?\\s*n[o'’]t|cannot)";
const missingCluster = new RegExp(
  [
    // A name or an ARN may stand between the word and the predicate.
    `\\bcluster\\b(?:\\W+[\\w:/.-]+)?\\W+(?:(?:status|is|was|has been|in)\\W+)*(?:inactive|deleted|missing|unknown)\\b`,
    `\\bcluster\\b(?:\\W+[\\w:/.-]+)?\\W*${not}(?:\\W+(?:be|been|currently|an?))*\\W+(?:found|active|exist\\w*|known)\\b`,
    `\\b(?:inactive|deleted|missing|unknown|no such|non-?existent) cluster\\b`,
    `\\b(?:${not}|unable to|failed to) find (?:the )?(?:\\w+ )?cluster\\b`,
  ].join('|'),
  'i',
);

/** Whether ECS rejected the call because the cluster does not exist or is INACTIVE. It then has no tasks. */
export function namesMissingCluster(awsCode: string, message: string): boolean {
  return /^ClusterNotFound/.test(bareCode(awsCode)) || missingCluster.test(message);
}
