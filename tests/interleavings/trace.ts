import type { Performance } from './play.ts';
import { short } from './stories.ts';

/** A performance as lines: every call, change, answer and broken rule, by time. */
export function traceOf({ stage, violations, requests, witness }: Performance): string {
  const lines: { readonly at: number; readonly text: string }[] = [];
  for (const call of stage.world.calls.list()) {
    if (call.caller === 'SET-UP') continue;
    const text = `  ${call.caller} ${call.operation} ${brief(call.input)} → ${call.error?.code ?? brief(call.output ?? {})}`;
    lines.push({ at: call.startedAt, text });
  }
  for (const story of witness.stories) {
    const facts = `asked ${story.facts?.asked}, waits ${story.facts?.waitFor}, by ${story.facts?.launchId}`;
    lines.push({ at: story.createdAt, text: `+ ${short(story.taskArn)} ${story.startedBy} ${facts}` });
    if (story.endedAt !== undefined) {
      lines.push({ at: story.endedAt, text: `- ${short(story.taskArn)} ${story.lost ? 'lost' : 'ends'}` });
    }
  }
  for (const { kind, startedBy, asked, answers } of requests) {
    for (const { caller, at, begunAt, outcome, error } of answers) {
      lines.push({ at: begunAt, text: `> ${caller} ${kind} ${startedBy} asked ${asked}` });
      const said = error === undefined ? JSON.stringify(outcome) : `${error.code}: ${error.message}`;
      lines.push({ at, text: `< ${caller} ${said}` });
    }
  }
  for (const { rule, at, seen } of violations) lines.push({ at, text: `! ${rule}: ${seen}` });
  return lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${at} ${text}`)
    .join('\n');
}

/** An input or an output without the fields that all of its kind have. */
function brief(value: Readonly<Record<string, unknown>>): string {
  const { tasks, taskArns, failures, TargetHealthDescriptions, Targets, clientToken, resourceArn, task, tags } = value;
  const parts: string[] = [];
  if (typeof clientToken === 'string') parts.push(`token ${clientToken.slice(0, 6)}`);
  if (typeof task === 'string') parts.push(short(task), String(value.reason ?? ''));
  parts.push(...briefParameters(value));
  if (typeof resourceArn === 'string') parts.push(short(resourceArn));
  if (Array.isArray(tags) && tags.length > 0) parts.push(tags.map((tag) => `${tag.key}=${tag.value}`).join(' '));
  if (Array.isArray(taskArns)) parts.push(`[${taskArns.map(short).join(' ')}]`);
  if (Array.isArray(tasks)) parts.push(tasks.map(briefTask).join(' '));
  if (Array.isArray(failures) && failures.length > 0) parts.push(JSON.stringify(failures));
  if (typeof value.desiredStatus === 'string') parts.push(value.desiredStatus);
  if (typeof value.TargetGroupArn === 'string') parts.push(value.TargetGroupArn.split('/').at(-2) ?? '');
  if (Array.isArray(Targets)) parts.push(Targets.map((target) => `${target.Id}:${target.Port}`).join(' '));
  const rules = Array.isArray(value.Actions) ? [{ Actions: value.Actions }] : (value.Rules ?? []);
  for (const { Actions } of rules as { Actions: RuleAction[] }[]) {
    const groups = Actions[0]?.ForwardConfig?.TargetGroups ?? [];
    parts.push(groups.map((group) => `${group.TargetGroupArn.split('/').at(-2)}=${group.Weight}`).join(' '));
  }
  if (Array.isArray(TargetHealthDescriptions)) {
    const shown = TargetHealthDescriptions.map(
      ({ Target, TargetHealth }) => `${Target.Id}:${Target.Port} ${TargetHealth.State}`,
    );
    parts.push(`{${shown.join(', ')}}`);
  }
  return parts.filter(Boolean).join(' ');
}

interface RuleAction {
  readonly ForwardConfig?: { readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[] };
}

function briefTask(
  task:
    | string
    | { taskArn: string; lastStatus: string; desiredStatus: string; tags?: { key: string; value: string }[] },
): string {
  if (typeof task === 'string') return short(task);
  const tags = (task.tags ?? []).map((tag) => `${tag.key.split(':')[1]}=${tag.value}`).join(',');
  return `${short(task.taskArn)} ${task.lastStatus}/${task.desiredStatus}${tags === '' ? '' : ` ${tags}`}`;
}

/** The input or the output of a call of Parameter Store. */
function briefParameters({
  Name,
  Names,
  Value,
  Parameters,
  InvalidParameters,
}: Readonly<Record<string, unknown>>): string[] {
  const found = (Parameters ?? []) as readonly { readonly Name: string; readonly Value: string }[];
  return [
    ...(Array.isArray(Names) ? Names : []),
    ...(typeof Name === 'string' ? [`${Name}=${Value}`] : []),
    ...found.map((one) => `${one.Name}=${one.Value.startsWith('{') ? '{…}' : one.Value}`),
    ...(Array.isArray(InvalidParameters) ? InvalidParameters.map((name) => `${name} missing`) : []),
  ];
}
