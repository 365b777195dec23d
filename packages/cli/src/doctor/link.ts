/** The links between a client's request and the container that answers it, from the client inwards. */
export const linkIds = [
  'listener-rule',
  'target-group',
  'control-plane',
  'zones',
  'targets',
  'task',
  'network-interface',
  'security-groups',
  'task-definition',
  'last-stop',
  'mapping',
  'envelope',
] as const;

export type LinkId = (typeof linkIds)[number];

/** Display names. */
export const linkTitles: Readonly<Record<LinkId, string>> = {
  'listener-rule': 'listener rule',
  'target-group': 'target group',
  'control-plane': 'control plane',
  zones: 'zones',
  targets: 'targets',
  task: 'task',
  'network-interface': 'network interface',
  'security-groups': 'security groups',
  'task-definition': 'task definition',
  'last-stop': 'last stop',
  mapping: 'mapping',
  envelope: "the function's envelope",
};

/** The result of one check. */
export type Finding =
  | { readonly status: 'ok'; readonly summary: string }
  /** It could not be checked. */
  | { readonly status: 'unknown'; readonly summary: string }
  | BrokenFinding;

export interface BrokenFinding {
  readonly status: 'broken';
  readonly summary: string;
  readonly evidence: readonly string[];
  /** Commands that fix it, in order; a sentence where no command can. */
  readonly mend: readonly string[];
  /** If one of these links is broken and blocks, it is the cause, and this is only a symptom. */
  readonly explainedBy?: readonly LinkId[];
  /** False if the service can be up despite this fault, so that it explains no other link. Default true. */
  readonly blocks?: boolean;
}

export const ok = (summary: string): Finding => ({ status: 'ok', summary });
export const unknown = (summary: string): Finding => ({ status: 'unknown', summary });

/** One link after all checks. */
export interface Link {
  readonly id: LinkId;
  readonly status: 'ok' | 'broken' | 'symptom' | 'unknown';
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly mend: readonly string[];
  /** For a symptom: the link that causes it. */
  readonly cause?: LinkId;
}
