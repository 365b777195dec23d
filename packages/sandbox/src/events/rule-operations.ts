import { AwsError } from '../aws-error.ts';
import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import { cutListing } from './listing.ts';
import { type EventBuses, type Rule, readPattern } from './rules.ts';

type Input = Readonly<Record<string, unknown>>;

/** The operations on event buses and rules. */
export function createRuleOperations(buses: EventBuses, clock: SandboxClock): Operations {
  return {
    CreateEventBus(input) {
      return { EventBusArn: buses.add(String(input.Name), new Date(clock.now())).arn };
    },
    DescribeEventBus(input) {
      const bus = buses.get(input.Name);
      return { Name: bus.name, Arn: bus.arn, CreationTime: bus.createdAt, LastModifiedTime: bus.createdAt };
    },
    ListEventBuses(input) {
      const named = buses.all().filter(({ name }) => name.startsWith(String(input.NamePrefix ?? '')));
      const page = cutListing(named, input);
      return { EventBuses: page.items.map(({ name, arn }) => ({ Name: name, Arn: arn })), NextToken: page.nextToken };
    },
    PutRule(input) {
      return { RuleArn: putRule(buses, input).arn };
    },
    DescribeRule(input) {
      return describe(buses.rule(input.EventBusName, input.Name));
    },
    ListRules(input) {
      const prefix = String(input.NamePrefix ?? '');
      const rules = [...buses.get(input.EventBusName).rules.values()].filter(({ name }) => name.startsWith(prefix));
      const page = cutListing(rules, input);
      return { Rules: page.items.map(describe), NextToken: page.nextToken };
    },
    EnableRule: (input) => setState(buses, input, 'ENABLED'),
    DisableRule: (input) => setState(buses, input, 'DISABLED'),
    DeleteRule(input) {
      const bus = buses.get(input.EventBusName);
      const rule = bus.rules.get(String(input.Name));
      if (rule !== undefined && rule.targets.size > 0) {
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      }
      // Deleting an unknown rule succeeds.
      bus.rules.delete(String(input.Name));
      return {};
    },
    TestEventPattern(input) {
      return { Result: readPattern(String(input.EventPattern))(readEvent(String(input.Event))) };
    },
  };
}

function putRule(buses: EventBuses, input: Input): Rule {
  const bus = buses.get(input.EventBusName);
  const name = String(input.Name);
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  }
  if (input.ScheduleExpression !== undefined) {
    throw new AwsError(
      'ValidationException',
      'Parameter ScheduleExpression is not valid: the sandbox runs no schedules.',
    );
  }
  const pattern = input.EventPattern;
  if (pattern === undefined) {
    throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  const rule: Rule = {
    name,
    arn: buses.ruleArn(bus, name),
    busName: bus.name,
    pattern: String(pattern),
    matches: readPattern(String(pattern)),
    state: readState(input.State),
    description: input.Description as string | undefined,
    roleArn: input.RoleArn as string | undefined,
    targets: bus.rules.get(name)?.targets ?? new Map(),
  };
  bus.rules.set(name, rule);
  return rule;
}

function readState(state: unknown): Rule['state'] {
  if (state === undefined || state === 'ENABLED' || state === 'DISABLED') return state ?? 'ENABLED';
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(state)}' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]`,
  );
}

function setState(buses: EventBuses, input: Input, state: Rule['state']): Input {
  const rule = buses.rule(input.EventBusName, input.Name);
  buses.get(input.EventBusName).rules.set(rule.name, { ...rule, state });
  return {};
}

function describe({ name, arn, pattern, state, description, roleArn, busName }: Rule) {
  return {
    Name: name,
    Arn: arn,
    EventPattern: pattern,
    State: state,
    Description: description,
    RoleArn: roleArn,
    EventBusName: busName,
  };
}

const envelopeFields = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/** An event for TestEventPattern must have all fields of the envelope. */
function readEvent(json: string): unknown {
  try {
    const event: unknown = JSON.parse(json);
    if (typeof event === 'object' && event !== null && envelopeFields.every((name) => Object.hasOwn(event, name)))
      return event;
  } catch {
    // Rejected below, like JSON that is not an event.
  }
  throw new AwsError('ValidationException', 'Parameter Event is not valid.');
}
