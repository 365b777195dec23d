import { AwsError } from '../../aws-error.ts';
import type { Operations } from '../../operation.ts';
import { makeArn } from '../arn.ts';
import { anything, boolean, integer, list, openStructure, type Shaped, string, structure } from '../shape.ts';
import { actionsShape, readActions } from './actions.ts';
import { conditionsShape, readConditions } from './conditions.ts';
import { checkRange, elbOperation, othersOf, pageOf, required, validationError } from './elb-operation.ts';
import { type ElbState, findListener, type Listener, type Rule } from './elb-state.ts';
import { replaceListener } from './listener-operations.ts';

const createMembers = {
  ListenerArn: string,
  Priority: integer,
  Conditions: conditionsShape,
  Actions: actionsShape,
  Transforms: list(anything),
  Tags: anything,
};
const createShape = openStructure(createMembers);
const describeShape = structure({ ListenerArn: string, RuleArns: list(string), Marker: string, PageSize: integer });

const modifyMembers = {
  RuleArn: string,
  Conditions: conditionsShape,
  Actions: actionsShape,
  Transforms: list(anything),
  ResetTransforms: boolean,
};
const modifyShape = openStructure(modifyMembers);
const prioritiesShape = structure({ RulePriorities: list(structure({ RuleArn: string, Priority: integer })) });

export function createRuleOperations(state: ElbState): Operations {
  return {
    CreateRule: elbOperation(createShape, (input) => {
      const listener = findListener(state, required(input.ListenerArn, 'ListenerArn'));
      const rule = createRule(state, listener, input);
      const rules = [...listener.rules, rule].sort((left, right) => left.priority - right.priority);
      replaceListener(state, { ...listener, rules });
      return { Rules: [showRule(rule)] };
    }),

    DescribeRules: elbOperation(describeShape, (input) => {
      const { page, more } = pageOf(select(state, input), input);
      return { Rules: page, ...more };
    }),

    ModifyRule: elbOperation(modifyShape, (input) => {
      const arn = required(input.RuleArn, 'RuleArn');
      const listener = findListenerOfRule(state, arn);
      const rule = findRule(listener, arn);
      const changed: Rule = {
        ...rule,
        conditions: input.Conditions === undefined ? rule.conditions : readConditions(input.Conditions),
        actions: input.Actions === undefined ? rule.actions : readActions(state, listener.loadBalancer, input.Actions),
        transforms: input.Transforms ?? (input.ResetTransforms ? [] : rule.transforms),
        others: { ...rule.others, ...othersOf(input, modifyMembers) },
      };
      replaceListener(state, { ...listener, rules: listener.rules.map((one) => (one.arn === arn ? changed : one)) });
      return { Rules: [showRule(changed)] };
    }),

    SetRulePriorities: elbOperation(prioritiesShape, (input) => {
      const wanted = new Map(
        required(input.RulePriorities, 'RulePriorities').map(({ RuleArn, Priority }) => [
          required(RuleArn, 'RuleArn'),
          required(Priority, 'Priority'),
        ]),
      );
      const [first = ''] = wanted.keys();
      const listener = findListenerOfRule(state, first);
      for (const arn of wanted.keys()) findRule(listener, arn);
      const rules = listener.rules
        .map((rule) => ({ ...rule, priority: wanted.get(rule.arn) ?? rule.priority }))
        .sort((left, right) => left.priority - right.priority);
      checkPriorities(rules);
      replaceListener(state, { ...listener, rules });
      return { Rules: rules.filter(({ arn }) => wanted.has(arn)).map(showRule) };
    }),

    DeleteRule: elbOperation(structure({ RuleArn: string }), (input) => {
      const arn = required(input.RuleArn, 'RuleArn');
      const listener = findListenerOfRule(state, arn);
      if (listener.defaultRuleArn === arn) {
        throw new AwsError('OperationNotPermitted', `Default rule '${arn}' cannot be deleted`);
      }
      replaceListener(state, { ...listener, rules: listener.rules.filter((rule) => rule.arn !== arn) });
      return {};
    }),
  };
}

function createRule(state: ElbState, listener: Listener, input: Shaped<typeof createShape>): Rule {
  const priority = required(input.Priority, 'Priority');
  checkRange(priority, 'priority', 1, 50_000);
  if (listener.rules.some((rule) => rule.priority === priority)) {
    throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
  }
  const all = [...state.listeners.values()].filter((other) => other.loadBalancer === listener.loadBalancer);
  if (all.reduce((sum, { rules }) => sum + rules.length, 0) >= state.ruleLimit) {
    throw new AwsError('TooManyRules', `The maximum number of rules has been reached: '${state.ruleLimit}'`);
  }
  const conditions = readConditions(required(input.Conditions, 'Conditions'));
  const actions = readActions(state, listener.loadBalancer, required(input.Actions, 'Actions'));
  const path = `app/${listener.loadBalancer.name}/${listener.loadBalancer.id}/${listener.id}`;
  const arn = makeArn(state.account, 'elasticloadbalancing', `listener-rule/${path}/${state.random.hex(16)}`);
  const others = othersOf(input, createMembers);
  return { arn, priority, conditions, actions, transforms: input.Transforms ?? [], others };
}

function checkPriorities(rules: readonly Rule[]): void {
  for (const [index, { priority }] of rules.entries()) {
    checkRange(priority, 'priority', 1, 50_000);
    if (rules[index - 1]?.priority === priority) {
      throw new AwsError('PriorityInUse', `Priority '${priority}' is currently in use`);
    }
  }
}

/** The priority and conditions of the default rule cannot be changed. */
function findRule(listener: Listener, arn: string): Rule {
  const rule = listener.rules.find((one) => one.arn === arn);
  if (rule === undefined) throw new AwsError('OperationNotPermitted', `Default rule '${arn}' cannot be modified here`);
  return rule;
}

function findListenerOfRule(state: ElbState, ruleArn: string): Listener {
  if (!ruleArn.includes(':listener-rule/')) throw validationError(`'${ruleArn}' is not a valid listener rule ARN`);
  const found = [...state.listeners.values()].find(
    ({ defaultRuleArn, rules }) => defaultRuleArn === ruleArn || rules.some(({ arn }) => arn === ruleArn),
  );
  if (found === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found');
  return found;
}

function select(state: ElbState, input: Shaped<typeof describeShape>) {
  if (input.RuleArns !== undefined) {
    return input.RuleArns.flatMap((arn) =>
      showRules(findListenerOfRule(state, arn)).filter((rule) => rule.RuleArn === arn),
    );
  }
  if (input.ListenerArn === undefined) throw validationError('You must specify either rule ARNs or a listener ARN');
  return showRules(findListener(state, input.ListenerArn));
}

function showRules(listener: Listener) {
  const defaultRule = {
    RuleArn: listener.defaultRuleArn,
    Priority: 'default',
    Conditions: [],
    Actions: listener.defaultActions,
    IsDefault: true,
  };
  return [...listener.rules.map(showRule), defaultRule];
}

function showRule({ arn, priority, conditions, actions, transforms, others }: Rule) {
  return {
    ...others,
    RuleArn: arn,
    Priority: String(priority),
    Conditions: conditions.map(({ shown }) => shown),
    Actions: actions,
    IsDefault: false,
    ...(transforms.length === 0 ? {} : { Transforms: transforms }),
  };
}
