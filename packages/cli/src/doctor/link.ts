/** The links between a client's request and the container that answers it, in the order of the walk. */
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

/** What each link is called before people. */
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

/** What one check found. */
export type Finding =
  | { readonly status: 'ok'; readonly summary: string }
  /** It could not be looked at: nobody knows whether it is broken. */
  | { readonly status: 'unknown'; readonly summary: string }
  | BrokenFinding;

export interface BrokenFinding {
  readonly status: 'broken';
  readonly summary: string;
  readonly evidence: readonly string[];
  /** Commands that mend it, in the order in which they are to be run; the last resort is a sentence. */
  readonly mend: readonly string[];
  /** Links that, when one of them is broken and blocks, are the cause of this: it is only a symptom then. */
  readonly explainedBy?: readonly LinkId[];
  /** False: the service can be up all the same, so that this explains nothing else. True unless said. */
  readonly blocks?: boolean;
}

export const ok = (summary: string): Finding => ({ status: 'ok', summary });
export const unknown = (summary: string): Finding => ({ status: 'unknown', summary });

/** One link after all were looked at. */
export interface Link {
  readonly id: LinkId;
  readonly status: 'ok' | 'broken' | 'symptom' | 'unknown';
  readonly summary: string;
  readonly evidence: readonly string[];
  readonly mend: readonly string[];
  /** Of a symptom: the link that is its cause. */
  readonly cause?: LinkId;
}
