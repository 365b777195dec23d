import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/index.ts';
import { signedHeaders } from './signed-request.ts';

// The sandbox returns members that it does not interpret unchanged, over the real protocols.

let sandbox: Sandbox;
let client: elb.ElasticLoadBalancingV2Client;
let settings: elb.ElasticLoadBalancingV2ClientConfig;
let LoadBalancerArn: string;
let ListenerArn: string;
let TargetGroupArn: string;

beforeAll(async () => {
  sandbox = await startSandbox({ durations: 'none', seed: 5 });
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' };
  settings = { endpoint: sandbox.endpoint, region: sandbox.region, credentials };
  client = new elb.ElasticLoadBalancingV2Client(settings);
  const made = await client.send(
    new elb.CreateLoadBalancerCommand({ Name: 'shared', Subnets: ['subnet-a', 'subnet-b'] }),
  );
  LoadBalancerArn = made.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const group = await client.send(
    new elb.CreateTargetGroupCommand({
      Name: 'auth',
      Protocol: 'HTTP',
      Port: 8080,
      TargetType: 'ip',
      TargetControlPort: 3000,
      Matcher: { HttpCode: '200', GrpcCode: '0-99' },
    }),
  );
  TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
  const listener = await client.send(
    new elb.CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
      MutualAuthentication: { Mode: 'off', IgnoreClientCertificateExpiry: true },
    }),
  );
  ListenerArn = listener.Listeners?.[0]?.ListenerArn ?? '';
});

afterAll(async () => {
  client.destroy();
  await sandbox.close();
});

const describeRule = async (RuleArn: string | undefined) =>
  (await client.send(new elb.DescribeRulesCommand({ RuleArns: [RuleArn ?? ''] }))).Rules?.[0];

const transforms = [
  { Type: 'url-rewrite' as const, UrlRewriteConfig: { Rewrites: [{ Regex: '^/api/(.*)$', Replace: '/$1' }] } },
];

test('a rule with regular expressions, ordered actions and transforms', async () => {
  const Conditions = [
    { Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api/auth(/.*)?$'] } },
    { Field: 'host-header', RegexValues: ['^api\\.example$'] },
    { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
  ];
  const Actions = [
    {
      Type: 'forward' as const,
      Order: 2,
      TargetGroupArn,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn, Weight: 5 }],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    },
    {
      Type: 'authenticate-oidc' as const,
      Order: 1,
      AuthenticateOidcConfig: {
        Issuer: 'https://login.example',
        AuthorizationEndpoint: 'https://login.example/authorize',
        TokenEndpoint: 'https://login.example/token',
        UserInfoEndpoint: 'https://login.example/me',
        ClientId: 'me',
        SessionTimeout: 3600,
        AuthenticationRequestExtraParams: { prompt: 'login' },
      },
    },
  ];
  const { Rules } = await client.send(
    new elb.CreateRuleCommand({ ListenerArn, Priority: 10, Conditions, Actions, Transforms: transforms }),
  );
  expect(await describeRule(Rules?.[0]?.RuleArn)).toEqual({
    RuleArn: Rules?.[0]?.RuleArn,
    Priority: '10',
    IsDefault: false,
    Conditions,
    Actions,
    Transforms: transforms,
  });
});

test('transforms stay until a change replaces or resets them', async () => {
  const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a'] } }];
  const Actions = [{ Type: 'forward' as const, TargetGroupArn }];
  const { Rules } = await client.send(
    new elb.CreateRuleCommand({ ListenerArn, Priority: 11, Conditions, Actions, Transforms: transforms }),
  );
  const RuleArn = Rules?.[0]?.RuleArn;
  await client.send(
    new elb.ModifyRuleCommand({
      RuleArn,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/b$'] } }],
    }),
  );
  expect(await describeRule(RuleArn)).toMatchObject({
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/b$'] } }],
    Transforms: transforms,
  });
  await client.send(new elb.ModifyRuleCommand({ RuleArn, ResetTransforms: true }));
  expect(await describeRule(RuleArn)).not.toHaveProperty('Transforms');
});

test('members that the service model does not have yet, at every level of a rule', async () => {
  const post = async (action: string, members: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Action: action, Version: '2015-12-01', ...members });
    const response = await fetch(sandbox.endpoint, {
      method: 'POST',
      headers: signedHeaders('elasticloadbalancing'),
      body,
    });
    expect(response.status).toBe(200);
    return response.text();
  };
  const created = await post('CreateRule', {
    ListenerArn,
    Priority: '12',
    Schedule: 'weekdays',
    'Conditions.member.1.Field': 'path-pattern',
    'Conditions.member.1.PathPatternConfig.Values.member.1': '/future',
    'Conditions.member.1.PathPatternConfig.Negate': 'true',
    'Actions.member.1.Type': 'forward',
    'Actions.member.1.TargetGroupArn': TargetGroupArn,
    'Actions.member.1.MirrorConfig.Percents.member.1': '5',
  });
  const arn = /<RuleArn>([^<]+)<.RuleArn>/.exec(created)?.[1] ?? '';
  const shown = await post('DescribeRules', { 'RuleArns.member.1': arn });
  for (const part of [
    '<Schedule>weekdays</Schedule>',
    '<Negate>true</Negate>',
    '<MirrorConfig><Percents><member>5</member></Percents></MirrorConfig>',
  ]) {
    expect(shown).toContain(part);
  }
});

test('target groups and listeners', async () => {
  const { TargetGroups } = await client.send(
    new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] }),
  );
  expect(TargetGroups?.[0]).toMatchObject({ TargetControlPort: 3000, Matcher: { HttpCode: '200', GrpcCode: '0-99' } });
  const { Listeners } = await client.send(new elb.DescribeListenersCommand({ LoadBalancerArn }));
  expect(Listeners?.[0]?.MutualAuthentication).toEqual({ Mode: 'off', IgnoreClientCertificateExpiry: true });
});

test('task definitions', async () => {
  const ecs = new ECSClient(settings as never);
  const input: RegisterTaskDefinitionCommandInput = {
    family: 'auth',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    runtimePlatform: { cpuArchitecture: 'ARM64' },
    enableFaultInjection: true,
    containerDefinitions: [
      {
        name: 'auth',
        image: 'auth:1',
        essential: true,
        restartPolicy: { enabled: true, ignoredExitCodes: [0] },
        dependsOn: [{ containerName: 'auth', condition: 'START' }],
        healthCheck: { command: ['true'], retries: 3 },
        portMappings: [{ containerPort: 8080, appProtocol: 'http2' }],
      },
    ],
  };
  await ecs.send(new RegisterTaskDefinitionCommand(input));
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'auth' }));
  expect(taskDefinition).toMatchObject(input);
  ecs.destroy();
});

test('a request that depends on an unsupported rule gets a 501 that names the rule', async () => {
  const { Rules } = await client.send(
    new elb.CreateRuleCommand({
      ListenerArn,
      Priority: 1,
      Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  const RuleArn = Rules?.[0]?.RuleArn;
  const response = await fetch(await sandbox.loadBalancerUrl());
  expect(response.status).toBe(501);
  expect(await response.text()).toBe(
    `The sandbox cannot route this request: it does not model the condition {"Field":"source-ip","SourceIpConfig":{"Values":["10.0.0.0/8"]}} of rule ${RuleArn}.\n`,
  );
});
