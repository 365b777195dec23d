import { isTransient, toStartEnginesError } from '../model/errors.ts';
import type { AddressType, Ports } from '../model/ports.ts';
import type { View } from '../model/view.ts';
import { groupsOfUnknownType } from '../plan/plan-targets.ts';

/**
 * The address types of the target groups in which a task with an IPv6 address will be registered. A task with only an IPv4 address
 * needs no such call. A group whose type cannot be read is left out: AWS then rejects a wrong address.
 *
 * @throws StartEnginesError `AwsThrottled` or `AwsUnavailable`.
 */
export async function readAddressTypes(
  { targets, journal }: Ports,
  service: string,
  view: View,
): Promise<ReadonlyMap<string, AddressType>> {
  const types = new Map<string, AddressType>();
  for (const targetGroupArn of new Set(view.tasks.flatMap((task) => groupsOfUnknownType(view, task)))) {
    try {
      types.set(targetGroupArn, await targets.addressType(targetGroupArn));
    } catch (caught) {
      const error = toStartEnginesError(caught);
      if (isTransient(error) || error.code === 'Internal') throw error;
      journal.record({ service, kind: 'aws-trouble', code: error.code, message: error.message });
    }
  }
  return types;
}
