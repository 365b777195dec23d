import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeTasksCommandOutput, RunTaskCommandInput, StopTaskCommandOutput, Task } from '@aws-sdk/client-ecs';
import type {
  DescribeTargetHealthCommandOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { GetParametersByPathCommandInput, GetParametersCommandOutput } from '@aws-sdk/client-ssm';
import type { Answer } from '../../scripts/field/probes/call-function.ts';
import { type Lie, lie } from './plant.ts';

/** Wrong behaviour for each probe: with it, the probe's fact is false. */
export const lies: Readonly<Record<string, Lie>> = {
  'AWS-001': secondRun((input) => ({ clientToken: `${input.clientToken}x` })),
  'AWS-002': secondRun((input) => ({ clientToken: `${input.clientToken}x` })),
  'AWS-003': everyRun({ clientToken: undefined }),
  'AWS-006': everyRun({ overrides: undefined }),
  'AWS-007': everyRun({ startedBy: 'short' }),
  'AWS-008': lie('ecs', 'DescribeTasks', async () => ({ tasks: [] })),
  'AWS-010': tasks(({ lastStatus }) => ({
    lastStatus: /^(RUNNING|STOPPED)$/.test(lastStatus ?? '') ? lastStatus : 'WAITING',
  })),
  'AWS-011': tasks(() => ({ version: 1 })),
  'AWS-012': tasks((task) => ({ attachments: task.attachments?.map((one) => ({ ...one, details: [] })) })),
  'AWS-013': tasks((task) => (task.lastStatus === 'STOPPED' ? { attachments: [] } : {})),
  'AWS-014': lie('ecs', 'DescribeTasks', async () => ({ tasks: [] })),
  'AWS-015': lie('ecs', 'ListTasks', async () => ({ taskArns: ['always the same'], nextToken: 'more' })),
  'AWS-016': lie('ecs', 'ListTasks', async () => ({ taskArns: [] })),
  'AWS-017': lie<StopTaskCommandOutput>('ecs', 'StopTask', async (call) => ({
    task: { ...(await call()).task, lastStatus: 'STOPPED' },
  })),
  'AWS-018': tasks(() => ({ tags: [{ key: 'field-test:late', value: 'yes' }] })),
  'AWS-019': lie<StopTaskCommandOutput, { reason: string }>('ecs', 'StopTask', async (call, { reason }) => ({
    task: { ...(await call()).task, stoppedReason: reason },
  })),
  'AWS-020': lie('ecs', 'StopTask', async () => ({})),
  'AWS-022': lie<DescribeTasksCommandOutput, { include: string[] }>(
    'ecs',
    'DescribeTasks',
    async (call, { include }) => {
      const reply = await call();
      const tags = [{ key: 'unasked', value: 'yes' }];
      return include.length > 0 ? reply : { tasks: reply.tasks?.map((task) => ({ ...task, tags })) };
    },
  ),
  'AWS-023': hideTags(6_000),
  'AWS-024': lie('ecs', 'TagResource', async () => ({})),
  'AWS-027': tasks((task) => (task.stopCode === 'TaskFailedToStart' ? { stopCode: 'UserInitiated' } : {})),
  'AWS-028': logLines((line) => line.replaceAll('"lastStatus":"RUNNING"', '"lastStatus":"PENDING"')),
  'AWS-031': lie('elb', 'RegisterTargets', async (call, _input, count) => (count === 2 ? {} : call())),
  'AWS-032': lie('elb', 'DeregisterTargets', async () => {
    throw new Error('InvalidTarget');
  }),
  'AWS-033': hideHealthy(21_000),
  'AWS-034': health(() => ({ TargetHealth: { State: 'healthy' } })),
  'AWS-035': forgetDraining(),
  'AWS-036': lie('elb', 'DeregisterTargets', async () => ({})),
  'AWS-037': answers((answer) => ({ status: answer.status === 200 ? 503 : answer.status })),
  'AWS-038': answers(() => ({ status: 200 })),
  'AWS-039': answers(() => ({ status: 200 })),
  'AWS-040': staleAnswer(25_000),
  'AWS-041': answers(() => ({ status: 202 })),
  'AWS-042': lie('elb', 'DescribeTargetHealth', async () => ({})),
  'AWS-044': answers(() => ({ status: 200 })),
  'AWS-045': answers(() => ({ status: 200 })),
  'AWS-046': answers(({ body }) => ({ body: body.replaceAll('a%20b', 'a b') })),
  'AWS-047': answers(() => ({ status: 101 })),
  'AWS-048': logLines((line) => line.replace(/event \d+/, 'event 1000')),
  'AWS-050': lie<PutEventsCommandOutput>('events', 'PutEvents', async (call) => ({
    ...(await call()),
    FailedEntryCount: 0,
  })),
  'AWS-052': logLines((line) => line.replace(/event (\d+)/, (_all, at) => `event ${Number(at) + 10_000}`)),
  'AWS-053': lie<unknown, GetParametersByPathCommandInput>(
    'ssm',
    'GetParametersByPath',
    async (call, { MaxResults = 0 }) => (MaxResults > 10 ? {} : call()),
  ),
  'AWS-054': lie<GetParametersCommandOutput>('ssm', 'GetParameters', async (call) => ({
    ...(await call()),
    InvalidParameters: [],
  })),
  'AWS-055': lie('ssm', 'PutParameter', async () => ({})),
  'AWS-056': lie('ssm', 'PutParameter', async () => ({})),
  'AWS-057': lie('ssm', 'GetParameters', async () => ({ Parameters: [{ Version: 2, Value: 'second' }] })),
  'AWS-058': lie('ssm', 'PutParameter', async (call, _input, count) => (count === 2 ? {} : call())),
};

function secondRun(change: (input: RunTaskCommandInput) => Partial<RunTaskCommandInput>): Lie {
  return lie<unknown, RunTaskCommandInput>('ecs', 'RunTask', async (call, input, count) => {
    if (count === 2) Object.assign(input, change(input));
    return call();
  });
}

function everyRun(change: Partial<RunTaskCommandInput>): Lie {
  return lie<unknown, RunTaskCommandInput>('ecs', 'RunTask', async (call, input) => {
    Object.assign(input, change);
    return call();
  });
}

/** DescribeTasks returns changed tasks. */
function tasks(change: (task: Task) => Partial<Task>): Lie {
  return lie<DescribeTasksCommandOutput>('ecs', 'DescribeTasks', async (call) => ({
    tasks: (await call()).tasks?.map((task) => ({ ...task, ...change(task) })),
  }));
}

function hideTags(forMs: number): Lie {
  let firstAt: number | undefined;
  return tasks(({ tags = [] }) => {
    if (tags.some(({ key }) => key === 'field-test:late')) firstAt ??= Date.now();
    return { tags: firstAt !== undefined && Date.now() < firstAt + forMs ? [] : tags };
  });
}

/** DescribeTargetHealth returns changed targets. `undefined` removes one. */
function health(change: (target: TargetHealthDescription) => Partial<TargetHealthDescription> | undefined): Lie {
  return lie<DescribeTargetHealthCommandOutput>('elb', 'DescribeTargetHealth', async (call) => ({
    TargetHealthDescriptions: (await call()).TargetHealthDescriptions?.flatMap((target) => {
      const changed = change(target);
      return changed === undefined ? [] : [{ ...target, ...changed }];
    }),
  }));
}

function hideHealthy(forMs: number): Lie {
  let firstAt: number | undefined;
  return health(({ TargetHealth }) => {
    if (TargetHealth?.State !== 'healthy') return {};
    firstAt ??= Date.now();
    return Date.now() < firstAt + forMs
      ? { TargetHealth: { State: 'initial', Reason: 'Elb.InitialHealthChecking' } }
      : {};
  });
}

function forgetDraining(): Lie {
  const firstAt = new Map<string | undefined, number>();
  return health(({ Target, TargetHealth }) => {
    if (TargetHealth?.State !== 'draining') return {};
    const at = firstAt.get(Target?.Id) ?? Date.now();
    firstAt.set(Target?.Id, at);
    return Date.now() > at + 1_000 ? undefined : {};
  });
}

/** The load balancer gives other answers to the function's requests. */
function answers(change: (answer: Answer, index: number) => Partial<Answer>): Lie {
  return lie<InvokeCommandOutput, InvokeCommandInput>('lambda', 'Invoke', async (call) => {
    const reply = await call();
    const given = JSON.parse(Buffer.from(reply.Payload ?? []).toString()) as Answer[];
    const changed = given.map((answer, index) => ({
      ...answer,
      ...(answer.body === 'clock' ? {} : change(answer, index)),
    }));
    return { ...reply, Payload: Buffer.from(JSON.stringify(changed)) };
  });
}

/** After each change of the rule, one answer is old although it comes late. */
function staleAnswer(lateMs: number): Lie {
  let count = 0;
  return answers(({ at }, index) => {
    if (index === 0) count += 1;
    return index === 0 && count % 3 === 1 ? { at: at + lateMs, status: 404 } : {};
  });
}

function logLines(change: (line: string) => string): Lie {
  return lie<FilterLogEventsCommandOutput>('logs', 'FilterLogEvents', async (call) => {
    const reply = await call();
    return { ...reply, events: reply.events?.map((one) => ({ ...one, message: change(one.message ?? '') })) };
  });
}
