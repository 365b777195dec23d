/**
 * An error that an AWS service returns. Each protocol writes it in its own form (`__type` and `message` in
 * AWS JSON 1.1, `<ErrorResponse>` in the query protocol).
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** The exception's name on the wire, such as `ClusterNotFoundException` or `TargetGroupNotFound`. */
  readonly code: string;
  readonly httpStatus: number;
  /** Further members of the exception's shape, such as `resourceIds` of `ConflictException`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { httpStatus?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.members = options.members ?? {};
  }
}
