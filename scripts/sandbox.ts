import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readFieldReport, type SandboxDurations, startSandbox } from '@start-engines/sandbox';
import { runTurbo } from './tasks.ts';
import { createWorldClients } from './world/clients.ts';
import { functionName, liveFunction, parameterPath, seedWorld } from './world/seed-world.ts';
import { sleepingService, worldServices } from './world/services.ts';

/** Runs the demo's sandbox until it is interrupted, and prints example commands. */
const usage = `npm run sandbox -- [--api-port 4566] [--load-balancer-port 8080] [--seed <number>] [--speed 1] [--durations quick|realistic|none | --profile field-report.json]`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'api-port': { type: 'string', default: '4566' },
        'load-balancer-port': { type: 'string', default: '8080' },
        seed: { type: 'string' },
        speed: { type: 'string', default: '1' },
        durations: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return process.exit(2);
  }
}

/** @throws RangeError that names the option */
function readNumber(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new RangeError(`--${name} must be a number, not "${text}"`);
  return number;
}

function readPort(name: string, text: string): number {
  const port = readNumber(name, text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`--${name} must be from 0 to 65535, not ${text}`);
  return port;
}

interface ChosenDurations {
  readonly durations: 'quick' | 'realistic' | 'none' | SandboxDurations;
  readonly description: string;
}

/** The measured durations of a field report, or named ones, which are assumed. */
function chooseDurations(name: string | undefined, reportFile: string | undefined): ChosenDurations {
  if (reportFile === undefined) {
    const durations = readDurations(name ?? 'quick');
    return { durations, description: `${durations}, assumed: not measured on AWS` };
  }
  if (name !== undefined) throw new RangeError('use one of --durations and --profile');
  const { durations, origin, measured, assumed } = readFieldReport(readReport(reportFile));
  return { durations, description: `${measured.length} measured in ${origin}; ${assumed.length} assumed` };
}

/** @throws RangeError that names the file, if it is missing or no JSON */
function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RangeError(`--profile ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function readDurations(text: string): 'quick' | 'realistic' | 'none' {
  if (text === 'quick' || text === 'realistic' || text === 'none') return text;
  throw new RangeError(`--durations must be quick, realistic or none, not "${text}"`);
}

function describeWorld(
  endpoint: string,
  loadBalancerUrl: string,
  seed: number,
  region: string,
  durations: string,
): string {
  const entry = `[{"Source":"custom.app","DetailType":"Start ECS Task","Detail":"{\\"service\\":\\"auth\\"}"}]`;
  return `
AWS on this machine is up (seed ${seed}). Interrupt it to end it; nothing of it is kept.

  API            ${endpoint}
  load balancer  ${loadBalancerUrl}
  durations      ${durations}
  function       ${liveFunction}
  mappings       ${parameterPath}/defaults, ${parameterPath}/services/<name>
  services       auth, pdf, fa (needs users), users, batch, wiki; the image of reports cannot be pulled

In another terminal, in this folder (any credentials do):

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=me

  npm run --silent engines -- start auth --wait healthy
  curl --fail --silent ${loadBalancerUrl}/api/auth/hello
  npm run --silent engines -- status
  npm run --silent engines -- --help

A request starts wiki: open ${loadBalancerUrl}/api/wiki/hello in a browser. The page waits for the service.

With the AWS CLI:

  aws events put-events --entries '${entry}'
  aws ecs list-tasks --cluster auth-cluster
  aws elbv2 describe-target-health --target-group-arn "$(aws elbv2 describe-target-groups --names auth-lb --query 'TargetGroups[0].TargetGroupArn' --output text)"
  aws ssm get-parameter --name ${parameterPath}/services/auth --query Parameter.Value --output text

When something fails: ${endpoint}/_sandbox/functions/${functionName}/log is the function's log,
${endpoint}/_sandbox/on-failure-records has the events that were given up, ${endpoint}/_sandbox/ lists the rest.
`;
}

const given = readArguments();
if (given.help) {
  console.log(usage);
  process.exit(0);
}
const built = runTurbo('build');
if (built !== 0) process.exit(built);

try {
  const { durations, description } = chooseDurations(given.durations, given.profile);
  const sandbox = await startSandbox({
    apiPort: readPort('api-port', given['api-port']),
    loadBalancerPort: readPort('load-balancer-port', given['load-balancer-port']),
    speed: readNumber('speed', given.speed),
    durations,
    ...(given.seed === undefined ? {} : { seed: readNumber('seed', given.seed) }),
  });
  const clients = createWorldClients(sandbox.endpoint, sandbox.region);
  await seedWorld(clients, { services: [...worldServices, sleepingService] });
  clients.destroy();
  console.log(
    describeWorld(sandbox.endpoint, await sandbox.loadBalancerUrl(), sandbox.seed, sandbox.region, description),
  );
} catch (error) {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(`${error instanceof Error ? error.message : error}${taken ? `\n${usage}` : ''}`);
  process.exit(1);
}
