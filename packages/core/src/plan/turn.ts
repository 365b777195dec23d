import type { Action } from './actions.ts';

/** What a plan decides after one look at a service. */
export type Turn =
  | { readonly kind: 'done' }
  | { readonly kind: 'act'; readonly actions: readonly Action[] }
  /** `optional`: if there is no time to wait, the loop is done. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly optional?: true };
