import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeCall {
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** AWS for what the sandbox does not do: answers that are right on the wire and say that something failed. */
export interface FakeAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly calls: readonly FakeCall[];
}

/** @param answer the status and body for the call with this target; the n-th call with it, counted from 1 */
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
