import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/**
 * The service to start: the one that was asked for, else the first that depends on no other.
 *
 * @throws RangeError when there is no such service
 */
export function chooseService(documents: Readonly<Record<string, string>>, wanted: string | undefined): string {
  const services = Object.entries(documents).flatMap(([name, text]) => {
    const service = /^services\/(.+)$/.exec(name)?.[1];
    return service === undefined ? [] : [{ service, document: JSON.parse(text) as { dependsOn?: unknown } }];
  });
  const candidates =
    wanted === undefined ? services.filter(({ document }) => document.dependsOn === undefined) : services;
  const chosen = candidates.find(({ service }) => wanted === undefined || service === wanted);
  if (chosen === undefined) {
    const names = services.map(({ service }) => service).join(', ');
    throw new RangeError(`There is no service "${wanted ?? ''}" to start; there are: ${names}.`);
  }
  return chosen.service;
}

interface StartBody {
  readonly message: string;
  readonly privateIp: string;
  readonly port: number;
  readonly healthStatus: string;
  readonly reused: boolean;
}

/**
 * Starts the service through the function, waits until the load balancer finds it healthy, and stops it again unless it was up
 * before. Returns what to tell the operator.
 *
 * @throws Error with the function's own words when it fails
 */
export async function smokeTest(functionArn: string, service: string): Promise<string> {
  // One attempt: a start may take as long as the function lives, and the SDK would begin another.
  const lambda = new LambdaClient({ region: functionArn.split(':')[3] ?? '', maxAttempts: 1 });
  try {
    const { body } = await invoke(lambda, functionArn, { action: 'start', service, wait: 'healthy' });
    const { message, privateIp, port, healthStatus, reused } = body as unknown as StartBody;
    const told = `${message} ${privateIp}:${port} is ${healthStatus}.`;
    if (reused) return told;
    await invoke(lambda, functionArn, { action: 'stop', service });
    return `${told} It was stopped again.`;
  } finally {
    lambda.destroy();
  }
}

type Json = Readonly<Record<string, unknown>>;

async function invoke(lambda: LambdaClient, functionArn: string, event: Json): Promise<{ readonly body: Json }> {
  const reply = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(event) }));
  const answer = JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
  if (reply.FunctionError !== undefined || answer.statusCode >= 400) {
    const name = answer.errorType ?? answer.statusCode;
    const words = answer.errorMessage ?? answer.body?.message;
    throw new Error(
      `The ${event.action} of ${event.service} failed: ${name}: ${words}\ndocs/errors.md says what to do.`,
    );
  }
  return answer;
}
