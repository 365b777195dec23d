/** What a rule does with a request, as DescribeRules shows it. */
export type Action =
  | {
      readonly Type: 'forward';
      readonly TargetGroupArn?: string;
      readonly ForwardConfig: {
        readonly TargetGroups: readonly WeightedGroup[];
        readonly TargetGroupStickinessConfig: unknown;
      };
      readonly Order?: number;
    }
  | {
      readonly Type: 'fixed-response';
      readonly FixedResponseConfig: {
        readonly StatusCode: string;
        readonly MessageBody?: string;
        readonly ContentType?: string;
      };
      readonly Order?: number;
    }
  | { readonly Type: 'redirect'; readonly RedirectConfig: Redirect; readonly Order?: number };

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
