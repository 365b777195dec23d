# What the role may do, by names alone: they are known at plan, so that a policy that IAM would refuse is refused there.
locals {
  arn_prefix = {
    for service in ["ecs", "events", "logs", "sqs", "ssm"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }

  # Lambda's service writes these with the function's role; the function itself never calls them.
  written_by_lambda = concat(
    [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.arn_prefix["logs"]}:log-group:${var.log_group_name}:*"] # The streams of this group: their names are Lambda's.
      },
      {
        Sid      = "TellFailures"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = ["${local.arn_prefix["sqs"]}:${var.failures_queue_name}"]
      },
    ],
    var.tracing ? [
      {
        Sid      = "Trace"
        Effect   = "Allow"
        Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        Resource = ["*"] # X-Ray knows no resource for these two.
      },
    ] : [],
  )

  called = [
    {
      # Said once for what runs and lists tasks, instead of as a condition of each such statement: of all lists it is the only
      # one that cannot be dealt out, because a cluster that one policy leaves out would be denied by it (docs/adr/0014).
      Sid      = "NoOtherClusters"
      Effect   = "Deny"
      Action   = ["ecs:ListTasks", "ecs:RunTask"]
      Resource = ["*"]
      Condition = {
        ArnNotEquals = { "ecs:cluster" = var.cluster_arns }
      }
    },
    {
      Sid      = "ListTasks"
      Effect   = "Allow"
      Action   = ["ecs:ListTasks"]
      Resource = ["*"] # The action's only resource is a container instance, and Fargate has none: see NoOtherClusters.
    },
    {
      # Where a mapping does not name the container, the one that exposes its port is looked up.
      Sid      = "ReadTaskDefinitions"
      Effect   = "Allow"
      Action   = ["ecs:DescribeTaskDefinition"]
      Resource = ["*"] # The action takes no resource.
    },
    {
      # The groups themselves are read for a task with an IPv6 address: which kind of address they take.
      Sid      = "ReadTargetHealth"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTargetGroups"]
      Resource = ["*"] # The actions take no resource.
    },
    {
      # A mapping's tags, which RunTask puts on the task. The condition holds during RunTask alone, so the clusters are those
      # in which tasks may be run: naming them here would make the policy longer with each cluster.
      Sid      = "TagNewTasks"
      Effect   = "Allow"
      Action   = ["ecs:TagResource"]
      Resource = ["${local.arn_prefix["ecs"]}:task/*"]
      Condition = {
        StringEquals = { "ecs:CreateAction" = "RunTask" }
      }
    },
    {
      Sid    = "ReadMappings"
      Effect = "Allow"
      Action = ["ssm:GetParameters", "ssm:GetParametersByPath"]
      # What stands below the workspace's path, and `<path>/services`, by which GetParametersByPath is authorised.
      Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}/*"]
    },
    {
      Sid    = "NoteStopsAndLaunches"
      Effect = "Allow"
      Action = ["ssm:PutParameter"]
      # What a stop writes that found nothing to stop, and a start that may choose its cluster. Mappings cannot be written.
      Resource = [for folder in ["stops", "launches"] : "${local.arn_prefix["ssm"]}:parameter${var.parameter_path}/${folder}/*"]
    },
    {
      Sid      = "TellOutcomes"
      Effect   = "Allow"
      Action   = ["events:PutEvents"]
      Resource = ["${local.arn_prefix["events"]}:event-bus/${var.event_bus_name}"]
    },
  ]

  # These lists grow with the services. Their number of parts must be known at plan, whatever is not known of their items.
  parts = max(1, var.managed_policies)

  lists = {
    families      = [for family in var.task_families : "${local.arn_prefix["ecs"]}:task-definition/${family}:*"] # Every revision.
    tasks         = [for arn in var.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]                   # Which tasks there will be, nobody knows before.
    roles         = var.task_role_arns
    target_groups = var.target_group_arns
  }

  # Each list in parts of one length, in its order, so that few items move when one is added.
  dealt = [
    for part in range(local.parts) : {
      for name, list in local.lists : name => [for index, item in list : item if floor(index * local.parts / length(list)) == part]
    }
  ]

  growing = [
    for part in local.dealt : [
      for statement in [
        {
          Sid      = "RunTasks"
          Effect   = "Allow"
          Action   = ["ecs:RunTask"]
          Resource = part.families # In the envelope's clusters: see NoOtherClusters.
        },
        {
          Sid      = "UseTasks"
          Effect   = "Allow"
          Action   = ["ecs:DescribeTasks", "ecs:StopTask", "ecs:TagResource"]
          Resource = part.tasks
          Condition = {
            # For marks. The other two actions have no tags, and of none this holds.
            "ForAllValues:StringLike" = { "aws:TagKeys" = ["start-engines:*"] }
          }
        },
        {
          Sid      = "PassTaskRoles"
          Effect   = "Allow"
          Action   = ["iam:PassRole"]
          Resource = part.roles
          Condition = {
            StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" }
          }
        },
        {
          Sid      = "RegisterTargets"
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
          Resource = part.target_groups
        },
      ] : statement if length(statement.Resource) > 0 # IAM refuses an empty list.
    ]
  ]

  inline_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.written_by_lambda, local.called, [for statement in local.growing[0] : statement if var.managed_policies == 0])
  })

  managed_policies = [for part in range(var.managed_policies) : jsonencode({ Version = "2012-10-17", Statement = local.growing[part] })]
}
