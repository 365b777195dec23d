import { hasAddress } from '@start-engines/core';
import type { Check } from './check.ts';
import { ok, unknown } from './link.ts';
import { addressableTask, keptTask, readable } from './views.ts';

/** States of an interface that carries no traffic. */
const detached = new Set(['available', 'detaching']);

/** Whether a network interface has the task's address. */
export const checkNetworkInterface: Check = (evidence, commands) => {
  if ('problem' in evidence.interfaces) return unknown(evidence.interfaces.problem);
  if ('problem' in evidence.tasks) return unknown(evidence.tasks.problem);
  const task = addressableTask(evidence);
  if (task === undefined) return ok('no running task, so no interface');
  const own = evidence.interfaces.value.find(({ ip }) => hasAddress(task, ip));
  if (own?.status === 'in-use') return ok(`${own.id} at ${own.ip} in ${own.subnetId}`);
  if (own !== undefined && !detached.has(own.status)) return unknown(`${own.id} at ${own.ip} is ${own.status}`);
  const missing = own === undefined;
  return {
    status: 'broken',
    summary: missing
      ? `no network interface has the task's address ${task.privateIp}`
      : `the task's network interface ${own.id} is ${own.status}`,
    evidence: [`${readable(evidence.tasks)?.length ?? 0} tasks known; this one is ${keptTask(evidence)?.lastStatus}`],
    mend: [commands.engines('restart', evidence.service)],
  };
};
