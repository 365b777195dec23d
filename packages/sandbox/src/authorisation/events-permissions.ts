import { type Account, makeArn } from '../model/arn.ts';
import {
  anywhere,
  type Permission,
  type PermissionReader,
  type PermissionReaders,
  permission,
  tagContext,
} from './permission.ts';

type Input = Readonly<Record<string, unknown>>;

/** Permissions of EventBridge's operations. */
export const eventsPermissions: PermissionReaders = {
  CreateEventBus: (input, account) => [
    permission('events:CreateEventBus', busArn(account, input.Name), tagContext(input.Tags, 'Key', 'Value')),
  ],
  DescribeEventBus: (input, account) => [permission('events:DescribeEventBus', busArn(account, input.Name))],
  ListEventBuses: anywhere('events:ListEventBuses'),
  PutRule: onRule('PutRule', 'Name'),
  DescribeRule: onRule('DescribeRule', 'Name'),
  ListRules: anywhere('events:ListRules'),
  EnableRule: onRule('EnableRule', 'Name'),
  DisableRule: onRule('DisableRule', 'Name'),
  DeleteRule: onRule('DeleteRule', 'Name'),
  TestEventPattern: anywhere('events:TestEventPattern'),
  PutTargets: (input, account) => [
    permission('events:PutTargets', ruleArn(account, input.EventBusName, input.Rule), {
      'events:TargetArn': (input.Targets as readonly Input[]).map(({ Arn }) => String(Arn)),
    }),
  ],
  ListTargetsByRule: onRule('ListTargetsByRule', 'Rule'),
  RemoveTargets: onRule('RemoveTargets', 'Rule'),
  PutEvents: (input, account) => (input.Entries as readonly Input[]).map((entry) => puttingEvent(account, entry)),
};

function puttingEvent(account: Account, entry: Input): Permission {
  return permission('events:PutEvents', busArn(account, entry.EventBusName), {
    'events:source': [String(entry.Source)],
    'events:detail-type': [String(entry.DetailType)],
  });
}

function onRule(operation: string, member: string): PermissionReader {
  return (input, account) => [permission(`events:${operation}`, ruleArn(account, input.EventBusName, input[member]))];
}

function ruleArn(account: Account, bus: unknown, rule: unknown): string {
  const busName = busArn(account, bus).replace(/^.*:event-bus\//, '');
  return makeArn(account, 'events', `rule/${busName === 'default' ? '' : `${busName}/`}${String(rule)}`);
}

function busArn(account: Account, bus: unknown): string {
  const name = String(bus ?? 'default');
  return name.startsWith('arn:') ? name : makeArn(account, 'events', `event-bus/${name}`);
}
