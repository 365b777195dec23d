import { isServiceName } from '@start-engines/core';
import type { FoundDefinition, FoundListener, FoundService, Inventory } from './inventory.ts';

/** A value in HCL. */
export type HclValue = string | number | boolean | readonly HclValue[] | { readonly [key: string]: HclValue };

/** An attribute with its value, or without one and with the reason. */
export interface Setting {
  readonly name: string;
  readonly value?: HclValue;
  /** For a decided value, a remark; otherwise why nothing was decided. */
  readonly comment?: string;
}

export interface ProposedService {
  readonly name: string;
  readonly remarks: readonly string[];
  readonly settings: readonly Setting[];
}

/** The contents of a first tfvars file. */
export interface Proposal {
  readonly settings: readonly Setting[];
  readonly services: readonly ProposedService[];
  readonly remarks: readonly string[];
}

/** Decides what the inventory makes certain, and says for everything else what the choices are. */
export function propose(found: Inventory, workspace: string): Proposal {
  const candidates = found.definitions.flatMap((definition) => candidatesOf(found, definition));
  const usable = candidates.filter(({ definition }) => definition.networkMode === 'awsvpc');
  const vpcId = decideVpc(found, usable);
  const listener = decideListener(found, vpcId);
  const network = commonNetwork(usable);
  const names = chooseNames(usable, workspace);
  let priority = firstPriority(listener.chosen);
  const services = usable.map((candidate, index) => {
    const proposed = proposeService(found, candidate, names[index] ?? '', network, priority);
    priority += 10;
    return proposed;
  });
  const skipped = candidates.filter(({ definition }) => definition.networkMode !== 'awsvpc');
  return {
    settings: [
      decided('account_id', found.accountId, 'nothing was found whose ARN contains the account.'),
      vpcId === undefined
        ? { name: 'vpc_id', comment: `choose one of ${listOf([...new Set(found.subnets.map((one) => one.vpcId))])}.` }
        : { name: 'vpc_id', value: vpcId },
      network === undefined
        ? { name: 'task_subnets', comment: `choose from ${listOf(subnetsOf(found, vpcId))}.` }
        : { name: 'task_subnets', value: network.subnets },
      ...(network?.publicIp === true ? [{ name: 'assign_public_ip', value: true }] : []),
      listener.setting,
    ],
    services,
    remarks: skipped.map(
      ({ definition }) =>
        `${definition.family} is left out: its network mode is ${definition.networkMode}, and start-engines needs awsvpc.`,
    ),
  };
}

interface Candidate {
  readonly definition: FoundDefinition;
  readonly service: FoundService | undefined;
}

/** A candidate for each ECS service with this definition; without one, the definition itself if it has a port. */
function candidatesOf(found: Inventory, definition: FoundDefinition): readonly Candidate[] {
  const services = found.services.filter(({ family }) => family === definition.family);
  if (services.length > 0) return services.map((service) => ({ definition, service }));
  return definition.ports.length > 0 ? [{ definition, service: undefined }] : [];
}

function decideVpc(found: Inventory, candidates: readonly Candidate[]): string | undefined {
  const ofServices = candidates.flatMap(({ service }) => service?.subnets ?? []).map((id) => vpcOf(found, id));
  const sources = [ofServices, found.loadBalancers.map((one) => one.vpcId), found.subnets.map((one) => one.vpcId)];
  const known = sources.map((ids) => [...new Set(ids.filter((id) => id !== undefined))]).find((ids) => ids.length > 0);
  return known?.length === 1 ? known[0] : undefined;
}

function vpcOf(found: Inventory, subnet: string): string | undefined {
  return found.subnets.find(({ id }) => id === subnet)?.vpcId;
}

interface Network {
  readonly subnets: readonly string[];
  readonly publicIp: boolean;
}

/** The network that most ECS services have. */
function commonNetwork(candidates: readonly Candidate[]): Network | undefined {
  const networks = candidates.flatMap(({ service }) =>
    service === undefined || service.subnets.length === 0
      ? []
      : [{ subnets: service.subnets, publicIp: service.publicIp }],
  );
  const count = (one: Network) => networks.filter((other) => isSame(one, other)).length;
  return [...networks].sort((a, b) => count(b) - count(a))[0];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function decideListener(
  found: Inventory,
  vpcId: string | undefined,
): { readonly setting: Setting; readonly chosen: FoundListener | undefined } {
  const balancers = found.loadBalancers.filter((one) => vpcId === undefined || one.vpcId === vpcId);
  const listeners = balancers.flatMap(({ name, listeners }) => {
    const secure = listeners.filter(({ protocol }) => protocol === 'HTTPS');
    return (secure.length > 0 ? secure : listeners).map((listener) => ({ name, listener }));
  });
  const [only] = listeners;
  if (only === undefined) {
    const comment =
      'there is no load balancer in the VPC. For a new one, set subnets in two zones and certificate_arn.';
    return { setting: { name: 'load_balancer', comment }, chosen: undefined };
  }
  if (listeners.length > 1) {
    const choices = listeners.map(({ name, listener }) => `${listener.arn} (${name}, port ${listener.port})`);
    const comment = `choose existing_listener_arn from ${listOf(choices)}, or set subnets for a new load balancer.`;
    return { setting: { name: 'load_balancer', comment }, chosen: undefined };
  }
  const value = { existing_listener_arn: only.listener.arn };
  const comment = `the rules are added to ${only.name}. Its security groups must allow outbound traffic to the tasks.`;
  return { setting: { name: 'load_balancer', value, comment }, chosen: only.listener };
}

/** After all existing rules, which therefore keep their traffic. */
function firstPriority(listener: FoundListener | undefined): number {
  const used = (listener?.rules ?? []).flatMap(({ priority }) => priority ?? []);
  return (Math.floor(Math.max(0, ...used) / 10) + 1) * 10;
}

function proposeService(
  found: Inventory,
  { definition, service }: Candidate,
  name: string,
  network: Network | undefined,
  priority: number,
): ProposedService {
  const group = found.targetGroups.find(({ arn }) => arn === service?.targets[0]?.targetGroupArn);
  const rule = found.loadBalancers
    .flatMap(({ listeners }) => listeners.flatMap(({ rules }) => rules))
    .find(({ targetGroupArns }) => group !== undefined && targetGroupArns.includes(group.arn));
  return {
    name,
    remarks: remarksOf(service, group?.name, rule),
    settings: [
      clusterOf(found, service),
      { name: 'task_definition', value: definition.family },
      { name: 'task_role_arns', value: definition.roleArns },
      portOf(definition, service),
      { name: 'priority', value: priority },
      ...pathOf(rule?.paths ?? []),
      ...healthCheckOf(group),
      ...networkOf(service, network),
      ...capacityOf(definition, service),
    ],
  };
}

function remarksOf(
  service: FoundService | undefined,
  group: string | undefined,
  rule: { readonly priority: number | undefined; readonly otherConditions: boolean } | undefined,
): readonly string[] {
  if (service === undefined) return ['No ECS service runs it.'];
  const now = `The ECS service ${service.name} runs it now, with ${service.desiredCount} tasks.`;
  if (group === undefined) return [`${now} Set its desired count to 0 before start-engines starts it.`];
  const which =
    rule?.priority === undefined
      ? ''
      : ` Rule ${rule.priority} forwards to it and comes first: remove that rule to move the traffic.`;
  const others =
    rule?.otherConditions === true
      ? ' That rule also has other conditions than the path, which were not imported.'
      : '';
  return [`${now} It registers them in the target group ${group}.${which}${others}`];
}

function clusterOf({ clusters }: Inventory, service: FoundService | undefined): Setting {
  if (service !== undefined) return { name: 'cluster', value: service.cluster };
  const [only] = clusters;
  if (only !== undefined && clusters.length === 1) return { name: 'cluster', value: only };
  return {
    name: 'cluster',
    comment: clusters.length === 0 ? 'there is no cluster.' : `choose one of ${listOf(clusters)}.`,
  };
}

function portOf({ ports }: FoundDefinition, service: FoundService | undefined): Setting {
  const known = service?.targets.flatMap(({ port }) => port ?? [])[0];
  if (known !== undefined) return { name: 'port', value: known };
  const [only] = ports;
  if (only !== undefined && ports.length === 1) return { name: 'port', value: only.port };
  const choices = ports.map(({ container, port }) => `${port} (${container})`);
  return {
    name: 'port',
    comment: ports.length === 0 ? 'no container exposes a port.' : `choose one of ${listOf(choices)}.`,
  };
}

/** `/api/auth` from `/api/auth` and `/api/auth/*`, which start-engines matches both. */
function pathOf(paths: readonly string[]): readonly Setting[] {
  const prefixes = [...new Set(paths.map((path) => path.replace(/\/?\*$/, '')))];
  const [only] = prefixes;
  if (only === undefined) return [];
  if (prefixes.length === 1 && /^\/[^*?]+$/.test(only)) return [{ name: 'path_prefix', value: only }];
  return [{ name: 'path_prefix', comment: `the existing rule has ${listOf(paths)}, and a service has one prefix.` }];
}

function healthCheckOf(group: { readonly path: string | undefined; readonly matcher: string | undefined } | undefined) {
  if (group?.path === undefined) return [];
  const matcher = group.matcher === undefined ? {} : { matcher: group.matcher };
  return [{ name: 'health_check', value: { path: group.path, ...matcher } }];
}

function networkOf(service: FoundService | undefined, network: Network | undefined): readonly Setting[] {
  if (service === undefined || service.subnets.length === 0) return [];
  const subnets = isSame(service.subnets, network?.subnets) ? [] : [{ name: 'subnets', value: service.subnets }];
  const publicIp =
    service.publicIp === network?.publicIp ? [] : [{ name: 'assign_public_ip', value: service.publicIp }];
  const groups =
    service.securityGroups.length === 0 ? [] : [{ name: 'security_groups', value: service.securityGroups }];
  return [...subnets, ...groups, ...publicIp];
}

function capacityOf({ fargate }: FoundDefinition, service: FoundService | undefined): readonly Setting[] {
  const providers = service?.capacityProviders ?? [];
  if (providers.length > 0) {
    const value = providers.map(({ name, weight, base }) => ({ capacity_provider: name, weight, base }));
    return [{ name: 'capacity_provider_strategy', value }];
  }
  return fargate ? [] : [{ name: 'launch_type', value: 'EC2' }];
}

/** Names that start-engines accepts, each once. A target group is named `<service>-<workspace>`, with up to 32 characters. */
function chooseNames(candidates: readonly Candidate[], workspace: string): readonly string[] {
  const longest = Math.min(24, 31 - workspace.length);
  const names: string[] = [];
  for (const { definition, service } of candidates) {
    const plain = (service?.name ?? definition.family)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^[-0-9]+|-+$/g, '');
    const base = isServiceName(plain.slice(0, longest)) ? plain.slice(0, longest).replace(/-+$/, '') : 'service';
    let name = base;
    for (let next = 2; names.includes(name); next += 1) name = `${base.slice(0, longest - `-${next}`.length)}-${next}`;
    names.push(name);
  }
  return names;
}

function decided(name: string, value: HclValue | undefined, comment: string): Setting {
  return value === undefined ? { name, comment } : { name, value };
}

function subnetsOf(found: Inventory, vpcId: string | undefined): readonly string[] {
  return found.subnets
    .filter((one) => vpcId === undefined || one.vpcId === vpcId)
    .map(({ id, zone }) => `${id} (${zone})`);
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
