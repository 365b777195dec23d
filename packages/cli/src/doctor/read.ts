import { StartEnginesError } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import type { Read } from './evidence.ts';

/** Asks AWS; what AWS refuses, throttles or leaves unanswered is a gap in the evidence, and never "there is none". */
export async function read<Value>(ask: () => Promise<Value>): Promise<Read<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof StartEnginesError || error instanceof CliError) return { problem: error.message };
    throw error;
  }
}

/** What hangs on something else that has to be read first. */
export async function readAfter<First, Value>(
  first: Read<First>,
  ask: (value: First) => Promise<Value>,
): Promise<Read<Value>> {
  return 'problem' in first ? first : read(() => ask(first.value));
}
