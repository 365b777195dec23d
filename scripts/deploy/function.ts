import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

type Json = Readonly<Record<string, unknown>>;

/** The deployed function, invoked directly. */
export interface DeployedFunction extends Disposable {
  /** The body of its answer. @throws Error with the function's error if it fails */
  invoke(event: Json): Promise<Json>;
}

export function openFunction(functionArn: string): DeployedFunction {
  // One attempt: a start may take as long as the function's timeout, and the SDK would retry it.
  const lambda = new LambdaClient({ region: functionArn.split(':')[3] ?? '', maxAttempts: 1 });
  return {
    async invoke(event) {
      const reply = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(event) }));
      const answer = JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
      if (reply.FunctionError === undefined && answer.statusCode < 400) return answer.body;
      const name = answer.errorType ?? answer.statusCode;
      const words = answer.errorMessage ?? answer.body?.message;
      const what = event.service === undefined ? `${event.action}` : `${event.action} of ${event.service}`;
      throw new Error(`The ${what} failed: ${name}: ${words}\nSee docs/errors.md for what to do.`);
    },
    [Symbol.dispose]: () => lambda.destroy(),
  };
}
