import { AwsError } from './aws-error.ts';
import { type CallFilter, type CallLog, replaceBytes } from './call-log.ts';
import type { SandboxClock } from './clock.ts';
import type { EventsService } from './events/create-events-service.ts';
import type { TaskEventSettings, TaskEvents } from './events/task-event-feed.ts';
import type { Faults, PlantedFault } from './faults.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { EcsAdmin } from './model/ecs/ecs-model.ts';
import type { ElbAdmin } from './model/elb/elb-model.ts';
import type { SandboxSettings } from './options.ts';
import { readFaultPlan } from './read-fault-plan.ts';
import type { SandboxStats } from './stats.ts';
import type { WireRequest } from './wire/identify-call.ts';
import type { WireReply } from './wire/protocol.ts';

export interface AdminOptions {
  readonly settings: SandboxSettings;
  readonly clock: SandboxClock;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly ecs: EcsAdmin;
  readonly elb: Pick<ElbAdmin, 'rulesOnNodes'>;
  readonly lambda: Pick<LambdaService, 'onFailureRecords' | 'processes' | 'logs'>;
  readonly events: Pick<EventsService, 'undelivered' | 'recent'>;
  readonly taskEvents: TaskEvents;
  readonly stats: () => SandboxStats;
  readonly taskOutput: (taskArn: string) => string | undefined;
  /** The URL of a load balancer's first listener. @throws RangeError if there is no such load balancer */
  readonly loadBalancerUrl: (loadBalancerName: string) => string;
}

interface Route {
  readonly method: string;
  /** Relative to `/_sandbox/`. `{id}` matches one segment. */
  readonly path: string;
  /** Receives the segment for `{id}`. The result is sent as JSON. A `RangeError` becomes 404 or 400. */
  readonly answer: (request: WireRequest, id: string) => unknown;
}

/** The admin API under `/_sandbox/`, with JSON requests and responses. `/_sandbox/` lists the routes. */
export function createAdmin(options: AdminOptions): (request: WireRequest) => WireReply {
  const routes = createRoutes(options).map((route) => ({ ...route, pattern: patternOf(route.path) }));
  return (request) => {
    const path = request.url.pathname.replace(/^\/_sandbox\/?/, '').replace(/\/$/, '');
    const matching = routes.filter(({ pattern }) => pattern.test(path));
    const route = matching.find(({ method }) => method === request.method);
    if (route === undefined) {
      const ways = matching.length > 0 ? matching : routes;
      const status = matching.length > 0 ? 405 : path === '' ? 200 : 404;
      return reply(status, { routes: ways.map((way) => `${way.method} /_sandbox/${way.path}`) });
    }
    try {
      return reply(200, route.answer(request, decodeURIComponent(route.pattern.exec(path)?.[1] ?? '')));
    } catch (cause) {
      if (cause instanceof URIError) return reply(404, { message: 'The path is not a well-formed URL.' });
      if (!(cause instanceof RangeError) && !(cause instanceof SyntaxError)) throw cause;
      return reply(cause.message.startsWith('there is no') ? 404 : 400, { message: cause.message });
    }
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace('{id}', '([^/]+)')}$`);
}

function reply(status: number, body: unknown): WireReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}, replaceBytes) };
}

function createRoutes(options: AdminOptions): readonly Route[] {
  const { settings, clock, calls, faults, ecs, elb, lambda, events } = options;
  return [
    {
      method: 'GET',
      path: 'health',
      answer: () => ({
        status: 'ok',
        now: new Date(clock.now()),
        region: settings.region,
        seed: settings.seed,
        speed: settings.speed,
      }),
    },
    { method: 'GET', path: 'stats', answer: () => options.stats() },
    { method: 'GET', path: 'calls', answer: ({ url }) => ({ calls: calls.list(readFilter(url.searchParams)) }) },
    { method: 'DELETE', path: 'calls', answer: () => calls.clear() },
    { method: 'GET', path: 'faults', answer: () => ({ faults: faults.list().map(showFault) }) },
    {
      method: 'POST',
      path: 'faults',
      answer: (request) => showFault(faults.plant(readFaultPlan(readBody(request)))),
    },
    { method: 'DELETE', path: 'faults', answer: () => faults.clear() },
    { method: 'DELETE', path: 'faults/{id}', answer: (_request, id) => findFault(faults, id).remove() },
    { method: 'GET', path: 'tasks', answer: () => ({ tasks: ecs.tasks() }) },
    {
      method: 'GET',
      path: 'tasks/{id}/output',
      answer: (_request, id) => ({ output: options.taskOutput(findTask(ecs, id)) ?? '' }),
    },
    { method: 'POST', path: 'tasks/{id}/crash', answer: (_request, id) => ecs.crashTask(findTask(ecs, id)) },
    {
      method: 'POST',
      path: 'tasks/{id}/interrupt',
      answer: (_request, id) => ecs.interruptSpot(findTask(ecs, id)),
    },
    { method: 'POST', path: 'capacity/exhaust', answer: () => ecs.exhaustCapacity() },
    { method: 'POST', path: 'capacity/restore', answer: () => ecs.restoreCapacity() },
    {
      method: 'GET',
      path: 'load-balancer-nodes',
      answer: ({ url }) => ({ nodes: elb.rulesOnNodes(readRequest(url.searchParams)) }),
    },
    {
      method: 'GET',
      path: 'load-balancers/{id}/url',
      answer: (_request, name) => ({ url: options.loadBalancerUrl(name) }),
    },
    { method: 'GET', path: 'events', answer: () => ({ events: events.recent() }) },
    { method: 'GET', path: 'task-events', answer: () => options.taskEvents.settings() },
    {
      method: 'PATCH',
      path: 'task-events',
      answer: (request) => options.taskEvents.set(readBody(request) as Partial<TaskEventSettings>),
    },
    { method: 'GET', path: 'undelivered-events', answer: () => ({ events: events.undelivered() }) },
    { method: 'GET', path: 'on-failure-records', answer: () => ({ records: lambda.onFailureRecords() }) },
    { method: 'GET', path: 'functions/processes', answer: () => ({ processes: lambda.processes() }) },
    {
      method: 'GET',
      path: 'functions/{id}/log',
      answer: (_request, name) => ({ lines: findLog(lambda, name) }),
    },
    {
      method: 'POST',
      path: 'reset',
      answer() {
        faults.clear();
        calls.clear();
        ecs.restoreCapacity();
      },
    },
  ];
}

function readBody(request: WireRequest): unknown {
  return JSON.parse(request.body.toString('utf8'));
}

/** The parameters `listener` (its ARN), `path`, `method`, `host` and `query` describe a request without headers. */
function readRequest(query: URLSearchParams) {
  return {
    listenerArn: query.get('listener') ?? '',
    method: query.get('method') ?? 'GET',
    host: query.get('host') ?? '',
    path: query.get('path') ?? '/',
    query: query.get('query') ?? '',
    headers: {},
  };
}

function readFilter(query: URLSearchParams): CallFilter {
  const texts = ['service', 'operation', 'caller'].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value]];
  });
  const after = query.get('after');
  const mutating = query.get('mutating');
  return {
    ...Object.fromEntries(texts),
    ...(after === null ? {} : { after: Number(after) }),
    ...(mutating === null ? {} : { mutating: mutating === 'true' }),
  };
}

function showFault({ id, plan, consumed }: PlantedFault) {
  const { matches: _, times, ...shown } = plan;
  return { id, ...shown, times: times === Number.POSITIVE_INFINITY ? 'always' : (times ?? 1), consumed };
}

function findFault(faults: Faults, id: string): PlantedFault {
  const found = faults.list().find((fault) => String(fault.id) === id);
  if (found === undefined) throw new RangeError(`there is no fault ${id}`);
  return found;
}

/** The log of a function. @throws RangeError if the name is not valid */
function findLog(lambda: AdminOptions['lambda'], name: string): readonly string[] {
  try {
    return lambda.logs(name);
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    throw new RangeError(`there is no function ${name}`);
  }
}

/** Finds a task by its ARN or by the ID at the end of it. */
function findTask(ecs: EcsAdmin, id: string): string {
  const found = ecs.tasks().find(({ taskArn }) => taskArn === id || taskArn.endsWith(`/${id}`));
  if (found === undefined) throw new RangeError(`there is no task ${id}`);
  return found.taskArn;
}
