import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteParameterCommand, type ParameterType, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Fault, type Sandbox, startSandbox } from '@start-engines/sandbox';

type FaultKind = Fault['kind'];

interface Call {
  readonly operation: string;
  /** The requested names, or the path. */
  readonly names: readonly string[];
}

/** The sandbox's Parameter Store, with a client for the loader and a way to write. */
export class ParameterStore implements AsyncDisposable {
  readonly client: SSMClient;
  readonly #sandbox: Sandbox;
  readonly #writer: SSMClient;
  #lastWritten = 0;

  private constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    const connection = {
      region: sandbox.region,
      endpoint: sandbox.endpoint,
      credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
    };
    // Long enough for a busy machine to answer calls that must succeed.
    const requestHandler = { requestTimeout: 1500, throwOnRequestTimeout: true };
    this.client = new SSMClient({ ...connection, maxAttempts: 1, requestHandler });
    this.#writer = new SSMClient(connection);
  }

  static async start(): Promise<ParameterStore> {
    return new ParameterStore(await startSandbox({ durations: 'none', emptyPageChance: 1 }));
  }

  /** The reads so far. */
  get calls(): readonly Call[] {
    const reads = this.#sandbox.calls.list({ service: 'ssm', mutating: false });
    return reads.map(({ operation, input }) => ({
      operation,
      names: (input.Names as string[] | undefined) ?? [String(input.Path)],
    }));
  }

  /** Writes the next version, with a later time. A value that is not a string becomes JSON. */
  async put(name: string, value: unknown, type: ParameterType = 'String'): Promise<void> {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    while (this.#sandbox.clock.now() <= this.#lastWritten) await sleep(1);
    await this.#writer.send(new PutParameterCommand({ Name: name, Value: text, Type: type, Overwrite: true }));
    this.#lastWritten = this.#sandbox.clock.now();
  }

  async remove(name: string): Promise<void> {
    await this.#writer.send(new DeleteParameterCommand({ Name: name }));
  }

  /** The next reads fail, or those after this many successful ones. */
  plant(kind: Exclude<FaultKind, 'error' | 'latency' | 'metrics'>, { times = 1, after = 0 } = {}): void {
    const matches = (input: Readonly<Record<string, unknown>>) => 'Names' in input || 'Path' in input;
    this.#sandbox.faults.plant({ service: 'ssm', fault: { kind }, matches, times, nth: after + 1 });
  }

  /** The next read is answered late. */
  delayNext(delayMs: number): void {
    this.#sandbox.faults.plant({ service: 'ssm', operation: 'GetParameters', fault: { kind: 'latency', delayMs } });
  }

  /** From now on a call may not name a parameter twice. */
  refuseRepeatedNames(): void {
    const matches = ({ Names }: Readonly<Record<string, unknown>>) => {
      const plain = Array.isArray(Names) ? Names.map((name) => String(name).split(':')[0]) : [];
      return new Set(plain).size < plain.length;
    };
    const fault = { kind: 'error', code: 'ValidationException', message: 'repeated name' } as const;
    this.#sandbox.faults.plant({ service: 'ssm', fault, matches, times: Number.POSITIVE_INFINITY });
  }

  /** From now on the parameters of an answer are in the opposite order. */
  reverseAnswers(): void {
    this.client.middlewareStack.add(
      (next) => async (request) => {
        const answer = await next(request);
        if ('Parameters' in answer.output && Array.isArray(answer.output.Parameters))
          answer.output.Parameters.reverse();
        return answer;
      },
      { step: 'initialize' },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    this.#writer.destroy();
    await this.#sandbox.close();
  }
}
