import type { Reporter, TestSpecification } from 'vitest/node';

const everyMs = 10_000;

/** Prints at the start, and every ten seconds, how many test files have ended. On a pipe vitest prints no progress. */
export default class TestProgress implements Reporter {
  #files = 0;
  #ended = 0;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    this.#startedAt = performance.now();
    this.#print();
    this.#timer = setInterval(() => this.#print(), everyMs);
  }

  onTestModuleEnd(): void {
    this.#ended += 1;
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  #print(): void {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000);
    console.log(`${this.#ended} of ${this.#files} files, ${seconds} s`);
  }
}
