import { checkControlPlane } from './check-control-plane.ts';
import { checkEnvelope } from './check-envelope.ts';
import { checkLastStop } from './check-last-stop.ts';
import { checkListenerRule } from './check-listener-rule.ts';
import { checkMapping } from './check-mapping.ts';
import { checkNetworkInterface } from './check-network-interface.ts';
import { checkSecurityGroups } from './check-security-groups.ts';
import { checkTargetGroup } from './check-target-group.ts';
import { checkTargets } from './check-targets.ts';
import { checkTask } from './check-task.ts';
import { checkTaskDefinition } from './check-task-definition.ts';
import { checkZones } from './check-zones.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, type Link, type LinkId, linkIds } from './link.ts';
import type { MendCommands } from './mend-commands.ts';

/** Looks at one link. It sees all evidence, since what one link shows may be told only by another. */
export type Check = (evidence: Evidence, commands: MendCommands) => Finding;

const checks: Readonly<Record<LinkId, Check>> = {
  'listener-rule': checkListenerRule,
  'target-group': checkTargetGroup,
  'control-plane': checkControlPlane,
  zones: checkZones,
  targets: checkTargets,
  task: checkTask,
  'network-interface': checkNetworkInterface,
  'security-groups': checkSecurityGroups,
  'task-definition': checkTaskDefinition,
  'last-stop': checkLastStop,
  mapping: checkMapping,
  envelope: checkEnvelope,
};

/** What is wrong with a service. */
export interface Diagnosis {
  /** All links, in the order of the walk. */
  readonly links: readonly Link[];
  /** The first link that is broken by itself, and not only because of another. */
  readonly first: Link | undefined;
}

/**
 * Walks the links from the client inwards. An operator is helped by causes: a target that is unhealthy because a security
 * group keeps the load balancer out is a symptom, and the security group is what is told.
 */
export function diagnose(evidence: Evidence, commands: MendCommands): Diagnosis {
  const findings = new Map(linkIds.map((id) => [id, checks[id](evidence, commands)]));
  const blocking = new Set(
    linkIds.filter((id) => {
      const finding = findings.get(id);
      return finding?.status === 'broken' && finding.blocks !== false;
    }),
  );
  const links = linkIds.map((id) => toLink(id, findings.get(id) as Finding, blocking));
  return { links, first: links.find(({ status }) => status === 'broken') };
}

function toLink(id: LinkId, finding: Finding, blocking: ReadonlySet<LinkId>): Link {
  if (finding.status !== 'broken') return { id, ...finding, evidence: [], mend: [] };
  const { summary, evidence, mend, explainedBy = [] } = finding;
  const cause = explainedBy.find((other) => blocking.has(other));
  if (cause === undefined) return { id, status: 'broken', summary, evidence, mend };
  return { id, status: 'symptom', summary, evidence, mend: [], cause };
}
