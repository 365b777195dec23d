import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeCall {
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** AWS with failures that the sandbox does not produce, in answers of the correct form. */
export interface FakeAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly FakeCall[];
}

/** @param answer the status and body for the n-th call with this target, counted from 1 */
export async function startFakeAws(
  answer: (target: string, nth: number) => readonly [status: number, body: unknown],
): Promise<FakeAws> {
  const calls: FakeCall[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const target = String(request.headers['x-amz-target']);
      calls.push({ target, headers: request.headers });
      const [status, body] = answer(target, calls.filter((call) => call.target === target).length);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
