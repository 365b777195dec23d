# The role's permissions, built from names only. Names are known at plan time, so the plan rejects a policy that IAM would
# reject.
locals {
  arn_prefix = {
    for service in ["ecs", "events", "lambda", "logs", "sqs", "ssm"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }

  # The Lambda service uses these with the function's role. The function itself never calls them.
  written_by_lambda = concat(
    [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.arn_prefix["logs"]}:log-group:${var.log_group_name}:*"] # The log streams of this group, which Lambda names.
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
        Resource = ["*"] # These two actions support no resource.
      },
    ] : [],
    [
      for arn in var.queue_kms_key_arn[*] : {
        Sid       = "EncryptFailures"
        Effect    = "Allow"
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "sqs.${data.aws_region.current.id}.amazonaws.com" } }
      }
    ],
    [for statement in [
      {
        Sid      = "ConnectToVpc"
        Effect   = "Allow"
        Action   = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
        Resource = ["*"] # Lambda requires it: it creates network interfaces whose IDs are not known in advance.
      },
      {
        # For the Lambda service only, never for the function's own code.
        Sid       = "NotFromTheFunction"
        Effect    = "Deny"
        Action    = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
        Resource  = ["*"]
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = ["${local.arn_prefix["lambda"]}:function:${var.function_name}"] } }
      },
    ] : statement if var.vpc],
  )

  called = concat([
    {
      # One statement for running and listing tasks instead of a condition in each statement. This list cannot be split over
      # policies: a policy would deny the clusters that it does not list (docs/adr/0014).
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
      Resource = ["*"] # The only resource type is a container instance, which Fargate does not have. See NoOtherClusters.
    },
    {
      # Finds the container that exposes the port if the mapping does not name a container.
      Sid    = "ReadTaskDefinitions"
      Effect = "Allow"
      # AWS-061
      Action   = ["ecs:DescribeTaskDefinition"]
      Resource = ["*"] # The action supports no resource.
    },
    {
      # DescribeTargetGroups tells whether a group takes IPv4 or IPv6 addresses, for tasks with an IPv6 address.
      Sid    = "ReadTargetHealth"
      Effect = "Allow"
      # AWS-063
      Action   = ["elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTargetGroups"]
      Resource = ["*"] # The actions support no resource.
    },
    {
      # For a mapping's tags, which RunTask puts on the task. The condition holds only during RunTask, so NoOtherClusters
      # limits the clusters. Listing them here would make the policy longer with each cluster.
      Sid      = "TagNewTasks"
      Effect   = "Allow"
      Action   = ["ecs:TagResource"]
      Resource = ["${local.arn_prefix["ecs"]}:task/*"]
      Condition = {
        # AWS-062
        StringEquals = { "ecs:CreateAction" = "RunTask" }
      }
    },
    {
      Sid    = "ReadMappings"
      Effect = "Allow"
      Action = ["ssm:GetParameters", "ssm:GetParametersByPath"]
      # Covers the parameters below the workspace's path, and `<path>/services`, the resource of GetParametersByPath.
      Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}/*"]
    },
    {
      Sid    = "NoteStopsAndLaunches"
      Effect = "Allow"
      Action = ["ssm:PutParameter"]
      # Notes of stops that found no task, and claims of starts that may choose their cluster. Mappings are read-only.
      Resource = [for folder in ["stops", "launches"] : "${local.arn_prefix["ssm"]}:parameter${var.parameter_path}${local.contract.parameters[folder]}/*"]
    },
    {
      # Creates the key for launch facts, once per workspace. The aws/ssm key encrypts it, which needs no KMS statement.
      Sid      = "CreateLaunchKey"
      Effect   = "Allow"
      Action   = ["ssm:PutParameter"]
      Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}${local.contract.parameters.launchKey}"]
      Condition = {
        StringEquals = { "ssm:Overwrite" = "false" }
      }
    },
    {
      Sid      = "TellOutcomes"
      Effect   = "Allow"
      Action   = ["events:PutEvents"]
      Resource = ["${local.arn_prefix["events"]}:event-bus/${var.event_bus_name}"]
    },
    ], [
    for arn in var.parameter_kms_key_arn[*] : {
      # Decrypts mappings, and encrypts the key for launch facts once.
      Sid       = "UseParameterKey"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:Encrypt"]
      Resource  = [arn]
      Condition = { StringEquals = { "kms:ViaService" = "ssm.${data.aws_region.current.id}.amazonaws.com" } }
    }
  ])

  # Only for services that requests wake.
  routed = length(var.listener_rule_arns) == 0 ? [] : [
    {
      Sid      = "ReadRoutes"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:DescribeRules"]
      Resource = ["*"] # The action supports no resource.
    },
    {
      Sid    = "TurnRoutes"
      Effect = "Allow"
      # AWS-064
      Action   = ["elasticloadbalancing:ModifyRule"]
      Resource = var.listener_rule_arns
    },
    {
      # What the activator shows: whether the service is starting, paused or failed.
      Sid      = "TellActivator"
      Effect   = "Allow"
      Action   = ["ssm:PutParameter"]
      Resource = [for folder in ["activation", "pauses"] : "${local.arn_prefix["ssm"]}:parameter${var.parameter_path}${local.contract.parameters[folder]}/*"]
    },
  ]

  # Only for services that are stopped when they are idle.
  metered = !var.reads_metrics ? [] : [
    {
      Sid      = "CountRequests"
      Effect   = "Allow"
      Action   = ["cloudwatch:GetMetricData"]
      Resource = ["*"] # The action supports no resource.
    },
  ]

  # These lists grow with the services. The number of parts must be known at plan time; the items need not be.
  parts = max(1, var.managed_policies)

  lists = {
    families      = [for family in var.task_families : "${local.arn_prefix["ecs"]}:task-definition/${family}:*"] # Every revision.
    tasks         = [for arn in var.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]                   # Task IDs are not known in advance.
    roles         = var.task_role_arns
    target_groups = var.target_group_arns
  }

  # Splits each list into parts of equal length, in order, so that few items move when one is added.
  dealt = [
    for part in range(local.parts) : {
      for name, list in local.lists : name => [for index, item in list : item if floor(index * local.parts / length(list)) == part]
    }
  ]

  growing = [
    for part in local.dealt : [
      for statement in [
        {
          Sid    = "RunTasks"
          Effect = "Allow"
          # AWS-060
          Action   = ["ecs:RunTask"]
          Resource = part.families # Only in the envelope's clusters: see NoOtherClusters.
        },
        {
          Sid      = "UseTasks"
          Effect   = "Allow"
          Action   = ["ecs:DescribeTasks", "ecs:StopTask", "ecs:TagResource"]
          Resource = part.tasks
          Condition = {
            # Limits TagResource to our own keys. The other two actions have no tags, so the condition always holds for them.
            "ForAllValues:StringLike" = { "aws:TagKeys" = ["start-engines:*"] }
          }
        },
        {
          Sid    = "PassTaskRoles"
          Effect = "Allow"
          # AWS-065
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
    Statement = concat(local.written_by_lambda, local.called, local.routed, local.metered, [for statement in local.growing[0] : statement if var.managed_policies == 0])
  })

  managed_policies = [for part in range(var.managed_policies) : jsonencode({ Version = "2012-10-17", Statement = local.growing[part] })]
}
