export interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const requestContext = {
  elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/activator/49e9d65c45c6791a' },
};

/** The form of a target group without multi-value headers. */
export function singleValueEvent({
  method = 'GET',
  path = '/api/auth',
  query = {},
  headers = {},
  body = '',
}: RequestParts) {
  return {
    requestContext,
    httpMethod: method,
    path,
    queryStringParameters: query,
    headers,
    body,
    isBase64Encoded: false,
  };
}

/** The form of a target group with multi-value headers. */
export function multiValueEvent({
  method = 'GET',
  path = '/api/auth',
  query = {},
  headers = {},
  body = '',
}: RequestParts) {
  const lists = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return {
    requestContext,
    httpMethod: method,
    path,
    multiValueQueryStringParameters: lists(query),
    multiValueHeaders: lists(headers),
    body,
    isBase64Encoded: false,
  };
}
