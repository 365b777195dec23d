import { DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs';
import type { Observation, Probe } from './probe.ts';
import { firstReason, launch, runInput, type TaskLife } from './task-life.ts';
import { type ProbeWorld, until } from './world.ts';

const order = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** Probes of what one task shows during its life. */
export const lifeProbes: readonly Probe[] = [
  ofLife('AWS-008', ({ launchedAt, sightings }) => {
    const first = sightings.find(({ task }) => task !== undefined);
    if (first === undefined) return { holds: false, observed: 'DescribeTasks never returned the task' };
    const missing = sightings.filter(({ task, at }) => task === undefined && at < first.at).length;
    const after = first.at - launchedAt;
    return {
      holds: true,
      observed: `MISSING ${missing} times; returned after ${after} ms`,
      measured: { taskReadLagMs: [after] },
    };
  }),
  ofLife('AWS-010', (life) => {
    const seen = [...new Set(statuses(life))];
    const places = seen.map((status) => order.indexOf(status));
    const inOrder = places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1));
    return { holds: inOrder && seen.at(-1) === 'STOPPED', observed: seen.join(', '), measured: durationsOf(life) };
  }),
  ofLife('AWS-011', (life) => {
    const tasks = [life.launched, ...shown(life)];
    const latest = new Map(tasks.map((task) => [task.lastStatus, task.version ?? 0]));
    const versions = order.flatMap((status) => latest.get(status) ?? []);
    const rises =
      versions.length > 1 && versions.every((version, index) => index === 0 || version > (versions[index - 1] ?? 0));
    return { holds: rises, observed: `versions ${versions.join(', ')}` };
  }),
  ofLife('AWS-012', (life) => {
    const first = interfaceOf(life.launched);
    const early = shown(life).filter(
      (task) => interfaceOf(task).status !== 'ATTACHED' && task.desiredStatus !== 'STOPPED',
    );
    const attached = shown(life).filter((task) => interfaceOf(task).status === 'ATTACHED');
    const withAddress = shown(life).find((task) => interfaceOf(task).ip !== undefined);
    const holds =
      first.ip === undefined &&
      early.every((task) => interfaceOf(task).ip === undefined) &&
      attached.length > 0 &&
      attached.every((task) => interfaceOf(task).ip !== undefined);
    return {
      holds,
      observed: `${first.status} in the reply of RunTask; the address appeared in ${withAddress?.lastStatus}`,
    };
  }),
  ofLife('AWS-013', (life) => {
    const last = shown(life).at(-1) ?? {};
    const { status, ip } = interfaceOf(last);
    return {
      holds: last.lastStatus === 'STOPPED' && status === 'DELETED' && ip !== undefined,
      observed: `${last.lastStatus}: ${status}, address ${ip ?? 'absent'}`,
    };
  }),
  ofLife('AWS-017', ({ stopReply: { desiredStatus, lastStatus } }) => {
    return {
      holds: desiredStatus === 'STOPPED' && lastStatus === 'RUNNING',
      observed: `desiredStatus ${desiredStatus}, lastStatus ${lastStatus}`,
    };
  }),
  ofLife('AWS-018', (life) => {
    const tags = shown(life).at(-1)?.tags ?? [];
    return { holds: tags.length === 0, observed: `${tags.length} tags after StopTask` };
  }),
  ofLife('AWS-019', (life) => {
    const reasons = [life.secondStopReply.stoppedReason, shown(life).at(-1)?.stoppedReason];
    return { holds: reasons.every((reason) => reason === firstReason), observed: reasons.join('; ') };
  }),
  ofLife('AWS-022', ({ tagsWithoutInclude, tagVisibleMs }) => {
    return {
      holds: tagsWithoutInclude === 0 && tagVisibleMs !== undefined,
      observed: `${tagsWithoutInclude} tags without include`,
    };
  }),
  ofLife('AWS-023', ({ tagVisibleMs }) => {
    if (tagVisibleMs === undefined) return { holds: false, observed: 'the tag was never readable' };
    return {
      holds: tagVisibleMs <= 5_000,
      observed: `readable after ${tagVisibleMs} ms`,
      measured: { tagReadLagMs: [tagVisibleMs] },
    };
  }),
  {
    fact: 'AWS-027',
    async run(world) {
      const stopped = shown(await world.taskLife()).at(-1)?.stopCode;
      const failed = await failToStart(world);
      return {
        holds: stopped === 'UserInitiated' && failed === 'TaskFailedToStart',
        observed: `${stopped}; ${failed}`,
      };
    },
  },
];

function ofLife(fact: string, judge: (life: TaskLife) => Observation): Probe {
  return { fact, run: async (world) => judge(await world.taskLife()) };
}

async function failToStart({ clients, resources }: ProbeWorld): Promise<string | undefined> {
  const { cluster, unpullable } = resources;
  const { taskArn = '' } = await launch(clients, runInput(resources, { taskDefinition: unpullable }));
  const read = async () => {
    const reply = await clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    return reply.tasks?.[0];
  };
  return (await until(read, (task) => task?.lastStatus === 'STOPPED'))?.stopCode;
}

function shown({ sightings }: TaskLife): readonly Task[] {
  return sightings.flatMap(({ task }) => task ?? []);
}

/** In the order of the changes, which is not that of the reads: a later read may be older. */
function statuses(life: TaskLife): readonly string[] {
  const tasks = [life.launched, ...shown(life)];
  const byVersion = tasks.toSorted((one, other) => (one.version ?? 0) - (other.version ?? 0));
  return byVersion.flatMap(({ lastStatus }) => lastStatus ?? []);
}

function interfaceOf(task: Task): { readonly status: string | undefined; readonly ip: string | undefined } {
  const found = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface');
  return { status: found?.status, ip: found?.details?.find(({ name }) => name === 'privateIPv4Address')?.value };
}

/** How long each part of the life took, by the name of the sandbox's duration. Parts that were not seen are left out. */
function durationsOf({
  launchedAt,
  sightings,
  stopRequestedAt,
}: TaskLife): Readonly<Record<string, readonly number[]>> {
  const firstAt = (wanted: (task: Task) => boolean) =>
    sightings.find(({ task }) => task !== undefined && wanted(task))?.at;
  const at = (status: string) => firstAt(({ lastStatus }) => lastStatus === status);
  const attaching = firstAt((task) => interfaceOf(task).status === 'ATTACHING');
  const attached = firstAt((task) => interfaceOf(task).status === 'ATTACHED');
  const spans: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = {
    interfaceCreationMs: [launchedAt, attaching],
    interfaceAttachmentMs: [attaching, attached],
    pendingMs: [attached, at('ACTIVATING')],
    imagePullMs: [at('ACTIVATING'), at('RUNNING')],
    stopNoticeMs: [stopRequestedAt, at('DEACTIVATING')],
    deactivationMs: [at('DEACTIVATING'), at('STOPPING')],
    deprovisioningMs: [at('DEPROVISIONING'), at('STOPPED')],
  };
  return Object.fromEntries(
    Object.entries(spans).flatMap(([name, [from, to]]) =>
      from === undefined || to === undefined || to < from ? [] : [[name, [to - from]]],
    ),
  );
}
