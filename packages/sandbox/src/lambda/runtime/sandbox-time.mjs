// Makes the function run in sandbox time: every clock and timer of JavaScript runs `speed` times
// faster. Timers inside Node (`socket.setTimeout`) stay on real time.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { promisify } from 'node:util';

const RealDate = Date;
const realNow = performance.now.bind(performance);
const realHrtimeBigint = process.hrtime.bigint;

/**
 * @param {{ now: number, speed: number, real: boolean, socketFloorMs: number }} options `real`: the sandbox
 * runs in real time. Nothing is patched then, so that measurements include only the function.
 */
export function createSandboxTime(options) {
  if (options.real) return { moveTo() {} };
  const { speed } = options;
  let baseMs = options.now;
  let baseReal = realNow();
  const now = () => baseMs + (realNow() - baseReal) * speed;
  replaceDate(now);
  replaceMonotonic(speed);
  replaceTimers(speed, watchRequests(), options.socketFloorMs);
  syncBuiltinESMExports();
  return {
    /** Only forwards: a delayed message must not turn back the time. */
    moveTo(sandboxNow) {
      baseMs = Math.max(now(), sandboxNow);
      baseReal = realNow();
    },
  };
}

function replaceDate(now) {
  const scaledNow = () => Math.trunc(now());
  RealDate.now = scaledNow;
  const ScaledDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [scaledNow()] : args, newTarget),
    apply: (target) => new target(scaledNow()).toString(),
  });
  RealDate.prototype.constructor = ScaledDate;
  globalThis.Date = ScaledDate;
}

function replaceMonotonic(speed) {
  const startReal = realNow();
  performance.now = () => startReal + (realNow() - startReal) * speed;
  const startNanos = realHrtimeBigint();
  const factor = Math.max(1, Math.round(speed * 1000));
  const bigint = () => startNanos + ((realHrtimeBigint() - startNanos) * BigInt(factor)) / 1000n;
  process.hrtime = (previous) => {
    const nanos = bigint() - (previous === undefined ? 0n : BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]));
    return [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
  };
  process.hrtime.bigint = bigint;
}

/**
 * True while the code that opened an HTTP request runs, up to its next `await`. HTTP clients set their
 * connection and request timeouts there, and a second of sandbox time may be 16 ms, too short for a socket.
 */
function watchRequests() {
  let opening = false;
  for (const module of [http, https]) {
    const { request } = module;
    module.request = (...args) => {
      opening = true;
      queueMicrotask(() => {
        opening = false;
      });
      return request(...args);
    };
  }
  return () => opening;
}

function replaceTimers(speed, isOpeningRequest, socketFloorMs) {
  const { setTimeout: realSetTimeout, setInterval: realSetInterval } = globalThis;
  const scale = (delayMs) => {
    const wanted = Number(delayMs) || 0;
    const floor = isOpeningRequest() ? Math.min(wanted, socketFloorMs) : 0;
    return Math.max(wanted / speed, floor);
  };
  const setTimeout = (callback, delayMs, ...args) => realSetTimeout(callback, scale(delayMs), ...args);
  const setInterval = (callback, delayMs, ...args) => realSetInterval(callback, scale(delayMs), ...args);
  const promised = { ...timersPromises };
  timersPromises.setTimeout = (delayMs, value, options) => promised.setTimeout(scale(delayMs), value, options);
  timersPromises.setInterval = (delayMs, value, options) => promised.setInterval(scale(delayMs), value, options);
  const wait = timersPromises.scheduler.wait.bind(timersPromises.scheduler);
  timersPromises.scheduler.wait = (delayMs, options) => wait(scale(delayMs), options);
  setTimeout[promisify.custom] = timersPromises.setTimeout;
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (delayMs) => timeout.call(AbortSignal, Math.ceil(scale(delayMs)));
  Object.assign(globalThis, { setTimeout, setInterval });
  Object.assign(timers, { setTimeout, setInterval });
}
