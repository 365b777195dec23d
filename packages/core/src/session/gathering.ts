import type { Clock } from '../model/ports.ts';

/** How long a question waits for others, in milliseconds: services handled by one process ask the same at about the same time. */
const gatherMs = 100;

/** Collects questions for a moment and answers them together. */
export class Gathering<Question, Answer> {
  readonly #clock: Clock;
  readonly #answer: (questions: readonly Question[]) => Promise<(question: Question) => Answer>;
  #questions: Question[] = [];
  #answers: Promise<(question: Question) => Answer> | undefined;

  constructor(clock: Clock, answer: (questions: readonly Question[]) => Promise<(question: Question) => Answer>) {
    this.#clock = clock;
    this.#answer = answer;
  }

  async ask(question: Question): Promise<Answer> {
    this.#questions.push(question);
    this.#answers ??= this.#gather();
    return (await this.#answers)(question);
  }

  async #gather(): Promise<(question: Question) => Answer> {
    await this.#clock.sleep(gatherMs);
    const questions = this.#questions;
    // Questions from now on need an answer read from now on.
    this.#questions = [];
    this.#answers = undefined;
    return this.#answer(questions);
  }
}
