/** Members that the sandbox keeps and shows, and does not know. */
type Others = Readonly<Record<string, unknown>>;

/** What a rule does with a request, as DescribeRules shows it. */
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
    /** Comes before one of the others. The sandbox keeps it, and cannot carry it out. */
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

/** In the order in which they are carried out, wherever they stand in the list. */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  return actions.toSorted((left, right) => (left.Order ?? 0) - (right.Order ?? 0));
}
