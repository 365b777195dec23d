import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeMapping, parseMappingDocument } from '@start-engines/config';
import { errorCatalog } from '@start-engines/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/tasks.ts';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { worldService } from '../../scripts/world/services.ts';
import { type FrontDoor, openFrontDoor } from '../front-door/open-front-door.ts';
import { runSequence, type SequenceDefinition } from './support/run-sequence.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';

// The values of the modules' expressions: `terraform console` evaluates them, without an account.

const noTerraform = whyNot(['terraform', 'version']);
const timeout = 300_000;

describe.runIf(mayRun(noTerraform))(`expressions evaluated by terraform${noTerraform}`, () => {
  let folder: TerraformFolder;

  beforeAll(async () => {
    folder = await openTerraformFolder();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** The value of an expression in a module that has these variables. */
  async function evaluate<Value>(where: string, expression: string, variables: unknown): Promise<Value> {
    const init = await folder.init(where);
    expect(init.exitCode, init.output).toBe(0);
    await writeFile(join(folder.path, where, 'test.tfvars.json'), JSON.stringify(variables));
    const input = `jsonencode(${expression})\n`;
    const { exitCode, output } = await folder.run(where, ['console', '-var-file=test.tfvars.json'], { input });
    expect(exitCode, output).toBe(0);
    // The console quotes the result of jsonencode.
    return JSON.parse(JSON.parse(output));
  }

  test('the JSON Schema and the loader accept a mapping with every key', {
    timeout,
  }, async () => {
    const documents = await evaluate<Record<string, string>>('modules/service-mappings', 'local.documents', everything);

    const schema = readFileSync(join(root, 'packages', 'config', 'schema', 'service-mapping.schema.json'), 'utf8');
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(schema));
    for (const [name, text] of Object.entries(documents)) {
      validate(JSON.parse(text));
      expect([name, validate.errors]).toEqual([name, null]);
    }
    const parse = (name: string) => parseMappingDocument(documents[name] ?? '', { parameter: name, version: 1 });
    const { mapping, problems } = mergeMapping(parse('defaults'), parse('services/fa'), 'fa');
    expect(problems).toEqual([]);
    // Every key is present, and none has its default value.
    expect(mapping).toEqual({
      service: 'fa',
      cluster: 'fa-cluster',
      taskDefinition: 'fa-engine-task:7',
      port: 2531,
      targetGroups: [
        { targetGroupArn: groupArn('fa-dev'), port: 2531 },
        { targetGroupArn: groupArn('theirs'), port: 2532 },
      ],
      subnets: ['subnet-0b'],
      securityGroups: ['sg-0b'],
      assignPublicIp: 'ENABLED',
      capacity: { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 1 }] },
      taskOptions: {
        tags: { team: 'engines', 'cost centre': '' },
        propagateTags: 'TASK_DEFINITION',
        enableECSManagedTags: true,
        enableExecuteCommand: false,
        platformVersion: '1.4.0',
      },
      containerName: 'engine',
      environment: { REGION: 'east', TRACE: '' },
      wait: 'healthy',
      startTimeoutSeconds: 90,
      healthyTimeoutSeconds: 45,
      drainSeconds: 0,
      dependsOn: ['users'],
      exclusiveTargetGroup: false,
      allowOverrides: {
        cluster: ['fa-cluster'],
        taskDefinition: ['fa-engine-task:*'],
        targetGroupArn: [groupArn('fa-dev')],
        subnets: ['subnet-0c'],
        securityGroups: ['sg-0c'],
        containerName: ['engine'],
        port: [2533],
        environment: ['TRACE'],
        startTimeoutSeconds: [120],
      },
    });
  });

  describe('a state machine', () => {
    let definition: SequenceDefinition;
    let door: FrontDoor;

    beforeAll(async () => {
      const text = await evaluate<string>('modules/state-machine', 'local.definition', {
        workspace: 'dev',
        name: 'start-engines-morning-dev',
        role_name: 'start-engines-morning-role-dev',
        function_arn: 'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live',
        services: ['users', 'auth', 'reports', 'pdf'],
        timeout_seconds: 525,
      });
      definition = JSON.parse(text);
      const services = ['users', 'auth', 'reports', 'pdf'].map(worldService);
      door = await openFrontDoor({ speed: 20, world: { services } });
    }, timeout);
    afterAll(() => door[Symbol.asyncDispose]());

    test('starts its services in order, retries transient errors, and ends with the error', async () => {
      const run = await runSequence(definition, ({ Payload }) => door.invoke(Payload));

      // The image of reports cannot be pulled: two retries, then the catch. pdf is never started.
      expect(run.visited).toEqual([
        'Start users',
        'Was users stopped meanwhile?',
        'Start auth',
        'Was auth stopped meanwhile?',
        'Start reports',
        'Start reports',
        'Start reports',
        'Failed',
      ]);
      expect(run.end).toMatchObject({ status: 'FAILED', error: 'TaskStopped' });
      expect([door.live('users').length, door.live('auth').length, door.tasks('pdf').length]).toEqual([1, 1, 0]);
    });

    // Each start used to count as requested when its turn came.
    test('ends as superseded if a service is stopped before its turn', async () => {
      await door.invoke({ action: 'stop', services: 'all' });
      const startTime = new Date(door.sandbox.clock.now()).toISOString();
      const run = await runSequence(
        definition,
        async ({ Payload }) => {
          if (Payload.service === 'auth') await door.invoke({ action: 'stop', service: 'auth' });
          return door.invoke(Payload);
        },
        startTime,
      );

      expect(run.end).toMatchObject({ status: 'FAILED', error: 'Superseded' });
      expect([door.live('users').length, door.live('auth').length]).toEqual([1, 0]);
    });

    test('invokes the alias and uses its answer', async () => {
      const resources: string[] = [];
      const run = await runSequence(definition, async ({ FunctionName, Payload }) => {
        resources.push(FunctionName);
        return Payload.service === 'auth'
          ? { value: { statusCode: 409, body: { superseded: true } } }
          : { value: { statusCode: 200, body: {} } };
      });

      expect(resources).toEqual([
        'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live',
        'arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live',
      ]);
      expect(run.end).toMatchObject({ status: 'FAILED', error: 'Superseded' });
    });

    test('succeeds after every service has started', async () => {
      const run = await runSequence(definition, async () => ({ value: { statusCode: 200, body: {} } }));

      expect(run.end).toEqual({ status: 'SUCCEEDED' });
      expect(run.visited.filter((state) => state.startsWith('Start '))).toEqual([
        'Start users',
        'Start auth',
        'Start reports',
        'Start pdf',
      ]);
    });

    test('retries exactly the retryable errors of the catalog', () => {
      const tried = Object.values(definition.States).flatMap(({ Retry = [] }) =>
        Retry.flatMap(({ ErrorEquals }) => ErrorEquals),
      );
      const ours = [...new Set(tried)].filter((name) => !/^(Lambda|Sandbox)\./.test(name)).sort();
      // SeveralFailed needs a request for several services, and a sequence starts each service on its own.
      const passing = Object.entries(errorCatalog).filter(
        ([code, { retryable }]) => retryable && code !== 'SeveralFailed',
      );
      expect(ours).toEqual(passing.map(([code]) => code).sort());
    });
  });
});

const groupArn = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/${name}/0123456789abcdef`;

const everything = {
  parameter_path: '/start-engines/dev',
  envelope: { clusters: [], task_families: [], task_role_arns: [], target_group_arns: [] },
  target_group_arns: { fa: groupArn('fa-dev') },
  defaults: {
    subnets: ['subnet-0a'],
    security_groups: ['sg-0a'],
    wait: 'running',
    start_timeout_seconds: 60,
    healthy_timeout_seconds: 30,
    drain_seconds: 5,
    environment: { REGION: 'east' },
    tags: { team: 'engines' },
    propagate_tags: 'NONE',
    enable_ecs_managed_tags: true,
    enable_execute_command: true,
    platform_version: '1.3.0',
  },
  services: {
    fa: {
      cluster: 'fa-cluster',
      task_definition: 'fa-engine-task:7',
      port: 2531,
      additional_target_groups: [{ arn: groupArn('theirs'), port: 2532 }],
      subnets: ['subnet-0b'],
      security_groups: ['sg-0b'],
      assign_public_ip: true,
      capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT', weight: 2, base: 1 }],
      container_name: 'engine',
      environment: { TRACE: '' },
      tags: { 'cost centre': '' },
      propagate_tags: 'TASK_DEFINITION',
      enable_execute_command: false,
      platform_version: '1.4.0',
      wait: 'healthy',
      start_timeout_seconds: 90,
      healthy_timeout_seconds: 45,
      drain_seconds: 0,
      depends_on: ['users'],
      exclusive_target_group: false,
      allow_overrides: {
        cluster: ['fa-cluster'],
        task_definition: ['fa-engine-task:*'],
        target_group_arn: [groupArn('fa-dev')],
        subnets: ['subnet-0c'],
        security_groups: ['sg-0c'],
        container_name: ['engine'],
        port: [2533],
        environment: ['TRACE'],
        start_timeout_seconds: [120],
      },
    },
  },
};
