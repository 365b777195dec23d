import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** A call as it stood on the wire. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;
type Refusal = { readonly status: number; readonly code: string; readonly message: string };

/** Just enough of AWS for one task at a time: a launched task runs at once, and a registered target is healthy. */
export interface FakeAws extends AsyncDisposable {
  readonly url: string;
  readonly calls: Call[];
  /** Documents by parameter name. */
  readonly parameters: Map<string, unknown>;
  /** Makes the operation fail from now on. */
  refuse(operation: string, refusal: Refusal): void;
  /** What ECS says of every task launched from now on, beside what it says of one that runs. */
  launchAs(details: Json): void;
  /** Forgets tasks, targets, refusals and calls. */
  reset(): void;
}

const changing = new Set(['RunTask', 'StopTask', 'TagResource', 'RegisterTargets', 'DeregisterTargets', 'PutEvents']);

/** The calls that change something in AWS. */
export function changes(aws: FakeAws): readonly string[] {
  return aws.calls.map((call) => call.operation).filter((operation) => changing.has(operation));
}

const clusterArn = 'arn:aws:ecs:us-east-2:111122223333:cluster/engines';

export async function startFakeAws(): Promise<FakeAws> {
  const calls: Call[] = [];
  const parameters = new Map<string, unknown>();
  let launchDetails: Json = {};
  const refusals = new Map<string, Refusal>();
  const tasks = new Map<string, Json>();
  const targets = new Map<string, Map<string, { ip: string; port: string }>>();

  const launch = (input: Json): Json => {
    const taskArn = `arn:aws:ecs:us-east-2:111122223333:task/engines/${String(tasks.size + 1).padStart(32, '0')}`;
    const address = `10.0.0.${tasks.size + 1}`;
    const task = {
      taskArn,
      clusterArn,
      taskDefinitionArn: `arn:aws:ecs:us-east-2:111122223333:task-definition/${input.taskDefinition}:1`,
      startedBy: input.startedBy,
      clientToken: input.clientToken,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      version: 4,
      createdAt: Date.now() / 1000,
      containers: [{ name: 'app', lastStatus: 'RUNNING' }],
      attachments: [
        {
          type: 'ElasticNetworkInterface',
          status: 'ATTACHED',
          details: [{ name: 'privateIPv4Address', value: address }],
        },
      ],
      overrides: input.overrides,
      tags: [],
      ...launchDetails,
    };
    tasks.set(taskArn, task);
    return task;
  };

  const answers: Readonly<Record<string, (input: Json) => Json>> = {
    GetParameters: ({ Names }) => {
      const found = (Names as string[]).filter((name) => parameters.has(name));
      return {
        Parameters: found.map((Name) => ({
          Name,
          Type: 'String',
          Version: 1,
          Value: JSON.stringify(parameters.get(Name)),
          LastModifiedDate: 1_700_000_000,
        })),
        InvalidParameters: (Names as string[]).filter((name) => !parameters.has(name)),
      };
    },
    GetParametersByPath: ({ Path }) => ({
      Parameters: [...parameters.keys()]
        .filter((Name) => Name.startsWith(`${Path}/`))
        .map((Name) => ({ Name, Type: 'String', Version: 1, Value: '{}' })),
    }),
    DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions: [{ name: 'app', essential: true }] } }),
    ListTasks: ({ desiredStatus, startedBy }) => ({
      taskArns: [...tasks.values()]
        .filter((task) => task.desiredStatus === desiredStatus && (!startedBy || task.startedBy === startedBy))
        .map((task) => task.taskArn),
    }),
    DescribeTasks: ({ tasks: arns }) => ({
      tasks: (arns as string[]).flatMap((arn) => tasks.get(arn) ?? []),
      failures: (arns as string[]).filter((arn) => !tasks.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
    }),
    RunTask: (input) => {
      const replayed = [...tasks.values()].find((task) => task.clientToken === input.clientToken);
      return { tasks: [replayed ?? launch(input)], failures: [] };
    },
    StopTask: ({ task: arn, reason }) => {
      const stopped = { ...tasks.get(String(arn)), lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
      tasks.set(String(arn), { ...stopped, stoppedReason: reason, tags: [] });
      return { task: stopped };
    },
    TagResource: ({ resourceArn, tags }) => {
      const task = tasks.get(String(resourceArn)) ?? {};
      tasks.set(String(resourceArn), { ...task, tags: [...((task.tags as Json[]) ?? []), ...(tags as Json[])] });
      return {};
    },
  };

  const groupOf = (input: Json) => {
    const arn = String(input.TargetGroupArn);
    const group = targets.get(arn) ?? new Map();
    targets.set(arn, group);
    return group;
  };
  const targetOf = (input: Json) => ({
    ip: String(input['Targets.member.1.Id']),
    port: String(input['Targets.member.1.Port']),
  });
  const queryAnswers: Readonly<Record<string, (input: Json) => string>> = {
    RegisterTargets: (input) => {
      groupOf(input).set(targetOf(input).ip, targetOf(input));
      return '';
    },
    DeregisterTargets: (input) => {
      groupOf(input).delete(targetOf(input).ip);
      return '';
    },
    DescribeTargetHealth: (input) => {
      const members = [...groupOf(input).values()].map(
        ({ ip, port }) =>
          `<member><Target><Id>${ip}</Id><Port>${port}</Port></Target><TargetHealth><State>healthy</State></TargetHealth></member>`,
      );
      return `<TargetHealthDescriptions>${members.join('')}</TargetHealthDescriptions>`;
    },
  };

  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    calls.push(call);
    const refusal = refusals.get(call.operation);
    const query = queryAnswers[call.operation];
    const isQuery = request.headers['x-amz-target'] === undefined;
    response.setHeader('content-type', isQuery ? 'text/xml' : 'application/x-amz-json-1.1');
    if (refusal !== undefined) {
      const { status, code, message } = refusal;
      const error = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
      response.writeHead(status).end(isQuery ? error : JSON.stringify({ __type: code, message }));
    } else if (query !== undefined) {
      const { operation } = call;
      const body = `<${operation}Result>${query(call.input)}</${operation}Result>`;
      response.end(`<${operation}Response>${body}</${operation}Response>`);
    } else {
      response.end(JSON.stringify(answers[call.operation]?.(call.input) ?? {}));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    parameters,
    refuse: (operation, refusal) => void refusals.set(operation, refusal),
    launchAs(details) {
      launchDetails = details;
    },
    reset() {
      calls.length = 0;
      launchDetails = {};
      for (const kept of [refusals, tasks, targets]) kept.clear();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return { operation: target.split('.')[1] ?? '', input: JSON.parse(text) };
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(text));
  return { operation: Action, input };
}
