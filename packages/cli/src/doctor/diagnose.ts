import type { Check } from './check.ts';
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
import { type BrokenFinding, type Finding, type Link, type LinkId, linkIds } from './link.ts';
import type { MendCommands } from './mend-commands.ts';

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

/** The result of a diagnosis. */
export interface Diagnosis {
  /** All links, from the client inwards. */
  readonly links: readonly Link[];
  /** The first link that is broken on its own, not because of another link. */
  readonly first: Link | undefined;
}

/**
 * Checks the links from the client inwards, and reports causes rather than symptoms. If a security group blocks the
 * load balancer, the unhealthy target is a symptom, and the security group is reported.
 */
export function diagnose(evidence: Evidence, commands: MendCommands): Diagnosis {
  const findings = new Map(linkIds.map((id) => [id, checks[id](evidence, commands)]));
  const links = linkIds.map((id) => toLink(id, findings));
  return { links, first: links.find(({ status }) => status === 'broken') };
}

type Findings = ReadonlyMap<LinkId, Finding>;

function toLink(id: LinkId, findings: Findings): Link {
  const finding = findings.get(id) as Finding;
  if (finding.status !== 'broken') return { id, ...finding, evidence: [], mend: [] };
  const { summary, evidence, mend } = finding;
  const cause = causeOf(finding, findings);
  if (cause === undefined) return { id, status: 'broken', summary, evidence, mend };
  return { id, status: 'symptom', summary, evidence, mend: [], cause };
}

/** The link at the end of a chain of symptoms. No two checks name each other. */
function causeOf({ explainedBy = [] }: BrokenFinding, findings: Findings): LinkId | undefined {
  for (const id of explainedBy) {
    const other = findings.get(id);
    if (other?.status === 'broken' && other.blocks !== false) return causeOf(other, findings) ?? id;
  }
  return undefined;
}
