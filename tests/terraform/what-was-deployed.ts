import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { type Deployment, mappingDocuments } from './support/deployment.ts';

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-2:123456789012:${resource}`;

/** Registers tests of the deployed resources of one workspace. */
export function whatWasDeployed(workspace: string, deployment: () => Deployment): void {
  const functionArn = arn('lambda', `function:start-engines-lambda-${workspace}:live`);
  const undelivered = arn('sqs', `start-engines-undelivered-${workspace}`);
  const rules = ['restart', 'start', 'stop', 'task-state'].map((rule) => `start-engines-${rule}-${workspace}`);

  test('failed events go to the queue after two retries, with time for the longest start (R43)', () => {
    expect(deployment().function.invokeConfig).toMatchObject({
      MaximumRetryAttempts: 2,
      // Three attempts of the function's timeout, 810 s, and the pauses between them.
      MaximumEventAgeInSeconds: 2610,
      DestinationConfig: { OnFailure: { Destination: arn('sqs', `start-engines-failures-${workspace}`) } },
    });
    expect(deployment().queues[`start-engines-failures-${workspace}`]?.QueueArn).toBe(
      arn('sqs', `start-engines-failures-${workspace}`),
    );
  });

  test('the only target of each rule is the alias, with a queue for undelivered events (R43)', () => {
    const wired = deployment().rules.map(({ Name, State, targets }) => [
      Name,
      State,
      targets.map(({ Arn, DeadLetterConfig, RetryPolicy }) => [Arn, DeadLetterConfig, RetryPolicy]),
    ]);
    const target = [functionArn, { Arn: undelivered }, { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 900 }];
    expect(wired.sort()).toEqual(rules.map((name) => [name, 'ENABLED', [target]]));
  });

  test('only the rules may invoke the alias and send to the queue', () => {
    const ruleArns = rules.map((name) => arn('events', `rule/${name}`));
    const { Statement: invoking } = deployment().function.policy;
    expect(invoking.map(({ Principal, Action, Resource }) => [Principal.Service, Action, Resource])).toEqual(
      rules.map(() => ['events.amazonaws.com', 'lambda:InvokeFunction', functionArn]),
    );
    expect(invoking.flatMap(({ Condition }) => Condition.ArnLike?.['AWS:SourceArn']).sort()).toEqual(ruleArns);
    expect(deployment().queues[`start-engines-undelivered-${workspace}`]?.Policy?.Statement).toMatchObject([
      {
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: undelivered,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArns } },
      },
    ]);
  });

  test('schedules invoke the alias in their time zone, with a queue for undelivered events', () => {
    for (const { Target } of deployment().schedules) {
      expect([Target.Arn, Target.DeadLetterConfig]).toEqual([functionArn, { Arn: undelivered }]);
    }
    const reconcile = deployment().schedules.find(({ Name }) => Name === 'reconcile');
    expect([reconcile?.ScheduleExpression, reconcile?.Target.Input]).toEqual([
      'rate(5 minutes)',
      `{"action":"reconcile","workspace":"${workspace}"}`,
    ]);
  });

  test('HTTPS has a modern policy, and HTTP only redirects', () => {
    const [http, https, ...others] = [...deployment().loadBalancer.listeners].sort((a, b) => a.Port - b.Port);
    expect(others).toEqual([]);
    expect(https).toMatchObject({ Port: 443, Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' });
    expect(https?.DefaultActions).toMatchObject([
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '404',
          ContentType: 'application/json',
          MessageBody: '{"message":"no such service"}',
        },
      },
    ]);
    expect(http).toMatchObject({
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
    expect(http?.rules.filter(({ IsDefault }) => !IsDefault)).toEqual([]);
  });

  test('each service has a rule with its priority, for its path and the paths below it (R53)', () => {
    const https = deployment().loadBalancer.listeners.find(({ Protocol }) => Protocol === 'HTTPS');
    const groups = new Map(
      deployment().loadBalancer.targetGroups.map(({ TargetGroupArn, TargetGroupName }) => [
        TargetGroupArn,
        TargetGroupName,
      ]),
    );
    const seen = (https?.rules ?? [])
      .filter(({ IsDefault }) => !IsDefault)
      .map(({ Priority, Conditions, Actions }) => [
        Number(Priority),
        Conditions.flatMap(({ PathPatternConfig }) => [...PathPatternConfig.Values].sort()),
        groups.get(Actions[0]?.TargetGroupArn ?? ''),
      ]);
    const expected = [
      [10, 'auth'],
      [20, 'pdf'],
      [30, 'fa'],
      [40, 'users'],
      [50, 'batch'],
    ].map(([priority, name]) => [priority, [`/api/${name}`, `/api/${name}/*`], `${name}-${workspace}`]);
    expect(seen.sort(([one], [other]) => Number(one) - Number(other))).toEqual(expected);
  });

  test('target groups have IP targets, a deregistration delay of 15 seconds and short health checks', () => {
    const { targetGroups } = deployment().loadBalancer;
    expect(targetGroups).toHaveLength(5);
    for (const group of targetGroups) {
      expect(group).toMatchObject({
        TargetType: 'ip',
        HealthCheckPath: '/health',
        HealthCheckIntervalSeconds: 5,
        HealthCheckTimeoutSeconds: 3,
        HealthyThresholdCount: 2,
      });
      expect(group.attributes['deregistration_delay.timeout_seconds']).toBe('15');
    }
  });

  test('the load balancer is protected from deletion only in prod', () => {
    const { attributes } = deployment().loadBalancer;
    expect(attributes['deletion_protection.enabled']).toBe(workspace === 'prod' ? 'true' : 'false');
    expect(attributes['routing.http.drop_invalid_header_fields.enabled']).toBe('true');
  });

  test('the API sends its five routes to the alias with its own role, and has request limits and a log', () => {
    const { stages, routes, integrations } = deployment().api;
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      'GET /services',
      'GET /services/{name}',
      'POST /services/{name}/restart',
      'POST /services/{name}/start',
      'POST /services/{name}/stop',
    ]);
    expect(integrations).toMatchObject([
      {
        IntegrationUri: `arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
        CredentialsArn: `arn:aws:iam::123456789012:role/start-engines-api-role-${workspace}`,
        PayloadFormatVersion: '2.0',
      },
    ]);
    expect(new Set(routes.map(({ Target }) => Target))).toEqual(
      new Set([`integrations/${integrations[0]?.IntegrationId}`]),
    );
    expect(stages).toMatchObject([
      {
        StageName: '$default',
        DefaultRouteSettings: { ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 },
        AccessLogSettings: {
          DestinationArn: expect.stringContaining(`log-group:/aws/vendedlogs/apigateway/start-engines-${workspace}`),
        },
      },
    ]);
  });

  test('each alarm notifies the topic', () => {
    const topic = arn('sns', `start-engines-${workspace}-alarms`);
    const actions = deployment().alarms.map(({ AlarmName, AlarmActions, InsufficientDataActions }) => [
      AlarmName,
      // Missing reconciles show as insufficient data.
      AlarmName.endsWith('-reconcile-silent') ? InsufficientDataActions : AlarmActions,
    ]);
    const alarms = [
      'failures-not-kept',
      'failures-queue',
      'function-errors',
      'function-throttles',
      'outcomes-not-told',
      'reconcile-silent',
      'slow-starts',
      'stale-targets',
      'start-failures',
      'undelivered-queue',
    ];
    expect(actions.sort()).toEqual(alarms.map((name) => [`start-engines-${workspace}-${name}`, [topic]]));
  });

  test('the log group has the workspace’s retention period', () => {
    const groups = deployment().logGroups.map(({ logGroupName, retentionInDays }) => [logGroupName, retentionInDays]);
    expect(groups).toContainEqual([`/aws/lambda/start-engines-lambda-${workspace}`, workspace === 'prod' ? 365 : 30]);
  });

  test('the role’s envelope is published in Parameter Store', () => {
    const published = deployment().parameters.find(({ Name }) => Name === `/start-engines/${workspace}/envelope`);
    expect(JSON.parse(published?.Value ?? '{}')).toEqual({
      clusters: ['auth-cluster', 'batch-cluster', 'fa-cluster', 'pdf-cluster', 'users-cluster'],
      taskFamilies: ['auth-api-task', 'batch-job-task', 'fa-engine-task', 'pdf-creator-task', 'users-api-task'],
      taskRoleArns: ['auth-task', 'batch-task', 'ecs-task-execution', 'fa-task', 'pdf-task', 'users-task'].map(
        (name) => `arn:aws:iam::123456789012:role/${name}`,
      ),
      targetGroupArns: ['auth', 'batch', 'fa', 'pdf', 'users'].map((service) =>
        arn('elasticloadbalancing', `targetgroup/${service}-${workspace}/*`),
      ),
    });
  });

  test('the JSON Schema accepts each mapping, which names its own target group (R37)', () => {
    const schema = readFileSync(join(root, 'packages', 'config', 'schema', 'service-mapping.schema.json'), 'utf8');
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(schema));
    const documents = mappingDocuments(deployment());
    const services = ['auth', 'batch', 'fa', 'pdf', 'users'];
    expect([...documents.keys()].sort()).toEqual(['defaults', ...services.map((service) => `services/${service}`)]);
    for (const [name, document] of documents) {
      validate(document);
      expect([name, validate.errors]).toEqual([name, null]);
    }
    for (const service of services) {
      expect(documents.get(`services/${service}`)?.targetGroupArn).toMatch(
        new RegExp(`:targetgroup/${service}-${workspace}/[0-9a-f]+$`),
      );
    }
  });
}
