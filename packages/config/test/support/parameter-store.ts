import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SSMClient } from '@aws-sdk/client-ssm';

interface Version {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  /** Seconds since the epoch, as AWS JSON has it. */
  readonly LastModifiedDate: number;
}

interface Call {
  readonly operation: string;
  readonly names: readonly string[];
}

interface Input {
  readonly Names: readonly string[];
  readonly Path: string;
  readonly NextToken?: string;
}

const faults = {
  throttle: { status: 400, type: 'ThrottlingException' },
  'server-error': { status: 500, type: 'InternalServerError' },
  'access-denied': { status: 400, type: 'AccessDeniedException' },
  'no-answer': undefined,
};

/** The ways in which a call can fail. */
export type FaultKind = keyof typeof faults;

/** Parameter Store behind its wire protocol (AWS JSON 1.1), as far as the loader knows it, and a real client of it. */
export class ParameterStore implements AsyncDisposable {
  readonly calls: Call[] = [];
  /** Whether it takes no call that names one parameter twice. */
  refusesRepeatedNames = false;
  readonly client: SSMClient;
  readonly #histories = new Map<string, Version[]>();
  readonly #planted: (FaultKind | undefined)[] = [];
  readonly #close: () => void;
  #now = 1_700_000_000;

  private constructor(port: number, close: () => void) {
    this.#close = close;
    this.client = new SSMClient({
      region: 'us-east-2',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
    });
  }

  static async start(): Promise<ParameterStore> {
    const server = createServer((request, response) => void store.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const store: ParameterStore = new ParameterStore(port, () => {
      server.close();
      server.closeAllConnections();
    });
    return store;
  }

  /** Writes the next version, a second after the last write; what is no text becomes JSON. Returns its number. */
  put(name: string, value: unknown, type = 'String'): number {
    const history = this.#histories.get(name) ?? [];
    const version = (history.at(-1)?.Version ?? 0) + 1;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    this.#now += 1;
    history.push({ Name: name, Type: type, Value: text, Version: version, LastModifiedDate: this.#now });
    this.#histories.set(name, history.slice(-100));
    return version;
  }

  remove(name: string): void {
    this.#histories.delete(name);
  }

  /** The next calls fail. */
  plant(kind: FaultKind, times = 1): void {
    for (let planted = 0; planted < times; planted += 1) this.#planted.push(kind);
  }

  /** So many calls are answered, and the one after them fails. */
  plantAfter(calls: number, kind: FaultKind): void {
    this.#planted.push(...Array.from({ length: calls }, () => undefined), kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    this.#close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const input: Input = JSON.parse(body);
    const operation = String(request.headers['x-amz-target']).replace('AmazonSSM.', '');
    this.calls.push({ operation, names: operation === 'GetParameters' ? input.Names : [input.Path] });
    const kind = this.#planted.shift();
    if (kind === 'no-answer') return;
    const fault = kind === undefined ? this.#refusal(operation, input) : faults[kind];
    const reply = fault === undefined ? this.#reply(operation, input) : { __type: fault.type, message: 'planted' };
    response.writeHead(fault?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(reply));
  }

  #refusal(operation: string, { Names }: Input): { status: number; type: string } | undefined {
    if (operation !== 'GetParameters') return undefined;
    const plain = Names.map((name) => name.split(':')[0]);
    const repeated = this.refusesRepeatedNames && new Set(plain).size < plain.length;
    return repeated || Names.length > 10 ? { status: 400, type: 'ValidationException' } : undefined;
  }

  #reply(operation: string, input: Input): unknown {
    if (operation === 'GetParametersByPath') return this.#page(input);
    const found = input.Names.map((reference) => ({ reference, version: this.#find(reference) }));
    return {
      // In the order of their names, as Parameter Store has them, whatever was asked for first.
      Parameters: found.flatMap(({ version }) => version ?? []).sort((one, other) => one.Version - other.Version),
      InvalidParameters: found.filter(({ version }) => version === undefined).map(({ reference }) => reference),
    };
  }

  #find(reference: string): Version | undefined {
    const [name = '', version] = reference.split(':');
    const history = this.#histories.get(name) ?? [];
    return version === undefined ? history.at(-1) : history.find((one) => one.Version === Number(version));
  }

  /** Two a page, and every other page is empty. */
  #page({ Path, NextToken = '0' }: Input): unknown {
    const names = [...this.#histories.keys()].filter((name) => name.startsWith(`${Path}/`)).sort();
    const page = Number(NextToken);
    const shown = page % 2 === 0 ? [] : names.slice(page - 1, page + 1);
    const isLast = page % 2 === 1 && page + 1 >= names.length;
    return { Parameters: shown.map((name) => this.#find(name)), ...(isLast ? {} : { NextToken: String(page + 1) }) };
  }
}
