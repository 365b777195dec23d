/** Members that the sandbox stores and returns, but does not interpret. */
type Others = Readonly<Record<string, unknown>>;

/** The action of a rule, as returned by DescribeRules. */
export type Action = Others & { readonly Order?: number } & (
    | {
        readonly Type: 'forward';
        readonly TargetGroupArn?: string;
        readonly ForwardConfig: {
          readonly TargetGroups: readonly WeightedGroup[];
          readonly TargetGroupStickinessConfig: unknown;
        };
      }
    | {
        readonly Type: 'fixed-response';
        readonly FixedResponseConfig: {
          readonly StatusCode: string;
          readonly MessageBody?: string;
          readonly ContentType?: string;
        };
      }
    | { readonly Type: 'redirect'; readonly RedirectConfig: Redirect }
    /** An authentication action, which precedes another action. The sandbox stores it but cannot run it. */
    | { readonly Type: 'authenticate-oidc' | 'authenticate-cognito' | 'jwt-validation' }
  );

export interface WeightedGroup {
  readonly TargetGroupArn: string;
  readonly Weight: number;
}

export interface Redirect {
  readonly Protocol: string;
  readonly Port: string;
  readonly Host: string;
  readonly Path: string;
  readonly Query: string;
  readonly StatusCode: 'HTTP_301' | 'HTTP_302';
}

/** In order of execution, regardless of their position in the list. */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  return actions.toSorted((left, right) => (left.Order ?? 0) - (right.Order ?? 0));
}
