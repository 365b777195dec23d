import { AsyncLocalStorage } from 'node:async_hooks';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const limits = new AsyncLocalStorage<number>();

/**
 * Runs work whose AWS calls end by `until` (ms since the epoch), including the SDK's retries. A call without an answer by then fails like
 * a timeout, and no further attempt is sent: Lambda would send it when it thaws the process for the next event.
 */
export function endCallsBy<Result>(until: number, work: () => Promise<Result>): Promise<Result> {
  return limits.run(until, work);
}

/** Makes one call within the limit that `endCallsBy` sets, including the SDK's pauses between attempts. */
export async function limitCall<Result>(call: () => Promise<Result>): Promise<Result> {
  const until = limits.getStore();
  if (until === undefined) return call();
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(noTimeLeft()), Math.max(0, until - Date.now()));
  });
  try {
    return await Promise.race([call(), outOfTime]);
  } finally {
    clearTimeout(timer);
  }
}

/** The SDK's HTTP handler, which neither sends nor waits beyond the limit that `endCallsBy` sets. */
export class LimitedHttpHandler extends NodeHttpHandler {
  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    const until = limits.getStore();
    if (until === undefined) return super.handle(request, options);
    const leftMs = Math.ceil(until - Date.now());
    if (leftMs <= 0) throw noTimeLeft();
    const signal = AbortSignal.timeout(leftMs);
    try {
      return await super.handle(request, { ...options, abortSignal: signal });
    } catch (error) {
      throw signal.aborted ? noTimeLeft() : error;
    }
  }
}

/** The SDK treats an error of this name like a timeout of its own. */
function noTimeLeft(): Error {
  return Object.assign(new Error('no answer within the time left for the call'), { name: 'TimeoutError' });
}
