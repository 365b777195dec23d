import {
  type Action,
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { toStartEnginesError } from '@start-engines/core';
import { callAws } from './classify-aws-error.ts';

/** Returns the actions of a listener rule; undefined if the rule does not exist. */
export type RuleReader = (ruleArn: string) => Promise<readonly Action[] | undefined>;

/** AWS documents no limit for `RuleArns`. Similar calls accept 20 names. AWS-086. */
const rulesPerCall = 20;

/**
 * Reads listener rules, many in a call: Elastic Load Balancing allows 10 calls per second in an account and Region. Rules that are
 * requested together, or while a call is under way, share a call.
 */
export function createRuleReader(client: ElasticLoadBalancingV2Client): RuleReader {
  const requested = new Map<string, PromiseWithResolvers<readonly Action[] | undefined>>();
  let isReading = false;

  return (ruleArn) => {
    const read = requested.get(ruleArn) ?? Promise.withResolvers<readonly Action[] | undefined>();
    requested.set(ruleArn, read);
    if (!isReading) void readRequested();
    return read.promise;
  };

  async function readRequested(): Promise<void> {
    isReading = true;
    // Everything that is requested in this turn is part of the call.
    await Promise.resolve();
    while (requested.size > 0) {
      const batch = [...requested].slice(0, rulesPerCall);
      for (const [ruleArn] of batch) requested.delete(ruleArn);
      try {
        const actions = await readRules(batch.map(([ruleArn]) => ruleArn));
        for (const [ruleArn, { resolve }] of batch) resolve(actions.get(ruleArn));
      } catch (error) {
        for (const [, { reject }] of batch) reject(error);
      }
    }
    isReading = false;
  }

  /** One rule that does not exist fails the whole call, so the halves are then read separately. */
  async function readRules(ruleArns: readonly string[]): Promise<ReadonlyMap<string, readonly Action[]>> {
    const about = { listenerRuleArn: ruleArns.join(', ') };
    const command = new DescribeRulesCommand({ RuleArns: [...ruleArns] });
    try {
      const operation = { service: 'ELBv2', operation: 'DescribeRules', about } as const;
      const { Rules = [] } = await callAws(operation, () => client.send(command));
      return new Map(Rules.map(({ RuleArn = '', Actions = [] }) => [RuleArn, Actions]));
    } catch (caught) {
      if (toStartEnginesError(caught).context.awsCode !== 'RuleNotFound') throw caught;
      if (ruleArns.length === 1) return new Map();
      const middle = ruleArns.length / 2;
      return new Map([...(await readRules(ruleArns.slice(0, middle))), ...(await readRules(ruleArns.slice(middle)))]);
    }
  }
}
