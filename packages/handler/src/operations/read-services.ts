import { invalidField, invalidRequest, kindOf, quote } from '../invalid-request.ts';
import { fieldOf, readList, readServiceName, refuseUnknown } from '../read-fields.ts';
import type { Fields, Origin } from './operation.ts';

export const commonFields = ['workspace', 'correlationId'];
/** The fields of an operation on services. */
export const serviceFields = ['service', 'services', ...commonFields];

/** `engines start --all` names all services at once, so that each waits for those that it depends on. */
const mostServices = 1000;

export interface NamedServices {
  readonly names: readonly [string, ...string[]];
  /** The caller gave a list, and gets one. */
  readonly several: boolean;
}

/**
 * Refuses unknown fields and events of another workspace. Several workspaces may share an event bus, and anyone may write a rule
 * or name a function. The rules match `workspace` too; this check also covers rules and callers that Terraform does not know.
 *
 * @throws StartEnginesError `InvalidRequest`
 */
export function checkFields(
  fields: Fields,
  known: readonly string[],
  { own, where, workspace, mustBeAddressed }: Origin,
): void {
  refuseUnknown(fields, new Set([...known, ...own]), where);
  const named = fieldOf(fields, 'workspace');
  if (workspace === undefined || named === workspace) return;
  if (named !== undefined) {
    throw invalidField('workspace', `is ${kindOf(named)}, but this function serves ${quote(workspace)}.`);
  }
  if (mustBeAddressed) {
    throw invalidField('workspace', `is missing: ${quote(workspace)} accepts only events that name it.`);
  }
}

/** What `service` or `services` names; undefined when neither is there. */
export function readServices(fields: Fields): NamedServices | undefined {
  const service = fieldOf(fields, 'service');
  const services = fieldOf(fields, 'services');
  if (service !== undefined && services !== undefined) {
    throw invalidField('services', 'and service cannot be given together.');
  }
  if (service !== undefined) return { names: [readServiceName(service, 'service')], several: false };
  return services === undefined ? undefined : { names: readServiceList(services), several: true };
}

/** @throws StartEnginesError `InvalidRequest` when the fields name no service. */
export function requireServices(fields: Fields, { where }: Origin): NamedServices {
  const services = readServices(fields);
  if (services !== undefined) return services;
  throw invalidRequest(`${where} names no service. Add one, such as {"service":"auth"}.`, { field: 'service' });
}

function readServiceList(value: unknown): [string, ...string[]] {
  const [first, ...others] = readList(value, 'services', mostServices);
  const names: [string, ...string[]] = [
    readServiceName(first, 'services[0]'),
    ...others.map((item, index) => readServiceName(item, `services[${index + 1}]`)),
  ];
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) throw invalidField(`services[${twice}]`, 'is a duplicate.');
  return names;
}
