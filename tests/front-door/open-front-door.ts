import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { type Sandbox, type SandboxOptions, startSandbox } from '@start-engines/sandbox';
import { putEvents } from '../../scripts/demo/put-events.ts';
import { createWorldClients, type WorldClients } from '../../scripts/world/clients.ts';
import {
  functionName,
  liveFunction,
  mappingDocument,
  parameterPath,
  type SeedOptions,
  seedWorld,
} from '../../scripts/world/seed-world.ts';
import { type WorldService, worldService } from '../../scripts/world/services.ts';

type Json = Readonly<Record<string, unknown>>;
type SandboxTask = ReturnType<Sandbox['ecs']['tasks']>[number];

/** The result of an invocation, as Lambda returns it to the caller. */
export interface Invoked {
  readonly value?: { readonly statusCode: number; readonly body: Json };
  readonly thrown?: { readonly name: string; readonly message: string };
}

/** The built zip in its own sandbox, with the calls and observations that tests need. */
export interface FrontDoor extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly clients: WorldClients;
  invoke(event: Json): Promise<Invoked>;
  /** Sends an HTTP API request and parses the body of the response. */
  request(method: string, path: string, headers?: Json): Promise<{ readonly statusCode: number; readonly body: Json }>;
  /** Puts an event on the default bus. */
  put(detailType: string, detail: Json): Promise<void>;
  /** Replaces a service's mapping with its initial mapping and these changes. */
  putMapping(service: WorldService, changes: Json): Promise<void>;
  targetGroupArn(name: string): string;
  /** The current state of the service's tasks, oldest first, without stale reads. */
  tasks(service: string): readonly SandboxTask[];
  /** ARNs of the service's tasks that are not stopping. */
  live(service: string): readonly string[];
  /** Targets of the group that receive traffic, as `ip:port`. */
  registered(targetGroupName: string): readonly string[];
  /** The outcomes of the function, as `[detail-type, detail]`. */
  outcomes(): readonly (readonly [string, Json])[];
  /** The function's mutating calls after that call, by operation. */
  changesAfter(sequence: number): readonly string[];
  log(): readonly Json[];
}

/** The test chooses the seed of the sandbox and the contents of the world. The seed is printed. */
export async function openFrontDoor(options: SandboxOptions & { readonly world: SeedOptions }): Promise<FrontDoor> {
  const sandbox = await startSandbox(options);
  console.log(`seed ${sandbox.seed}`);
  const clients = createWorldClients(sandbox.endpoint);
  const world = await seedWorld(clients, options.world);
  const targetGroupArn = (name: string) => world.targetGroupArns[name] ?? '';
  const tasks = (service: string) =>
    sandbox.ecs.tasks().filter((task) => task.startedBy === `start-engines/dev/${service}`);

  async function invoke(event: Json): Promise<Invoked> {
    const reply = await clients.lambda.send(
      new InvokeCommand({ FunctionName: liveFunction, Payload: JSON.stringify(event) }),
    );
    const payload = JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
    if (reply.FunctionError === undefined) return { value: payload };
    return { thrown: { name: payload.errorType, message: payload.errorMessage } };
  }

  return {
    sandbox,
    clients,
    invoke,
    async request(method, path, headers = {}) {
      const timeEpoch = sandbox.clock.now();
      const requestContext = { stage: '$default', requestId: 'request', timeEpoch, http: { method, path } };
      const event = { version: '2.0', routeKey: '$default', rawPath: path, headers, requestContext };
      const { value, thrown } = await invoke({ ...event, isBase64Encoded: false });
      if (value === undefined) throw new Error(`${thrown?.name}: ${thrown?.message}`);
      return { statusCode: value.statusCode, body: JSON.parse(String(value.body)) };
    },
    put: (detailType, detail) => putEvents(clients, detailType, [detail]),
    async putMapping(service, changes) {
      const document = { ...mappingDocument(service, world.targetGroupArns), ...changes };
      const Name = `${parameterPath}/services/${service.name}`;
      const put = { Name, Type: 'String', Overwrite: true, Value: JSON.stringify(document) } as const;
      await clients.ssm.send(new PutParameterCommand(put));
    },
    targetGroupArn,
    tasks,
    live: (service) =>
      tasks(service)
        .filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING')
        .map((task) => task.taskArn),
    registered: (name) =>
      sandbox.elb
        .targets(targetGroupArn(name))
        .filter((target) => target.health.State !== 'draining')
        .map((target) => `${target.id}:${target.port}`),
    outcomes: () =>
      sandbox.events
        .recent()
        .filter((event) => event.source === 'start-engines')
        .map((event) => [event['detail-type'], event.detail] as const),
    changesAfter: (after) =>
      sandbox.calls
        .list({ mutating: true, after })
        .filter((call) => call.caller.startsWith('SANDBOXLAMBDA'))
        .map((call) => call.operation),
    log: () =>
      sandbox.lambda.logs(functionName).flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Json] : [])),
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await sandbox.close();
    },
  };
}

/** A copy of a service with another name and its own target group, in the same cluster. */
export function renamed(model: string, name: string, mapping: Json = {}): WorldService {
  const service = worldService(model);
  const family = `${name}-task`;
  return {
    ...service,
    name,
    family,
    targetGroups: [`${name}-tg`],
    mapping: { ...service.mapping, taskDefinition: family, ...mapping },
  };
}
