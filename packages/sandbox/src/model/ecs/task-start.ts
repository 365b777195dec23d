import { makeArn } from '../arn.ts';
import type { RunningContainer } from '../task-runtime.ts';
import { changeTask, type EcsState } from './ecs-state.ts';
import type { Attachment, Container, Task } from './task.ts';
import type { ContainerDefinition } from './task-definition.ts';
import type { TaskRecord } from './task-record.ts';
import { containerEnded, failToStart, later } from './task-stop.ts';

const noAddress = 'Unexpected EC2 error while attempting to Create Network Interface in subnet';

/** From PROVISIONING until RUNNING. AWS-010. */
export function beginTask(state: EcsState, record: TaskRecord): void {
  const { durations } = state;
  later(state, record, durations.interfaceCreationMs, () => {
    changeTask(state, record, attachInterface(state, record));
    later(state, record, durations.interfaceAttachmentMs, () => {
      if (!takeAddresses(state, record)) {
        failToStart(state, record, `${noAddress} '${record.subnet}': InsufficientFreeAddressesInSubnet`);
        return;
      }
      changeTask(state, record, finishAttachment(state, record));
      putInterface(state, record);
      later(state, record, durations.pendingMs, () => {
        // AWS-030
        changeTask(state, record, { lastStatus: 'ACTIVATING', pullStartedAt: new Date(state.clock.now()) });
        later(state, record, durations.imagePullMs, () => {
          void startContainers(state, record);
        });
      });
    });
  });
}

/** Assigns an address of each family of the subnet, as with the account setting dualStackIPv6. False if none is free. */
function takeAddresses({ addresses }: EcsState, record: TaskRecord): boolean {
  const { subnet } = record;
  if (addresses.has(subnet, 'ipv4')) record.ip = addresses.take(subnet, 'ipv4');
  if (addresses.has(subnet, 'ipv6')) record.ipv6 = addresses.take(subnet, 'ipv6');
  return addresses.has(subnet, 'ipv4') ? record.ip !== undefined : record.ipv6 !== undefined;
}

function attachInterface(state: EcsState, record: TaskRecord): Partial<Task> {
  const details = [
    { name: 'subnetId', value: record.subnet },
    { name: 'networkInterfaceId', value: `eni-${state.random.hex(17)}` },
  ];
  return { attachments: withInterface(record, (attachment) => ({ ...attachment, status: 'ATTACHING', details })) };
}

// AWS-012
function finishAttachment(state: EcsState, record: TaskRecord): Partial<Task> {
  const { ip, ipv6 } = record;
  const macAddress = `0a:${[1, 2, 3, 4, 5].map(() => state.random.hex(2)).join(':')}`;
  const details = [
    { name: 'macAddress', value: macAddress },
    ...(ip === undefined
      ? []
      : [
          { name: 'privateDnsName', value: `ip-${ip.replaceAll('.', '-')}.${state.account.region}.compute.internal` },
          { name: 'privateIPv4Address', value: ip },
        ]),
    ...(ipv6 === undefined ? [] : [{ name: 'privateIPv6Address', value: ipv6 }]),
  ];
  const attachments = withInterface(record, (attachment) => ({
    ...attachment,
    status: 'ATTACHED',
    details: [...attachment.details, ...details],
  }));
  const attachmentId = attachments.find(({ type }) => type === 'ElasticNetworkInterface')?.id ?? '';
  return {
    lastStatus: 'PENDING',
    attachments,
    connectivity: 'CONNECTED',
    connectivityAt: new Date(state.clock.now()),
    containers: record.history.latest.containers.map((container) => ({
      ...container,
      networkInterfaces: [
        {
          attachmentId,
          ...(ip === undefined ? {} : { privateIpv4Address: ip }),
          ...(ipv6 === undefined ? {} : { ipv6Address: ipv6 }),
        },
      ],
    })),
  };
}

/** Creates the task's network interface in EC2. */
function putInterface(state: EcsState, record: TaskRecord): void {
  const attachment = record.history.latest.attachments.find(({ type }) => type === 'ElasticNetworkInterface');
  const detail = (name: string) => attachment?.details.find((one) => one.name === name)?.value ?? '';
  const subnet = state.vpc.subnet(record.subnet);
  if (attachment === undefined || subnet === undefined) return;
  state.vpc.attach({
    id: detail('networkInterfaceId'),
    description: makeArn(state.account, 'ecs', `attachment/${attachment.id}`),
    requesterId: state.account.accountId,
    subnetId: subnet.id,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    ...(record.ip === undefined ? {} : { ip: record.ip }),
    ...(record.ipv6 === undefined ? {} : { ipv6: record.ipv6 }),
    macAddress: detail('macAddress'),
    groupIds: record.securityGroups,
  });
}

function withInterface(record: TaskRecord, change: (attachment: Attachment) => Attachment): readonly Attachment[] {
  return record.history.latest.attachments.map((attachment) =>
    attachment.type === 'ElasticNetworkInterface' ? change(attachment) : attachment,
  );
}

/** The sandbox has no registry: every image exists unless its name or tag contains `missing`. */
function isMissing(image: string): boolean {
  return image.includes('missing');
}

async function startContainers(state: EcsState, record: TaskRecord): Promise<void> {
  const definitions = record.definition.containerDefinitions;
  const missing = definitions.find(({ image }) => isMissing(image));
  if (missing !== undefined) {
    const reason = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${missing.image}: ${missing.image}: not found`;
    return failToStart(state, record, reason, missing.name);
  }
  const pullStoppedAt = new Date(state.clock.now());
  const starting = Promise.allSettled(definitions.map((definition) => startContainer(state, record, definition)));
  record.starting = starting;
  const started = await starting;
  if (record.history.latest.desiredStatus === 'STOPPED') return;
  const failed = started.findIndex(({ status }) => status === 'rejected');
  const failure = started[failed];
  if (failure?.status === 'rejected') {
    const said = failure.reason instanceof Error ? failure.reason.message : String(failure.reason);
    const reason = `CannotStartContainerError: ${said}`;
    return failToStart(state, record, reason, definitions[failed]?.name);
  }
  changeTask(state, record, {
    lastStatus: 'RUNNING',
    pullStoppedAt,
    startedAt: new Date(state.clock.now()),
    containers: record.history.latest.containers.map((container) => showRunning(state, record, container)),
  });
  for (const definition of definitions) {
    const process = record.processes.get(definition.name);
    void process?.exited.then(({ exitCode }) => containerEnded(state, record, definition, exitCode));
  }
}

function showRunning(state: EcsState, record: TaskRecord, container: Container): Container {
  return {
    ...container,
    lastStatus: 'RUNNING',
    ...(container.managedAgents === undefined
      ? {}
      : { managedAgents: container.managedAgents.map((agent) => ({ ...agent, lastStatus: 'RUNNING' as const })) }),
    imageDigest: `sha256:${state.random.hex(64)}`,
    runtimeId: `${record.id}-${state.random.integer(1_000_000_000, 2_000_000_000)}`,
  };
}

async function startContainer(
  state: EcsState,
  record: TaskRecord,
  definition: ContainerDefinition,
): Promise<RunningContainer> {
  const override = record.history.latest.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  const environment = [...definition.environment, ...(override?.environment ?? [])];
  const process = await state.runtime.start({
    taskArn: record.arn,
    containerName: definition.name,
    image: definition.image,
    privateIp: record.ip ?? record.ipv6 ?? '',
    ...(record.ipv6 === undefined ? {} : { privateIpv6: record.ipv6 }),
    containerPorts: definition.portMappings.flatMap(({ containerPort }) => containerPort ?? []),
    entryPoint: definition.entryPoint ?? [],
    command: override?.command ?? definition.command ?? [],
    environment: Object.fromEntries(environment.map(({ name = '', value = '' }) => [name, value])),
  });
  record.processes.set(definition.name, process);
  if (record.history.latest.desiredStatus === 'STOPPED') process.kill('SIGKILL');
  return process;
}
