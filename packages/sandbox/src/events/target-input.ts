import type { BusEvent } from './event.ts';
import type { Rule, Target } from './rules.ts';

/** The JSON that a target receives: the whole event, or the result of the target's input settings. */
export function targetInput(target: Target, rule: Rule, event: BusEvent): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(readPath(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const variables = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event.ingestion-time', event.time],
    ['aws.events.event', withoutDetail(event)],
    ['aws.events.event.json', event],
  ]);
  for (const [name, path] of Object.entries(InputPathsMap)) variables.set(name, readPath(event, path));
  return fillTemplate(InputTemplate, variables);
}

function withoutDetail({ detail: _, ...envelope }: BusEvent): object {
  return envelope;
}

/** Evaluates a path of EventBridge: `$`, `$.detail.service` or `$.resources[0]`. */
function readPath(event: BusEvent, path: string): unknown {
  const steps = [...path.replace(/^\$/, '').matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]/g)];
  return steps.reduce<unknown>((value, [, name, index, quoted]) => {
    const key = name ?? index ?? quoted ?? '';
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, event);
}

/** Replaces each `<name>` with its value as JSON, without extra quotes inside a string of the template. */
function fillTemplate(template: string, variables: ReadonlyMap<string, unknown>): string {
  let insideText = false;
  return template.replaceAll(/\\.|"|<([A-Za-z0-9._-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') insideText = !insideText;
    if (name === undefined || !variables.has(name)) return found;
    const value = variables.get(name);
    const json = JSON.stringify(value ?? '');
    if (!insideText) return json;
    return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
  });
}
