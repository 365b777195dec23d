type Json = Readonly<Record<string, unknown>>;

/** An event as EventBridge delivers it. `more` replaces or adds keys of the envelope. */
export function busEvent(detail: unknown, more: Json = {}): Json {
  return {
    version: '0',
    id: '7bf73129-1428-4cd3-a780-95db273d1602',
    'detail-type': 'Start ECS Task',
    source: 'custom.app',
    account: '111122223333',
    time: '2025-11-23T08:00:00Z',
    region: 'us-east-2',
    resources: [],
    detail,
    ...more,
  };
}

/** A request as an HTTP API sends it, under the stage `prod` and with only the default route. */
export function httpApiEvent(method: string, path: string, more: Json = {}): Json {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: `/prod${path}`,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'example.execute-api.us-east-2.amazonaws.com' },
    requestContext: {
      stage: 'prod',
      requestId: 'JKJaXmPLvHcESHA=',
      timeEpoch: Date.parse('2025-11-23T08:00:00Z'),
      http: { method, path: `/prod${path}`, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl' },
    },
    isBase64Encoded: false,
    ...more,
  };
}

/** A request as a REST API with a proxy resource sends it. */
export function restEvent(method: string, path: string, more: Json = {}): Json {
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: { 'Content-Type': 'application/json', Host: 'example.execute-api.us-east-2.amazonaws.com' },
    multiValueHeaders: {},
    queryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    requestContext: {
      stage: 'prod',
      path: `/prod${path}`,
      httpMethod: method,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: Date.parse('2025-11-23T08:00:00Z'),
    },
    body: null,
    isBase64Encoded: false,
    ...more,
  };
}

/** A task state change as ECS sends it. `detail` has only the fields that the function reads. */
export function stateChangeEvent(detail: Json): Json {
  return busEvent(
    {
      clusterArn: 'arn:aws:ecs:us-east-2:111122223333:cluster/engines',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      ...detail,
    },
    { source: 'aws.ecs', 'detail-type': 'ECS Task State Change' },
  );
}
