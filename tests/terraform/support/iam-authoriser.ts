import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Authorise, PermissionRequest, PermissionVerdict } from '@start-engines/sandbox';

/** A policy document as IAM stores it. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Authorises requests with the policies of one role, and records which statements were used. */
export interface IamAuthoriser {
  readonly authorise: Authorise;
  /** The actions of Allow statements that have not allowed a request yet, as `<Sid> <action>`. */
  unused(): readonly string[];
  /** Invalid requests, which the simulator denied. They indicate a mistake in the caller. */
  problems(): readonly string[];
}

/**
 * Evaluates identity policies as IAM does, with @cloud-copilot/iam-simulate (docs/adr/0009). Each statement needs a unique Sid,
 * which the results refer to.
 *
 * @throws RangeError if a statement has no Sid, or two have the same
 */
export function createIamAuthoriser(roleArn: string, policy: PolicyDocument): IamAuthoriser {
  const unused = new Set(policy.Statement.flatMap(pairsOf));
  const problems: string[] = [];
  checkNames(policy);

  async function authorise(request: PermissionRequest): Promise<PermissionVerdict> {
    if (request.roleArn !== roleArn) return { effect: 'implicit-deny', statements: [] };
    const outcome = await simulate(request, policy);
    if ('problem' in outcome) {
      problems.push(`${request.action} on ${request.resource}: ${outcome.problem}`);
      return { effect: 'implicit-deny', statements: [] };
    }
    if (outcome.effect === 'allow') for (const sid of outcome.statements) unused.delete(`${sid} ${request.action}`);
    return outcome;
  }

  return { authorise, unused: () => [...unused], problems: () => problems };
}

function pairsOf({ Sid, Effect, Action }: PolicyStatement): readonly string[] {
  return Effect === 'Allow' ? [Action].flat().map((action) => `${Sid} ${action}`) : [];
}

function checkNames({ Statement }: PolicyDocument): void {
  const names = Statement.map(({ Sid }) => Sid);
  if (names.includes(undefined as never) || new Set(names).size !== names.length) {
    throw new RangeError(`each statement needs a unique Sid: ${names.join(', ')}`);
  }
}

async function simulate(
  { action, resource, context, principalArn }: PermissionRequest,
  policy: PolicyDocument,
): Promise<PermissionVerdict | { readonly problem: string }> {
  const outcome = await runSimulation(
    {
      identityPolicies: [{ name: 'role', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      request: {
        action,
        principal: principalArn,
        resource: { resource, accountId: principalArn.split(':')[4] ?? '' },
        contextVariables: mutable(context),
      },
    },
    {},
  );
  if (outcome.resultType === 'error') return { problem: JSON.stringify(outcome.errors) };
  const results = outcome.resultType === 'single' ? [outcome.result] : outcome.results;
  const ignored = results.flatMap(({ ignoredContextKeys = [] }) => ignoredContextKeys);
  if (ignored.length > 0) return { problem: `the action has no condition key ${ignored.join(', ')}` };
  const decided = results.flatMap(({ analysis }) => analysis.identityAnalysis ?? []);
  if (outcome.overallResult === 'ExplicitlyDenied') {
    return { effect: 'explicit-deny', statements: sidsOf(decided.flatMap(({ denyStatements }) => denyStatements)) };
  }
  // A resource with a wildcard is evaluated once for each pattern of the policy that could match it. No results means no permission.
  if (outcome.overallResult !== 'Allowed' || results.length === 0) return { effect: 'implicit-deny', statements: [] };
  return { effect: 'allow', statements: sidsOf(decided.flatMap(({ allowStatements }) => allowStatements)) };
}

function sidsOf(statements: readonly { readonly statement: { sid(): string | undefined } }[]): readonly string[] {
  return [...new Set(statements.map(({ statement }) => statement.sid() ?? ''))];
}

function mutable(context: PermissionRequest['context']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  );
}
