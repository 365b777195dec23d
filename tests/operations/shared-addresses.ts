import type { SSMClient } from '@aws-sdk/client-ssm';
import { createLaunchClaims, createPauses, createStopNotes } from '@start-engines/aws';
import { createSsmServiceMappings } from '@start-engines/config';
import {
  type Ports,
  reconcileAll,
  reconcileChange,
  restartService,
  startService,
  stopService,
} from '@start-engines/core';
import { type EngineRoom, openEngineRoom } from './engine-room.ts';

/** Where `pdf` is registered: in its own target group, or in that of `auth` on either port. */
export type Layout = 'own group' | 'same group, other port' | 'same group, same port';

export const layouts: Record<Layout, { readonly port: number; readonly group: 'first' | 'second' }> = {
  'own group': { port: 8080, group: 'second' },
  'same group, other port': { port: 8081, group: 'first' },
  'same group, same port': { port: 8080, group: 'first' },
};

export interface Inheritance {
  readonly room: EngineRoom;
  /** The address of the ended task of `auth`, which a task of `pdf` now has. */
  readonly ip: string;
  readonly endedTaskArn: string;
  /** The target of `pdf`. */
  readonly pdf: { readonly targetGroupArn: string; readonly port: number };
}

const subnets = ['subnet-0aaaaaaaaaaaaaaa1'];

/** A task of `auth` crashed without an event, and a new task of `pdf` has got its address. */
export async function openInheritance(
  layout: Layout,
  { exclusive, workspace = 'dev' }: { readonly exclusive: boolean; readonly workspace?: string },
): Promise<Inheritance> {
  const mapping = exclusive ? {} : { exclusiveTargetGroup: false };
  const room = await openEngineRoom({ mapping: { ...mapping, drainSeconds: 1 } });
  const { port, group } = layouts[layout];
  const targetGroupArn = group === 'first' ? room.targetGroupArn : room.secondGroupArn;
  await putMapping(room, `/start-engines/${workspace}/services/pdf`, { ...mapping, port, targetGroupArn });
  room.world.ecs.admin.setIpReuseChance(1);
  const auth = await room.world.finish(room.start({ waitFor: 'healthy' }));
  await room.world.clock.advance(30_000);
  room.world.ecs.admin.crashTask(auth.taskArn);
  await room.world.clock.advance(60_000);
  const ports = portsOf(room, 'PDF', workspace);
  const request = { service: 'pdf', asked: room.world.clock.now(), overrides: {}, waitFor: 'healthy' } as const;
  const pdf = await room.world.finish(startService(ports, request, room.context()));
  await room.world.clock.advance(30_000);
  if (pdf.privateIp !== auth.privateIp) throw new Error('the address was not inherited');
  return { room, ip: auth.privateIp ?? '', endedTaskArn: auth.taskArn, pdf: { targetGroupArn, port } };
}

export async function putMapping(room: EngineRoom, Name: string, document: object): Promise<void> {
  const whole = { cluster: 'auth-cluster', taskDefinition: 'auth-api-task', subnets, drainSeconds: 1, ...document };
  const parameter = { Name, Type: 'String', Overwrite: true, Value: JSON.stringify(whole) };
  await room.world.client('ssm', 'SET-UP').call('PutParameter', parameter);
}

/** The ports of a workspace's function. */
export function portsOf(room: EngineRoom, caller: string, workspace = 'dev'): Ports {
  const client = room.world.client('ssm', caller) as unknown as SSMClient;
  const parameterPath = `/start-engines/${workspace}`;
  return {
    ...room.ports(caller),
    workspace,
    stopNotes: createStopNotes({ client, parameterPath, clock: room.world.clock }),
    pauses: createPauses({ client, parameterPath, clock: room.world.clock }),
    launchClaims: createLaunchClaims({ client, parameterPath }),
    mappings: createSsmServiceMappings({ client, parameterPath, ttlSeconds: 30, clock: room.world.clock }),
  };
}

/** Each operation on `auth`, by name, with the caller `OPERATION`. */
export const operations: Record<string, (inheritance: Inheritance) => Promise<unknown>> = {
  start: ({ room }) => room.start({}, { caller: 'OPERATION' }),
  stop: ({ room }) =>
    stopService(room.ports('OPERATION'), { service: 'auth', asked: room.world.clock.now() }, room.context()),
  restart: ({ room }) =>
    restartService(room.ports('OPERATION'), { service: 'auth', asked: room.world.clock.now() }, room.context()),
  'reconcile of one change': ({ room, endedTaskArn }) => {
    const version = room.world.ecs.admin.tasks().find((task) => task.taskArn === endedTaskArn)?.version ?? 0;
    const change = { taskArn: endedTaskArn, version, startedBy: 'start-engines/dev/auth', running: false };
    return reconcileChange(room.ports('OPERATION'), change, room.context());
  },
  'scheduled reconcile': ({ room }) => reconcileAll(room.ports('OPERATION'), room.context()),
};

/** The targets of the group that are not draining, each as `ip:port`. */
export function standing(room: EngineRoom, targetGroupArn: string): string[] {
  return room.targets(targetGroupArn).flatMap((target) => {
    const [address = '', state] = target.split(' ');
    return state === 'draining' ? [] : [address];
  });
}

/** Every `ip:port` that `OPERATION` has deregistered from the group, each once: after a stale read it may repeat the call. */
export function deregistered(room: EngineRoom, targetGroupArn: string): string[] {
  const targets = room.world.calls
    .list({ caller: 'OPERATION', operation: 'DeregisterTargets' })
    .filter(({ input }) => input.TargetGroupArn === targetGroupArn)
    .flatMap(({ input }) => input.Targets as { Id: string; Port: number }[]);
  return [...new Set(targets.map(({ Id, Port }) => `${Id}:${Port}`))];
}
