import { type ECSClient, waitUntilTasksRunning } from '@aws-sdk/client-ecs';
import { startService } from '@start-engines/core';
import type { FleetService } from './fill-cluster.ts';
import type { Fleet } from './fleet.ts';

/** A way to start a service. Resolves when the task is registered, and rejects if the start is lost. */
export type Way = (fleet: Fleet, service: FleetService, caller: string) => Promise<unknown>;

const pollMs = 5_000;
const longestWaitSeconds = 300;

/** Our wait: `wait: running`. */
export const ourWait: Way = (fleet, { workspace, service }, caller) => {
  const request = { service, asked: fleet.world.clock.now(), overrides: {} };
  return startService(fleet.ports(workspace, caller), request, fleet.context());
};

/** A simple implementation: one DescribeTasks call every five seconds, also after MISSING. */
export const fixedPoll: Way = async (fleet, service, caller) => {
  const taskArn = await runTask(fleet, service, caller);
  const { clock } = fleet.world;
  const giveUpAt = clock.now() + longestWaitSeconds * 1_000;
  while (clock.now() < giveUpAt) {
    const ip = await readAddress(fleet, service, caller, taskArn);
    if (ip !== undefined) return register(fleet, service, caller, ip);
    await clock.sleep(pollMs);
  }
  throw new Error('the task was not RUNNING in time');
};

/**
 * The SDK's waiter, which must run on virtual timers. It fails at once for a task that ECS does not show yet, which is common just
 * after RunTask, so it is restarted a second later.
 */
export const sdkWaiter: Way = async (fleet, service, caller) => {
  const taskArn = await runTask(fleet, service, caller);
  const client = retrying(fleet, caller) as unknown as ECSClient;
  const { cluster } = service;
  for (let isShown = false; !isShown; ) {
    try {
      await waitUntilTasksRunning({ client, maxWaitTime: longestWaitSeconds }, { cluster, tasks: [taskArn] });
      isShown = true;
    } catch (error) {
      if (!String(error).includes('MISSING')) throw error;
      await fleet.world.clock.sleep(1_000);
    }
  }
  const ip = await readAddress(fleet, service, caller, taskArn);
  if (ip === undefined) throw new Error('the task has no address');
  return register(fleet, service, caller, ip);
};

async function runTask(fleet: Fleet, { cluster, subnets }: FleetService, caller: string): Promise<string> {
  const { tasks } = await retrying(fleet, caller).call('RunTask', {
    cluster,
    taskDefinition: `${cluster}-task`,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets } },
  });
  return (tasks as { taskArn: string }[])[0]?.taskArn ?? '';
}

interface ShownTask {
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly attachments: readonly { readonly details: readonly { readonly name: string; readonly value: string }[] }[];
}

async function readAddress(fleet: Fleet, { cluster }: FleetService, caller: string, taskArn: string) {
  const { tasks } = await retrying(fleet, caller).call('DescribeTasks', { cluster, tasks: [taskArn] });
  const [task] = tasks as ShownTask[];
  if (task?.desiredStatus === 'STOPPED') throw new Error('the task has stopped');
  if (task?.lastStatus !== 'RUNNING') return undefined;
  return task.attachments.flatMap(({ details }) => details).find(({ name }) => name === 'privateIPv4Address')?.value;
}

function register(fleet: Fleet, { targetGroupArn }: FleetService, caller: string, Id: string): Promise<unknown> {
  const input = { TargetGroupArn: targetGroupArn, Targets: [{ Id, Port: 8080 }] };
  return fleet.client('elasticloadbalancing', caller).call('RegisterTargets', input);
}

const attempts = 3;
const throttledPauseMs = 1_000;

/** The SDK's default retries: three attempts, with delays of up to one and two seconds after a throttle. */
function retrying(fleet: Fleet, caller: string) {
  const client = fleet.client('ecs', caller);
  const { clock, random } = fleet.world;
  const persist = async (call: () => Promise<Record<string, unknown>>) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const throttled = error instanceof Error && error.name === 'ThrottlingException';
        if (!throttled || attempt === attempts) throw error;
        await clock.sleep(random.next() * throttledPauseMs * 2 ** (attempt - 1));
      }
    }
  };
  return {
    call: (operation: string, input: object) => persist(() => client.call(operation, input)),
    send: (command: { readonly input: object }) => persist(() => client.send(command)),
  };
}
