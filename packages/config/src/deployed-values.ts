import type { LoadedMapping, MappingProblem } from '@start-engines/core';
import { isRecord } from './is-record.ts';
import type { StoredDocument } from './parameter-reader.ts';

/**
 * What Terraform created for a service, from the parameter `<path>/deployed/<name>`. Terraform writes a mapping once and operators own
 * it from then on, so it may still name a subnet or a security group that Terraform has replaced. Each key has the current value and
 * the values before it, as comma-separated lists.
 */
interface Replaced {
  readonly now: readonly string[];
  readonly before: readonly (readonly string[])[];
}

const keys = ['subnets', 'securityGroups', 'targetGroupArn', 'listenerRuleArn'] as const;

/** In records that an earlier version of the Terraform module wrote. */
const noRule: Replaced = { now: [], before: [] };

/** The mapping with Terraform's current values. A value that Terraform never wrote is an operator's, and stays. */
export function applyDeployedValues(loaded: LoadedMapping, deployed: StoredDocument | undefined): LoadedMapping {
  if (deployed === undefined) return loaded;
  const values = readDeployedValues(deployed.raw);
  if (values === undefined) {
    const problem: MappingProblem = {
      ...deployed.reference,
      key: '',
      message: 'was not written by Terraform, so replaced subnets, security groups and target groups are unknown',
    };
    return { ...loaded, problems: [...loaded.problems, problem] };
  }
  const { mapping } = loaded;
  const currentArn = (arn: string, key: 'targetGroupArn' | 'listenerRuleArn') => current([arn], values[key])[0] ?? arn;
  const targetGroups = mapping.targetGroups.map((group) => ({
    ...group,
    targetGroupArn: currentArn(group.targetGroupArn, 'targetGroupArn'),
  })) as unknown as typeof mapping.targetGroups;
  const routes = mapping.routes?.map(({ listenerRuleArn, targetGroupArn }) => ({
    listenerRuleArn: currentArn(listenerRuleArn, 'listenerRuleArn'),
    targetGroupArn: currentArn(targetGroupArn, 'targetGroupArn'),
  }));
  const subnets = current(mapping.subnets, values.subnets);
  const isMoved = subnets !== mapping.subnets && values.assignPublicIp !== undefined;
  return {
    ...loaded,
    mapping: {
      ...mapping,
      subnets,
      securityGroups: current(mapping.securityGroups, values.securityGroups),
      targetGroups,
      ...(routes === undefined ? {} : { routes }),
      // Whether tasks need public addresses depends on the subnets.
      ...(isMoved ? { assignPublicIp: values.assignPublicIp } : {}),
    },
  };
}

function current(value: readonly string[], { now, before }: Replaced): readonly string[] {
  return before.some((earlier) => isSame(earlier, value)) ? now : value;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const sorted = [...other].sort();
  return one.length === other.length && [...one].sort().every((item, index) => item === sorted[index]);
}

type DeployedValues = Readonly<Record<(typeof keys)[number], Replaced>> & {
  readonly assignPublicIp: 'ENABLED' | 'DISABLED' | undefined;
};

function readDeployedValues(raw: StoredDocument['raw']): DeployedValues | undefined {
  const replaced = keys.map((key) => readReplaced(raw?.[key]));
  const [subnets, securityGroups, targetGroupArn, listenerRuleArn = noRule] = replaced;
  if (subnets === undefined || securityGroups === undefined || targetGroupArn === undefined) return undefined;
  const { assignPublicIp } = raw ?? {};
  const known = assignPublicIp === 'ENABLED' || assignPublicIp === 'DISABLED' ? assignPublicIp : undefined;
  return { subnets, securityGroups, targetGroupArn, listenerRuleArn, assignPublicIp: known };
}

function readReplaced(value: unknown): Replaced | undefined {
  if (!isRecord(value) || typeof value.now !== 'string' || !Array.isArray(value.before)) return undefined;
  if (!value.before.every((item) => typeof item === 'string')) return undefined;
  return { now: split(value.now), before: value.before.map(split) };
}

function split(list: string): readonly string[] {
  return list === '' ? [] : list.split(',');
}
