import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayRun, whyNot } from '../../scripts/test/missing-program.ts';
import { type PlannedResource, planOf, type Values } from './support/planned.ts';
import { openTerraformFolder, type TerraformFolder } from './support/run-terraform.ts';

// Terraform review, findings 10, 13, 25, 26 and 32: boundary, path, names, keys and network reach every resource of the deployment.

const noTerraform = whyNot(['terraform', 'version']);
const timeout = 300_000;
const key = (name: string) => `arn:aws:kms:us-east-2:123456789012:key/${name}`;

describe.runIf(mayRun(noTerraform))(`a plan with every company rule${noTerraform}`, () => {
  let folder: TerraformFolder;
  let resources: readonly PlannedResource[];

  beforeAll(async () => {
    folder = await openTerraformFolder();
    ({ resources } = await planOf(folder, 'modules/start-engines', 'company-rules.tftest.hcl', 'follows_every_rule'));
  }, timeout);
  afterAll(() => folder[Symbol.asyncDispose]());

  const valuesOf = (type: string, name: string) =>
    resources.filter((one) => one.type === type).map(({ values }) => values[name]);
  const ofFunction = (name: string) =>
    resources
      .filter(({ address }) => address === 'module.lambda.aws_lambda_function.this')
      .map(({ values }) => values[name]);

  test('gives every role the permissions boundary and the path, and every managed policy the path', () => {
    expect(valuesOf('aws_iam_role', 'permissions_boundary')).toEqual(
      Array(5).fill('arn:aws:iam::123456789012:policy/boundary'),
    );
    expect(valuesOf('aws_iam_role', 'path')).toEqual(Array(5).fill('/platform/'));
    expect(valuesOf('aws_iam_policy', 'path')).toEqual(['/platform/']);
  });

  test('encrypts every queue, topic, log group, environment and mapping with its key', () => {
    expect(valuesOf('aws_sqs_queue', 'kms_master_key_id')).toEqual([key('queues'), key('queues')]);
    expect(valuesOf('aws_sns_topic', 'kms_master_key_id')).toEqual([key('topic')]);
    expect(valuesOf('aws_cloudwatch_log_group', 'kms_key_id')).toEqual(Array(3).fill(key('logs')));
    expect(ofFunction('kms_key_arn')).toEqual([key('environment')]);
    const mappings = resources.filter(({ address }) => address.includes('service_mappings.aws_ssm_parameter.this['));
    expect(mappings.map(({ values }) => [values.type, values.key_id])).toEqual([
      ['SecureString', key('parameters')],
      ['SecureString', key('parameters')],
    ]);
  });

  test('names the key of the parameters in the function’s environment, for the key that it creates', () => {
    const [environment] = ofFunction('environment') as [[{ variables: Values }]];
    expect(environment[0].variables.PARAMETER_KMS_KEY).toBe(key('parameters'));
  });

  test('begins every name with the prefix', () => {
    const withoutPrefix = resources
      // Parameters have a path. An alias belongs to its function, an inline policy to its role.
      .filter(({ type }) => !['aws_ssm_parameter', 'aws_lambda_alias', 'aws_iam_role_policy'].includes(type))
      .map(({ address, values }) => {
        const name = values.name ?? values.function_name ?? values.alarm_name ?? values.dashboard_name;
        return [address, String(name).split('/').at(-1)] as const;
      })
      .filter(([, name]) => name !== 'undefined' && name !== 'null' && !/^acme-/.test(name ?? ''));
    expect(withoutPrefix).toEqual([
      // Its name is a variable.
      ['module.eventbridge.aws_cloudwatch_event_bus.this[0]', 'engines'],
      ['module.http_api[0].aws_apigatewayv2_stage.default', '$default'],
      // Unique within its group.
      ['module.scheduler.aws_scheduler_schedule.this["reconcile"]', 'reconcile'],
    ]);
  });

  test('puts the function into the network', () => {
    const [network] = ofFunction('vpc_config') as [readonly Values[]];
    expect(network).toMatchObject([{ subnet_ids: ['subnet-0d1e2f30'], security_group_ids: ['sg-0d1e2f30'] }]);
  });
});
