import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

/** A call as received on the wire. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;
type Refusal = { readonly status: number; readonly code: string; readonly message: string };

/** The part of AWS that one task at a time needs: a launched task runs at once, and a registered target is healthy. */
export interface FakeAws extends AsyncDisposable {
  readonly url: string;
  readonly calls: Call[];
  /** Documents by parameter name. */
  readonly parameters: Map<string, unknown>;
  /** Makes the operation fail from now on. */
  refuse(operation: string, refusal: Refusal): void;
  /** Further fields of every task launched from now on. */
  launchAs(details: Json): void;
  /** Ends every task without a request. */
  endTasks(details: Json): void;
  /** Forgets tasks, targets, refusals and calls. */
  reset(): void;
}

const changing = new Set(['RunTask', 'StopTask', 'TagResource', 'RegisterTargets', 'DeregisterTargets', 'PutEvents']);

/** The mutating calls. */
export function changes(aws: FakeAws): readonly string[] {
  return aws.calls.map((call) => call.operation).filter((operation) => changing.has(operation));
}

/** The state of AWS. */
interface State {
  readonly parameters: Map<string, unknown>;
  readonly tasks: Map<string, Json>;
  /** The parameters that the function has written, by name and version, such as `/start-engines/test/launches/auth:1`. */
  readonly written: Map<string, Json>;
  /** Ports by IP, by target group. */
  readonly targets: Map<string, Map<string, string>>;
  readonly now: () => number;
  launchDetails: Json;
}

function launch({ tasks, launchDetails, now }: State, input: Json): Json {
  const number = tasks.size + 1;
  const taskArn = `arn:aws:ecs:us-east-2:111122223333:task/${input.cluster}/${String(number).padStart(32, '0')}`;
  const revision = /:\d+$/.test(String(input.taskDefinition)) ? '' : ':1';
  const task = {
    taskArn,
    clusterArn: `arn:aws:ecs:us-east-2:111122223333:cluster/${input.cluster}`,
    taskDefinitionArn: `arn:aws:ecs:us-east-2:111122223333:task-definition/${input.taskDefinition}${revision}`,
    startedBy: input.startedBy,
    clientToken: input.clientToken,
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 4,
    createdAt: now() / 1000,
    containers: [{ name: 'app', lastStatus: 'RUNNING' }],
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: [{ name: 'privateIPv4Address', value: `10.0.0.${number}` }],
      },
    ],
    overrides: input.overrides,
    tags: [],
    ...launchDetails,
  };
  tasks.set(taskArn, task);
  return task;
}

type Answer = (state: State, input: Json) => Json;

const ecsAnswers: Readonly<Record<string, Answer>> = {
  DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions: [{ name: 'app', essential: true }] } }),
  ListTasks: ({ tasks }, { desiredStatus, startedBy }) => ({
    taskArns: [...tasks.values()]
      .filter((task) => task.desiredStatus === desiredStatus && (!startedBy || task.startedBy === startedBy))
      .map((task) => task.taskArn),
  }),
  DescribeTasks: ({ tasks }, { tasks: arns }) => ({
    tasks: (arns as string[]).flatMap((arn) => tasks.get(arn) ?? []),
    failures: (arns as string[]).filter((arn) => !tasks.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
  }),
  RunTask: (state, input) => {
    const replayed = [...state.tasks.values()].find((task) => task.clientToken === input.clientToken);
    return { tasks: [replayed ?? launch(state, input)], failures: [] };
  },
  StopTask: ({ tasks }, { task: arn, reason }) => {
    const stopped = { ...tasks.get(String(arn)), lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
    tasks.set(String(arn), { ...stopped, stoppedReason: reason, tags: [] });
    return { task: stopped };
  },
  TagResource: ({ tasks }, { resourceArn, tags }) => {
    const task = tasks.get(String(resourceArn)) ?? {};
    tasks.set(String(resourceArn), { ...task, tags: [...((task.tags as Json[]) ?? []), ...(tags as Json[])] });
    return {};
  },
};

const ssmAnswers: Readonly<Record<string, Answer>> = {
  PutParameter: ({ written, now }, { Name, Type, Value, Overwrite }) => {
    const Version = [...written.values()].filter((one) => one.Name === Name).length + 1;
    const parameter = { Name, Type, Version, Value, LastModifiedDate: now() / 1_000 };
    // A parameter that is never overwritten is read without its version.
    written.set(Overwrite === false ? String(Name) : `${Name}:${Version}`, parameter);
    return { Version };
  },
  GetParameters: ({ parameters, written }, { Names }) => ({
    Parameters: [
      ...(Names as string[])
        .filter((name) => parameters.has(name))
        .map((Name) => ({
          Name,
          Type: 'String',
          Version: 1,
          Value: JSON.stringify(parameters.get(Name)),
          LastModifiedDate: 1_700_000_000,
        })),
      ...(Names as string[]).flatMap((name) => written.get(name) ?? []),
    ],
    InvalidParameters: (Names as string[]).filter((name) => !parameters.has(name) && !written.has(name)),
  }),
  GetParametersByPath: ({ parameters }, { Path }) => ({
    Parameters: [...parameters.keys()]
      .filter((Name) => Name.startsWith(`${Path}/`))
      .map((Name) => ({ Name, Type: 'String', Version: 1, Value: '{}' })),
  }),
};

/** ELB uses the query protocol: an answer is the content of its result element. */
const elbAnswers: Readonly<Record<string, (group: Map<string, string>, input: Json) => string>> = {
  RegisterTargets: (group, input) => {
    group.set(String(input['Targets.member.1.Id']), String(input['Targets.member.1.Port']));
    return '';
  },
  DeregisterTargets: (group, input) => {
    group.delete(String(input['Targets.member.1.Id']));
    return '';
  },
  DescribeTargetHealth: (group) => {
    const health = '<TargetHealth><State>healthy</State></TargetHealth>';
    const members = [...group].map(
      ([ip, port]) => `<member><Target><Id>${ip}</Id><Port>${port}</Port></Target>${health}</member>`,
    );
    return `<TargetHealthDescriptions>${members.join('')}</TargetHealthDescriptions>`;
  },
};

function answerQuery({ targets }: State, { operation, input }: Call): string {
  const arn = String(input.TargetGroupArn);
  const group = targets.get(arn) ?? new Map<string, string>();
  targets.set(arn, group);
  const result = elbAnswers[operation]?.(group, input) ?? '';
  return `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
}

function answerJson(state: State, { operation, input }: Call): string {
  const answer = ecsAnswers[operation] ?? ssmAnswers[operation];
  return JSON.stringify(answer?.(state, input) ?? {});
}

function formatRefusal({ code, message }: Refusal, isQuery: boolean): string {
  return isQuery
    ? `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
    : JSON.stringify({ __type: code, message });
}

/** @param now milliseconds since the epoch, on the clock of the function */
export async function startFakeAws(now: () => number): Promise<FakeAws> {
  const calls: Call[] = [];
  const refusals = new Map<string, Refusal>();
  const state: State = {
    parameters: new Map(),
    written: new Map(),
    tasks: new Map(),
    targets: new Map(),
    now,
    launchDetails: {},
  };
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    calls.push(call);
    const refusal = refusals.get(call.operation);
    const isQuery = request.headers['x-amz-target'] === undefined;
    response.setHeader('content-type', isQuery ? 'text/xml' : 'application/x-amz-json-1.1');
    if (refusal !== undefined) response.writeHead(refusal.status).end(formatRefusal(refusal, isQuery));
    else response.end(isQuery ? answerQuery(state, call) : answerJson(state, call));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    parameters: state.parameters,
    refuse: (operation, refusal) => void refusals.set(operation, refusal),
    launchAs(details) {
      state.launchDetails = details;
    },
    endTasks(details) {
      for (const [arn, task] of state.tasks) {
        state.tasks.set(arn, { ...task, lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 9, ...details });
      }
    },
    reset() {
      calls.length = 0;
      state.launchDetails = {};
      for (const kept of [refusals, state.written, state.tasks, state.targets]) kept.clear();
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
