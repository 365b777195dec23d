import { AwsError } from '../../aws-error.ts';
import type { TaskRecord } from './task-record.ts';

const hourMs = 3_600_000;
const longestLifeMs = 24 * hourMs;

/** The result of a RunTask call with a client token. */
export interface TokenUse {
  readonly fingerprint: string;
  readonly usedAt: number;
  readonly tasks: readonly TaskRecord[];
  readonly failures: readonly Readonly<Record<string, unknown>>[];
}

/** Client tokens, scoped to their clusters. */
export interface ClientTokens {
  /** The recorded use of the token, unless it has expired by `now`. */
  find(clusterArn: string, token: string, now: number): TokenUse | undefined;
  keep(clusterArn: string, token: string, use: TokenUse): void;
}

/** A token expires one hour after its tasks have stopped, or after 24 hours if that is sooner or it has no tasks. AWS-004. */
export function createClientTokens(): ClientTokens {
  const uses = new Map<string, TokenUse>();
  const keyOf = (clusterArn: string, token: string): string => `${clusterArn} ${token}`;

  function expiresAt(use: TokenUse): number {
    const longest = use.usedAt + longestLifeMs;
    const ends = use.tasks.map((task) => task.history.latest.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY);
    return ends.length === 0 ? longest : Math.min(longest, Math.max(...ends) + hourMs);
  }

  return {
    find(clusterArn, token, now) {
      const key = keyOf(clusterArn, token);
      const use = uses.get(key);
      if (use === undefined) return undefined;
      if (now < expiresAt(use)) return use;
      uses.delete(key);
      return undefined;
    },
    keep: (clusterArn, token, use) => uses.set(keyOf(clusterArn, token), use),
  };
}

/** @throws `AwsError` InvalidParameterException unless the token is 1 to 64 characters from 33 to 126 (AWS-003) */
export function checkClientToken(token: string): void {
  if (!/^[\x21-\x7e]{1,64}$/.test(token)) {
    throw new AwsError(
      'InvalidParameterException',
      'clientToken must be 1 to 64 ASCII characters in the range of 33 to 126.',
    );
  }
}

/** The same text for the same parameters, regardless of the order of their members. */
export function fingerprintOf(parameters: unknown): string {
  return JSON.stringify(parameters, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}
