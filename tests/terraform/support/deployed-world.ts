import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { type Sandbox, startSandbox } from '@start-engines/sandbox';
import { createWorldClients, type WorldClients } from '../../../scripts/world/clients.ts';
import { type Deployment, policyOfRole } from './deployment.ts';
import { createIamAuthoriser, type IamAuthoriser } from './iam-authoriser.ts';
import { rebuildWorld } from './rebuild-world.ts';

type Json = Readonly<Record<string, unknown>>;

/** The result of an invocation, as Lambda returns it to the caller. */
export interface Invoked {
  readonly value?: { readonly statusCode: number; readonly body: Json };
  readonly thrown?: { readonly name: string; readonly message: string };
}

/** A sandbox with the built zip and the deployed resources, in which the deployed role's policies authorise every call. */
export interface DeployedWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly clients: WorldClients;
  readonly authoriser: IamAuthoriser;
  readonly codeSha256: string;
  readonly roleArn: string;
  /** Invokes the alias and waits for the answer. */
  invoke(event: Json): Promise<Invoked>;
  /** Invokes the alias as EventBridge Scheduler does: with the schedule's input, asynchronously. */
  invokeBySchedule(name: string): void;
  putMapping(service: string, text: string): Promise<void>;
  /** Targets of the service's group that receive traffic, with their health. */
  targets(service: string): readonly (readonly [target: string, state: string])[];
  /** Sends a request to the load balancer. */
  request(path: string, listenerPort?: number): Promise<Response>;
}

/** @throws RangeError if the function's role is missing or does not have exactly one inline policy */
export async function openDeployedWorld(deployment: Deployment): Promise<DeployedWorld> {
  const { FunctionName, Role, Environment } = deployment.function.configuration;
  const authoriser = createIamAuthoriser(Role, policyOfRole(deployment, Role));
  const speed = 10;
  const opened = Date.now();
  const sandbox = await startSandbox({ speed, authorise: authoriser.authorise });
  console.log(`seed ${sandbox.seed}`);
  const clients = createWorldClients(sandbox.endpoint);
  const codeSha256 = await rebuildWorld(sandbox, clients, deployment);
  const alias = `${FunctionName}:live`;
  const { loadBalancer } = deployment;
  return {
    sandbox,
    clients,
    authoriser,
    codeSha256,
    roleArn: Role,
    async invoke(event) {
      const Payload = JSON.stringify(event);
      const reply = await clients.lambda.send(new InvokeCommand({ FunctionName: alias, Payload }));
      const payload = JSON.parse(Buffer.from(reply.Payload ?? []).toString('utf8'));
      if (reply.FunctionError === undefined) return { value: payload };
      return { thrown: { name: payload.errorType, message: payload.errorMessage } };
    },
    invokeBySchedule(name) {
      const schedule = deployment.schedules.find((one) => one.Name === name);
      if (schedule === undefined) throw new RangeError(`schedule ${name} does not exist`);
      const now = new Date(opened + (Date.now() - opened) * speed).toISOString();
      const input = schedule.Target.Input.replace('<aws.scheduler.scheduled-time>', now);
      sandbox.lambda.invokeAsync(schedule.Target.Arn, input);
    },
    async putMapping(service, text) {
      const Name = `${Environment.Variables.PARAMETER_PATH}/services/${service}`;
      await clients.ssm.send(new PutParameterCommand({ Name, Type: 'String', Overwrite: true, Value: text }));
    },
    targets(service) {
      const group = loadBalancer.targetGroups.find(({ TargetGroupName }) => TargetGroupName.startsWith(`${service}-`));
      return sandbox.elb
        .targets(group?.TargetGroupArn ?? '')
        .filter(({ health }) => health.State !== 'draining')
        .map(({ id, port, health }) => [`${id}:${port}`, health.State]);
    },
    async request(path, listenerPort = 443) {
      const url = await sandbox.loadBalancerUrl(loadBalancer.LoadBalancerName, listenerPort);
      return fetch(`${url}${path}`, { redirect: 'manual' });
    },
    async [Symbol.asyncDispose]() {
      clients.destroy();
      await sandbox.close();
    },
  };
}
