import { createCallLog, type WritableCallLog } from '../../src/call-log.ts';
import { type ConsumableFaults, createFaults } from '../../src/faults.ts';
import type { Operations, ServiceName } from '../../src/operation.ts';
import { createRealClock } from '../../src/real-clock.ts';
import { createThrottle } from '../../src/throttle.ts';
import { openApiServer } from '../../src/wire/api-server.ts';
import { createDispatcher } from '../../src/wire/dispatch-call.ts';

export interface TestApi extends AsyncDisposable {
  readonly endpoint: string;
  readonly log: WritableCallLog;
  readonly faults: ConsumableFaults;
  /** The callers that a fault has killed. */
  readonly killed: readonly string[];
  /** The settings of an SDK client for this endpoint. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
}

/** An HTTP endpoint for only the given operations. */
export async function openTestApi(services: Partial<Record<ServiceName, Operations>>): Promise<TestApi> {
  const clock = createRealClock(1);
  const log = createCallLog(1000);
  const faults = createFaults(() => clock.now());
  const killed: string[] = [];
  const dispatcher = createDispatcher({
    services: {
      ec2: {},
      ecs: {},
      elasticloadbalancing: {},
      ssm: {},
      events: {},
      lambda: {},
      logs: {},
      monitoring: {},
      ...services,
    },
    log,
    faults,
    throttle: createThrottle({ throttling: 'off', clock, tasksToLaunch: () => 0 }),
    clock,
    region: 'us-east-2',
    accountId: '123456789012',
    killCaller: (caller) => {
      killed.push(caller);
      return false;
    },
    withoutCapacity: (reason) => ({ tasks: [], failures: [{ reason }] }),
  });
  const admin = () => ({ status: 404, headers: {}, body: '' });
  const apiServer = await openApiServer({ clock, dispatcher, port: 0, keepRawMessages: true, admin });
  return {
    endpoint: apiServer.endpoint,
    log,
    faults,
    killed,
    client: {
      endpoint: apiServer.endpoint,
      region: 'us-east-2',
      credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    },
    async [Symbol.asyncDispose]() {
      clock.close();
      await apiServer.close();
    },
  };
}
