import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, CreateServiceCommand, DeregisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteRuleCommand,
  DeregisterTargetsCommand,
  ModifyRuleCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { registerTaskDefinition } from '../../scripts/world/seed-world.ts';
import { type DoctorWorld, service } from './doctor-world.ts';

const paths = (...Values: string[]) => [{ Field: 'path-pattern', PathPatternConfig: { Values } }];

/** A planted fault, and doctor's report on it. */
export interface Fault {
  readonly what: string;
  readonly service: string;
  readonly plant: (world: DoctorWorld) => Promise<unknown>;
  readonly link: string;
  readonly summary: RegExp;
  readonly evidence?: RegExp;
  /** Further links that are also broken. */
  readonly also?: readonly string[];
  /** Links that are broken only because of this one. */
  readonly symptoms?: readonly string[];
  readonly mend: RegExp;
  /** Whether the suggested commands fix it without changes. */
  readonly isFixed?: true;
}

/** In any order: each has its own service. */
export const faults: readonly Fault[] = [
  {
    what: 'R53: a rule for /api/half/* alone, which does not match /api/half',
    service: 'half',
    async plant(world) {
      const { RuleArn } = await world.ruleOf('half');
      await world.elb.send(new ModifyRuleCommand({ RuleArn, Conditions: paths('/api/half/*') }));
    },
    link: 'listener-rule',
    summary: /^start-engines-dev \(HTTP 80\) does not route \/api\/half to the service$/,
    evidence: /^\/api\/half is matched by rule default: fixed response 404$/,
    mend: /^aws elbv2 modify-rule --rule-arn \S+ --conditions "Field=path-pattern,Values=\/api\/half\/\*,\/api\/half"/,
    isFixed: true,
  },
  {
    what: 'a deleted rule',
    service: 'lost',
    async plant(world) {
      const { RuleArn } = await world.ruleOf('lost');
      await world.elb.send(new DeleteRuleCommand({ RuleArn }));
    },
    link: 'listener-rule',
    summary: /^no rule of start-engines-dev \(HTTP 80\) routes \/api\/lost to lost-tg$/,
    symptoms: ['targets'],
    mend: /^aws elbv2 create-rule --listener-arn \S+ --priority \d+ --conditions "Field=path-pattern,Values=\/api\/lost,\/api\/lost\/\*" --actions Type=forward,TargetGroupArn=\S+/,
    isFixed: true,
  },
  {
    what: 'another rule that comes first',
    service: 'shadowed',
    async plant(world) {
      const { ListenerArn, RuleArn } = await world.ruleOf('shadowed');
      await world.elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 900 }] }));
      const FixedResponseConfig = { StatusCode: '503' };
      const Actions = [{ Type: 'fixed-response' as const, FixedResponseConfig }];
      await world.elb.send(
        new CreateRuleCommand({ ListenerArn, Priority: 800, Conditions: paths('/api/sha*'), Actions }),
      );
    },
    link: 'listener-rule',
    summary: /^another rule of start-engines-dev \(HTTP 80\) matches \/api\/shadowed before the service's own rule$/,
    evidence: /^rule 800 \(\/api\/sha\*\) comes first: fixed response 503$/,
    mend: /^aws elbv2 set-rule-priorities --rule-priorities RuleArn=\S+,Priority=799/,
    isFixed: true,
  },
  {
    what: 'another rule that comes first and matches by a regular expression',
    service: 'patterned',
    async plant(world) {
      const { ListenerArn, RuleArn } = await world.ruleOf('patterned');
      await world.elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 910 }] }));
      const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/api/pat[a-z]+(/.*)?$'] } }];
      const Actions = [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '503' } }];
      await world.elb.send(new CreateRuleCommand({ ListenerArn, Priority: 810, Conditions, Actions }));
    },
    link: 'listener-rule',
    summary: /^another rule of start-engines-dev \(HTTP 80\) matches \/api\/patterned before the service's own rule$/,
    evidence: /^rule 810 \(regular expression \^\/api\/pat\[a-z\]\+\(\/\.\*\)\?\$\) comes first: fixed response 503$/,
    mend: /^aws elbv2 set-rule-priorities --rule-priorities RuleArn=\S+,Priority=809/,
    isFixed: true,
  },
  {
    what: 'a mapping that names a target group which does not exist',
    service: 'no-group',
    plant: (world) =>
      world.door.putMapping(service('no-group'), {
        targetGroupArn: world.group('no-group').replace('no-group', 'gone'),
      }),
    link: 'target-group',
    also: ['envelope'],
    summary: /^the target group gone-tg does not exist$/,
    symptoms: ['task'],
    mend: /^engines mappings edit no-group/,
  },
  {
    what: 'a target group of type instance',
    service: 'instances',
    async plant(world) {
      const input = {
        Name: 'instances',
        Protocol: 'HTTP',
        Port: 8080,
        VpcId: 'vpc-1',
        TargetType: 'instance',
      } as const;
      const { TargetGroups } = await world.elb.send(new CreateTargetGroupCommand(input));
      const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
      await world.door.putMapping(service('instances'), { targetGroupArn });
    },
    link: 'target-group',
    also: ['envelope'],
    summary: /^the target group instances is of type instance, and tasks need type ip$/,
    mend: /^engines mappings edit instances/,
  },
  {
    what: 'R49: an ECS service with the same target group',
    service: 'rival',
    plant: (world) =>
      world.door.clients.ecs.send(
        new CreateServiceCommand({
          cluster: 'auth-cluster',
          serviceName: 'old-rival',
          taskDefinition: 'rival-task',
          desiredCount: 0,
          loadBalancers: [{ targetGroupArn: world.group('rival'), containerName: 'rival', containerPort: 8080 }],
        }),
      ),
    link: 'control-plane',
    summary: /^the ECS service old-rival also manages rival-tg$/,
    mend: /^aws ecs update-service --cluster auth-cluster --service old-rival --load-balancers "\[\]"/,
    isFixed: true,
  },
  {
    what: 'a task in a zone that the load balancer does not use',
    service: 'zoned',
    async plant(world) {
      const zone = { VpcId: 'vpc-1', CidrBlock: '10.99.1.0/24', AvailabilityZone: 'us-east-2c' };
      const { Subnet } = await world.door.clients.ec2.send(new CreateSubnetCommand(zone));
      await world.door.putMapping(service('zoned'), { subnets: [Subnet?.SubnetId] });
      await world.start({ service: 'zoned' });
      await world.becomes('zoned', 'unused Target.NotInUse');
    },
    link: 'zones',
    summary: /^the task is in us-east-2c, but start-engines-dev is not$/,
    symptoms: ['targets'],
    mend: /^aws elbv2 set-subnets --load-balancer-arn \S+ --subnets subnet-\S+ subnet-\S+ subnet-\S+/,
    isFixed: true,
  },
  {
    what: 'a security group that blocks the load balancer',
    service: 'walled',
    async plant(world) {
      const { ec2 } = world.door.clients;
      const create = new CreateSecurityGroupCommand({ GroupName: 'walled', Description: 'walled' });
      const { GroupId } = await ec2.send(create);
      const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...ssh }));
      await world.door.putMapping(service('walled'), { securityGroups: [GroupId] });
      await world.start({ service: 'walled' });
      await world.becomes('walled', 'unhealthy Target.Timeout');
    },
    link: 'security-groups',
    summary: /^the task's security group does not let start-engines-dev in on port 8080$/,
    evidence: /^sg-\S+ \(walled\) lets in tcp 22 \(10\.0\.0\.0\/8\)$/,
    symptoms: ['targets'],
    mend: /^aws ec2 authorize-security-group-ingress --group-id sg-\S+ --protocol tcp --port 8080 --source-group sg-\S+/,
    isFixed: true,
  },
  {
    what: 'a container that answers its health check with an error',
    service: 'ill',
    async plant(world) {
      await world.door.putMapping(service('ill'), { environment: { UNHEALTHY: 'true' } });
      await world.start({ service: 'ill' });
      await world.becomes('ill', 'unhealthy Target.ResponseCodeMismatch');
    },
    link: 'targets',
    summary: /^10\.\S+:8080 is unhealthy \(Target\.ResponseCodeMismatch\) in ill-tg$/,
    evidence: /^health check: GET \/health on port 8080, expecting 200 within 2 s$/,
    mend: /^aws elbv2 modify-target-group --target-group-arn \S+ --health-check-path/,
  },
  {
    what: 'a port that the container does not use',
    service: 'port',
    async plant(world) {
      await world.door.putMapping(service('port'), { port: 8082 });
      await world.start({ service: 'port' });
      await world.becomes('port', 'unhealthy Target.FailedHealthChecks');
    },
    link: 'task-definition',
    summary: /^no container of port-task:1 exposes port 8082 of the mapping$/,
    evidence: /^port: 8080$/,
    symptoms: ['targets'],
    mend: /^engines mappings edit port/,
  },
  {
    what: 'a task definition that was deregistered',
    service: 'retired',
    async plant(world) {
      await world.door.invoke({ action: 'stop', service: 'retired' });
      const taskDefinition = 'retired-task:1';
      await world.door.clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    },
    link: 'task-definition',
    summary: /^the task definition retired-task does not exist$/,
    symptoms: ['targets', 'task'],
    mend: /^engines mappings edit retired/,
  },
  {
    what: 'an image that cannot be pulled',
    service: 'reports',
    plant: (world) => world.startInVain('reports'),
    link: 'last-stop',
    summary: /^the last task ended on its own: CannotPullContainerError$/,
    symptoms: ['targets', 'task'],
    mend: /^engines start reports/,
  },
  {
    what: 'a container that exits',
    service: 'crashed',
    async plant(world) {
      const variables = { EXIT_AFTER_MS: '1', EXIT_CODE: '3' };
      await registerTaskDefinition(world.door.clients, service('crashed'), variables);
      await world.startInVain('crashed');
    },
    link: 'last-stop',
    summary: /^the last task ended on its own: crashed exited with 3$/,
    evidence: /^[0-9a-f]{32}: EssentialContainerExited: Essential container in task exited$/,
    symptoms: ['targets', 'task'],
    mend: /^engines start crashed/,
  },
  {
    what: 'a service that was never requested',
    service: 'unasked',
    plant: async () => {},
    link: 'task',
    summary: /^no task of the service runs$/,
    evidence: /^ECS knows of no task in the last hour$/,
    symptoms: ['targets'],
    mend: /^engines start unasked/,
    isFixed: true,
  },
  {
    what: 'a service that an operator has stopped',
    service: 'stopped',
    plant: (world) => world.door.invoke({ action: 'stop', service: 'stopped' }),
    link: 'task',
    summary: /^no task of the service runs$/,
    evidence: /^a stop was requested .* ago and carried out$/,
    symptoms: ['targets'],
    mend: /^engines start stopped/,
    isFixed: true,
  },
  {
    what: 'a target without a task',
    service: 'stale',
    plant: (world) =>
      world.elb.send(
        new RegisterTargetsCommand({ TargetGroupArn: world.group('stale'), Targets: [{ Id: '10.200.0.9' }] }),
      ),
    link: 'targets',
    summary: /^10\.200\.0\.9:8080 in stale-tg belongs to no running task of the service$/,
    mend: /^engines reconcile/,
    isFixed: true,
  },
  {
    what: 'a task that was deregistered by hand',
    service: 'forgotten',
    async plant(world) {
      const [target] = world.door.sandbox.elb.targets(world.group('forgotten'));
      const Targets = [{ Id: target?.id, Port: target?.port }];
      await world.elb.send(new DeregisterTargetsCommand({ TargetGroupArn: world.group('forgotten'), Targets }));
    },
    link: 'targets',
    summary: /^the task runs but is not registered in forgotten-tg$/,
    mend: /^engines reconcile/,
    isFixed: true,
  },
  {
    what: 'a mapping whose newest version is invalid',
    service: 'edited',
    plant: (world) => world.door.putMapping(service('edited'), { port: '8080', prot: 1 }),
    link: 'mapping',
    summary: /^the newest mapping is invalid, and an older one is used: version 1, defaults version 1$/,
    evidence: /^\/start-engines\/dev\/services\/edited version 2: prot: is an unknown key$/,
    mend: /^engines mappings edit edited/,
  },
  {
    what: 'a task definition that the function may not run',
    service: 'strange',
    async plant(world) {
      await registerTaskDefinition(world.door.clients, { ...service('strange'), family: 'stranger' });
      await world.door.putMapping(service('strange'), { taskDefinition: 'stranger' });
    },
    link: 'envelope',
    summary: /^the function's role may not access stranger, which the mapping names$/,
    evidence: /^the envelope is published in \/start-engines\/dev\/envelope$/,
    mend: /^Add "stranger" to the Terraform variable allowed_task_families, and apply the workspace;$/,
  },
  {
    what: 'a cluster that the function does not read',
    service: 'outside',
    async plant(world) {
      await world.door.clients.ecs.send(new CreateClusterCommand({ clusterName: 'batch-cluster-2' }));
      await world.door.putMapping(service('outside'), { cluster: 'batch-cluster-2' });
    },
    link: 'envelope',
    summary: /^the function does not read the cluster batch-cluster-2, in which the mapping starts the task$/,
    mend: /^Add "batch-cluster-2" to the Terraform variable allowed_clusters, and apply the workspace\.$/,
  },
];
