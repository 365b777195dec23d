import type { Operations } from '../operation.ts';
import type { FunctionNames } from './function-names.ts';
import { resourceConflict, resourceNotFound } from './lambda-error.ts';

/** One statement of a function's resource policy. */
interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly Service: string } | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: { readonly ArnLike: { readonly 'AWS:SourceArn': string } };
}

/** The resource policies of functions, versions and aliases. Each has its own. */
export interface FunctionPolicies {
  readonly operations: Operations;
  /** Whether the service may invoke exactly this function, version or alias on behalf of the resource. */
  permits(functionArn: string, service: string, sourceArn: string): boolean;
  /** Deletes the policies of a function with all its versions and aliases, or of one qualifier. */
  forget(functionName: string, qualifier?: string): void;
}

/** @param check throws when there is no such function, version or alias */
export function createFunctionPolicies(
  names: FunctionNames,
  check: (reference: { readonly functionName: string; readonly qualifier: string | undefined }) => void,
): FunctionPolicies {
  /** By the ARN of the function, version or alias. */
  const policies = new Map<string, Map<string, Statement>>();

  function resourceOf(input: Readonly<Record<string, unknown>>): string {
    const reference = names.resolve(input.FunctionName, input.Qualifier);
    check(reference);
    return names.arnOf(reference.functionName, reference.qualifier);
  }

  function policyOf(arn: string): Map<string, Statement> {
    const policy = policies.get(arn);
    if (policy !== undefined) return policy;
    throw resourceNotFound('The resource you requested does not exist.');
  }

  return {
    operations: {
      AddPermission(input) {
        const arn = resourceOf(input);
        const Sid = String(input.StatementId);
        const policy = policies.get(arn) ?? new Map<string, Statement>();
        if (policy.has(Sid)) {
          throw resourceConflict(
            `The statement id (${Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          );
        }
        const principal = String(input.Principal);
        const statement: Statement = {
          Sid,
          Effect: 'Allow',
          Principal: principal.includes('.') ? { Service: principal } : { AWS: principal },
          Action: String(input.Action),
          Resource: arn,
          ...(input.SourceArn === undefined
            ? {}
            : { Condition: { ArnLike: { 'AWS:SourceArn': String(input.SourceArn) } } }),
        };
        policies.set(arn, policy.set(Sid, statement));
        return { Statement: JSON.stringify(statement) };
      },
      RemovePermission(input) {
        const policy = policyOf(resourceOf(input));
        if (policy.delete(String(input.StatementId))) return {};
        throw resourceNotFound(`Statement ${String(input.StatementId)} is not found in resource policy.`);
      },
      GetPolicy(input) {
        const Statement = [...policyOf(resourceOf(input)).values()];
        return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement }) };
      },
    },
    permits(functionArn, service, sourceArn) {
      return [...(policies.get(functionArn)?.values() ?? [])].some(
        ({ Principal, Action, Condition }) =>
          'Service' in Principal &&
          Principal.Service === service &&
          ['lambda:InvokeFunction', 'lambda:*'].includes(Action) &&
          (Condition === undefined || matchesArn(Condition.ArnLike['AWS:SourceArn'], sourceArn)),
      );
    },
    forget(functionName, qualifier) {
      const arn = names.arnOf(functionName, qualifier);
      for (const key of policies.keys()) {
        if (key === arn || (qualifier === undefined && key.startsWith(`${arn}:`))) policies.delete(key);
      }
    },
  };
}

function matchesArn(pattern: string, arn: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn);
}
