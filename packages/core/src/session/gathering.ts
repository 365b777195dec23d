import type { Clock } from '../model/ports.ts';

/** Services that one process looks after ask the same things at about the same moment. A question waits this long for others. */
const gatherMs = 100;

/** Collects the questions of a moment and answers them together. */
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
    // Later questions need an answer that was read later.
    this.#questions = [];
    this.#answers = undefined;
    return this.#answer(questions);
  }
}
