import { StartEnginesError } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import type { Read } from './evidence.ts';

/** Reads from AWS. A refused, throttled or unanswered call is a gap in the evidence, never "does not exist". */
export async function read<Value>(ask: () => Promise<Value>): Promise<Read<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof StartEnginesError || error instanceof CliError) return { problem: error.message };
    throw error;
  }
}

/** Reads something that depends on another reading. */
export async function readAfter<First, Value>(
  first: Read<First>,
  ask: (value: First) => Promise<Value>,
): Promise<Read<Value>> {
  return 'problem' in first ? first : read(() => ask(first.value));
}
