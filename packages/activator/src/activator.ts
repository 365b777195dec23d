import { type Activation, showActivation } from './activation.ts';
import { type Answer, toResult, unknownPath } from './answer.ts';
import type * as Answers from './answers.ts';
import type { Situation } from './answers.ts';
import { hold } from './hold.ts';
import { isPoll, isPreflight, neverWakes } from './never-wakes.ts';
import { isNavigation, type Request, readRequest } from './read-request.ts';
import type { Services } from './services.ts';
import { findService, type WakeSettings } from './wake-settings.ts';
import type { Wakes } from './wakes.ts';

export interface ActivatorParts {
  readonly readServices: () => Promise<Services | undefined>;
  readonly readActivation: (service: string) => Promise<Activation>;
  readonly wakes: Wakes;
  readonly loadAnswers: () => Promise<typeof Answers>;
}

export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What the last part of an invocation needs. */
const spareMs = 1_000;
const shortestHoldSeconds = 2.5;
const unreadable: Activation = { state: 'starting' };

/** Answers one request of the load balancer. */
export function createActivator({ readServices, readActivation, wakes, loadAnswers }: ActivatorParts) {
  return async (event: unknown, context: InvocationContext): Promise<Readonly<Record<string, unknown>>> => {
    const request = readRequest(event);
    if (request === undefined) return toResult(unknownPath, { method: 'GET', isMultiValue: false });
    return toResult(await answer(request, context), request);
  };

  async function answer(request: Request, context: InvocationContext): Promise<Answer> {
    const requestId = context.awsRequestId;
    const [services, answers] = await Promise.all([readServices(), loadAnswers()]);
    const isPage = isNavigation(request);
    if (services === undefined) {
      const shown = showActivation(unreadable, 0, undefined);
      return answers.unavailable({ request, isPage, settings: undefined, shown, requestId });
    }
    const settings = findService(services.values(), request.path);
    if (settings === undefined) return unknownPath;
    const { service } = settings;
    const situation = (activation: Activation) => ({
      request,
      isPage,
      settings,
      shown: showActivation(activation, Date.now(), wakes.lastWake(service)),
      requestId,
    });
    // It says nothing of the state, so it needs no call.
    if (isPreflight(request)) return answers.preflight(situation(unreadable));
    if (neverWakes(request, settings)) return answers.unavailable(situation(await readActivation(service)));
    const [activation, isRequested] = await Promise.all([readActivation(service), wakes.wake(service, requestId)]);
    const holdSeconds = isRequested && !isPoll(request) && !isPage ? settings.holdSeconds : 0;
    if (holdSeconds === 0) return answers.unavailable(situation(activation));
    return await answerHeld(situation, service, Math.max(holdSeconds, shortestHoldSeconds), context);
  }

  async function answerHeld(
    situation: (activation: Activation) => Situation & { readonly settings: WakeSettings },
    service: string,
    seconds: number,
    context: InvocationContext,
  ): Promise<Answer> {
    let activation = unreadable;
    const isRepeated = await hold(Math.min(seconds * 1000, context.getRemainingTimeInMillis() - spareMs), async () => {
      activation = await readActivation(service);
      // A start that failed before this request is tried again by it.
      return activation.state === 'up' ? 'up' : situation(activation).shown.state;
    });
    const { repeatRequest, unavailable } = await loadAnswers();
    return isRepeated ? repeatRequest(situation(activation)) : unavailable(situation(activation));
  }
}
