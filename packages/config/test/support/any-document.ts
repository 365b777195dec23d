import fc from 'fast-check';
import { authDocument, authRule, defaultsDocument, faGroup } from './documents.ts';

const known: Readonly<Record<string, unknown>> = {
  ...defaultsDocument(),
  ...authDocument(),
  $schema: 'x',
  targetGroups: [{ arn: faGroup }, { arn: faGroup, port: 81, listenerRuleArn: authRule }],
  listenerRuleArn: authRule,
  assignPublicIp: 'ENABLED',
  launchType: 'EC2',
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }, { capacityProvider: 'FARGATE_SPOT' }],
  platformVersion: '1.4.0',
  tags: { team: 'engines' },
  propagateTags: 'TASK_DEFINITION',
  enableECSManagedTags: true,
  enableExecuteCommand: true,
  containerName: 'auth',
  wait: 'healthy',
  startTimeoutSeconds: 60,
  healthyTimeoutSeconds: 60,
  drainSeconds: 5,
  dependsOn: ['users'],
  exclusiveTargetGroup: false,
  wake: { paths: ['/api/auth'], ignorePaths: ['/api/auth/ping'], holdSeconds: 20, title: 'Auth' },
  idle: { afterSeconds: 900, ignoreRequests: 2 },
  leaseSeconds: 3600,
  allowOverrides: { taskDefinition: ['auth:*'], port: [81], environment: ['TRACE'] },
};

/** All keys of a document. */
export const knownKeys: readonly string[] = Object.keys(known);

/** A valid value of a known key, or any value under a known key. */
const knownEntry = fc
  .constantFrom(...knownKeys)
  .chain((key) =>
    fc.tuple(
      fc.constant(key),
      fc.oneof({ weight: 3, arbitrary: fc.constant(known[key]) }, { weight: 1, arbitrary: fc.jsonValue() }),
    ),
  );

const strangeEntry = fc.tuple(
  fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'then')),
  fc.jsonValue(),
);

const entries = fc.oneof({ weight: 6, arbitrary: knownEntry }, { weight: 1, arbitrary: strangeEntry });

/** The text of a document: similar to a mapping, other JSON, or not JSON. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.array(entries, { maxLength: 16 }).map(toText) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);

/** Written as text, because `__proto__` has another meaning in an object literal. */
function toText(list: readonly (readonly [string, unknown])[]): string {
  const byKey = new Map(list);
  return `{${[...byKey].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}

/** Prints the seed. START_ENGINES_SEED repeats the run. */
export function randomRun(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  const seed = Number(process.env.START_ENGINES_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  return { seed, numRuns };
}
