import type { ProbeClients } from '../../scripts/field/probes/world.ts';

/** Wrong behaviour of AWS: a client returns this instead of AWS's reply. */
export interface Lie {
  readonly client: keyof ProbeClients;
  /** Such as `RunTask`. */
  readonly operation: string;
  /** Changes the input or the reply, or replies without making the call. `count`: how many calls there were, with this one. */
  readonly tell: (call: () => Promise<unknown>, input: unknown, count: number) => Promise<unknown>;
}

/** A lie with the types of the operation. */
export function lie<Output, Input = object>(
  client: keyof ProbeClients,
  operation: string,
  tell: (call: () => Promise<Output>, input: Input, count: number) => Promise<unknown>,
): Lie {
  return { client, operation, tell: tell as Lie['tell'] };
}

interface Arguments {
  readonly input: unknown;
}

type Next = (args: Arguments) => Promise<{ readonly output: unknown }>;

/** Lets the clients lie. */
export function plant(clients: ProbeClients, { client, operation, tell }: Lie): void {
  let count = 0;
  const middleware =
    (next: Next, { commandName }: { readonly commandName?: string }) =>
    async (args: Arguments) => {
      if (commandName !== `${operation}Command`) return next(args);
      count += 1;
      const output = await tell(async () => (await next(args)).output, args.input, count);
      return { output, response: {} };
    };
  const stack = clients[client].middlewareStack as unknown as {
    add(added: typeof middleware, options: { readonly step: 'initialize'; readonly name: string }): void;
  };
  stack.add(middleware, { step: 'initialize', name: `plant-${operation}` });
}
