import { DescribeTasksCommand, ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';

/**
 * A simple implementation: five calls with the same SDK clients, without any safeguards. The baseline of the cold
 * start.
 */
const ecs = new ECSClient({});
const balancers = new ElasticLoadBalancingV2Client({});
const parameters = new SSMClient({});

export async function handler({ service }: { readonly service: string }): Promise<unknown> {
  const Names = ['defaults', `services/${service}`].map((name) => `${process.env.PARAMETER_PATH}/${name}`);
  const { Parameters = [] } = await parameters.send(new GetParametersCommand({ Names }));
  const documents = Names.map((name) => Parameters.find((parameter) => parameter.Name === name)?.Value ?? '{}');
  const mapping = Object.assign({}, ...documents.map((document) => JSON.parse(document)));
  const { cluster, taskDefinition, port, targetGroupArn, subnets } = mapping;
  const started = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets } },
    }),
  );
  const taskArn = started.tasks?.[0]?.taskArn ?? '';
  const ip = await waitForAddress(cluster, taskArn);
  const Targets = [{ Id: ip, Port: port }];
  await balancers.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets }));
  const health = await balancers.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn, Targets }));
  const healthStatus = health.TargetHealthDescriptions?.[0]?.TargetHealth?.State;
  return { statusCode: 200, body: { taskArn, privateIp: ip, port, targetGroupArn, healthStatus } };
}

/** As short as our delay. A fixed poll of five seconds would dominate the measurement. */
async function waitForAddress(cluster: string, taskArn: string): Promise<string | undefined> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    const [task] = tasks ?? [];
    const details = task?.attachments?.flatMap((attachment) => attachment.details ?? []) ?? [];
    if (task?.lastStatus === 'RUNNING') return details.find(({ name }) => name === 'privateIPv4Address')?.value;
  }
}
