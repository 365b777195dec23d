import { rm } from 'node:fs/promises';
import { changes, type FakeAws, startFakeAws } from './fake-aws.ts';
import { buildZip, type FunctionUnderTest, fastClock, startFunction } from './function-under-test.ts';

export const authTargetGroup =
  'arn:aws:elasticloadbalancing:us-east-2:111122223333:targetgroup/auth-tg/0123456789abcdef';

const network = { cluster: 'engines', subnets: ['subnet-1'], securityGroups: ['sg-1'] };

/** The mappings at the start of every test. */
export const mappings: Readonly<Record<string, unknown>> = {
  auth: {
    ...network,
    taskDefinition: 'auth-api-task',
    port: 8080,
    targetGroupArn: authTargetGroup,
    drainSeconds: 0,
    allowOverrides: { port: [8081], environment: ['LOG_LEVEL'] },
  },
  fa: {
    ...network,
    taskDefinition: 'fa-engine-task',
    port: 2531,
    drainSeconds: 0,
    targetGroups: [
      { arn: authTargetGroup.replace('auth-tg', 'fa1-tg') },
      { arn: authTargetGroup.replace('auth-tg', 'fa2-tg'), port: 2532 },
    ],
  },
};

export interface World extends AsyncDisposable {
  readonly aws: FakeAws;
  readonly invoke: FunctionUnderTest['invoke'];
  /** Another process of the same function. */
  startAnother(variables: Readonly<Record<string, string>>): Promise<FunctionUnderTest>;
  /** Milliseconds since the epoch, on the clock that the function and AWS share. */
  now(): number;
  /** The names of the mutating calls since the last reset. */
  changes(): readonly string[];
}

/**
 * The built zip, running on a small replacement for AWS.
 *
 * @param speed how much faster than real time the function and AWS run: a stop waits 15 s before it trusts its reads
 */
export async function startWorld(variables: Readonly<Record<string, string>> = {}, speed = 1): Promise<World> {
  const stack = new AsyncDisposableStack();
  const clock = fastClock(speed);
  const aws = stack.use(await startFakeAws(clock.now));
  for (const [service, mapping] of Object.entries(mappings)) {
    aws.parameters.set(`/start-engines/test/services/${service}`, mapping);
  }
  const zipFolder = await buildZip();
  stack.defer(() => rm(zipFolder, { recursive: true, force: true }));
  const startAnother = async (more: Readonly<Record<string, string>>) =>
    stack.use(await startFunction(zipFolder, { AWS_ENDPOINT_URL: aws.url, ...variables, ...more }, clock));
  const functionUnderTest = await startAnother({});
  return {
    aws,
    invoke: functionUnderTest.invoke,
    startAnother,
    now: clock.now,
    changes: () => changes(aws),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
