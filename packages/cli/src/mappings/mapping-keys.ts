/** Every key of a mapping, for `engines mappings --help`. A test compares the list with the JSON Schema. */
export const mappingKeys = [
  'cluster',
  'taskDefinition',
  'port',
  'targetGroupArn',
  'targetGroups',
  'listenerRuleArn',
  'subnets',
  'securityGroups',
  'assignPublicIp',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'tags',
  'propagateTags',
  'enableECSManagedTags',
  'enableExecuteCommand',
  'containerName',
  'environment',
  'wait',
  'startTimeoutSeconds',
  'healthyTimeoutSeconds',
  'drainSeconds',
  'dependsOn',
  'exclusiveTargetGroup',
  'wake',
  'idle',
  'leaseSeconds',
  'allowOverrides',
] as const;

/** The keys, in lines of at most eighty characters. */
export function formatMappingKeys(): string {
  const lines: string[] = [];
  for (const key of mappingKeys) {
    const line = lines.at(-1);
    if (line === undefined || line.length + key.length > 75) lines.push(`  ${key}`);
    else lines[lines.length - 1] = `${line}, ${key}`;
  }
  return lines.join(',\n');
}
