locals {
  # Lambda's service writes these with the function's role; the function itself never calls them.
  written_by_lambda = concat(
    [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${var.log_group_arn}:*"] # The streams of this group: their names are Lambda's.
      },
      {
        Sid      = "TellFailures"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [var.failures_queue_arn]
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

  tasks = concat(
    [
      {
        Sid      = "RunTasks"
        Effect   = "Allow"
        Action   = ["ecs:RunTask"]
        Resource = [for family in var.task_families : "${local.ecs}:task-definition/${family}:*"] # Every revision.
        Condition = {
          ArnEquals = { "ecs:cluster" = var.cluster_arns }
        }
      },
      {
        Sid      = "LookAtAndStopTasks"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource = local.tasks_of_clusters # Which tasks there will be, nobody knows before.
        Condition = {
          ArnEquals = { "ecs:cluster" = var.cluster_arns }
        }
      },
      {
        Sid      = "MarkTasks"
        Effect   = "Allow"
        Action   = ["ecs:TagResource"]
        Resource = local.tasks_of_clusters
        Condition = {
          "ForAllValues:StringLike" = { "aws:TagKeys" = ["start-engines:*"] }
        }
      },
      {
        Sid      = "ListTasks"
        Effect   = "Allow"
        Action   = ["ecs:ListTasks"]
        Resource = ["*"] # The action's only resource is a container instance, and Fargate has none; the cluster is a condition.
        Condition = {
          ArnEquals = { "ecs:cluster" = var.cluster_arns }
        }
      },
      {
        # Where a mapping does not name the container, the task definition's first essential one is looked up.
        Sid      = "ReadTaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition"]
        Resource = ["*"] # The action takes no resource.
      },
    ],
    length(var.task_role_arns) == 0 ? [] : [
      {
        Sid      = "PassTaskRoles"
        Effect   = "Allow"
        Action   = ["iam:PassRole"]
        Resource = sort(var.task_role_arns)
        Condition = {
          StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" }
        }
      },
    ],
  )

  others = [
    {
      Sid      = "RegisterTargets"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
      Resource = var.target_group_arns
    },
    {
      Sid      = "ReadTargetHealth"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:DescribeTargetHealth"]
      Resource = ["*"] # The action takes no resource.
    },
    {
      Sid    = "ReadMappings"
      Effect = "Allow"
      Action = ["ssm:GetParameters", "ssm:GetParametersByPath"]
      # What stands below the workspace's path, and `<path>/services`, by which GetParametersByPath is authorised.
      Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}/*"]
    },
    {
      Sid    = "NoteStops"
      Effect = "Allow"
      Action = ["ssm:PutParameter"]
      # What a stop writes that found nothing to stop. Mappings cannot be written.
      Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}/stops/*"]
    },
    {
      Sid      = "TellOutcomes"
      Effect   = "Allow"
      Action   = ["events:PutEvents"]
      Resource = [var.event_bus_arn]
    },
  ]

  arn_prefix = {
    for service in ["ecs", "ssm"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  }
  ecs               = local.arn_prefix["ecs"]
  tasks_of_clusters = [for arn in var.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.written_by_lambda, local.tasks, local.others)
  })
}

data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "this" {
  name        = var.name
  description = "What the function of start-engines may do."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "start-engines"
  role   = aws_iam_role.this.id
  policy = local.policy

  lifecycle {
    precondition {
      condition     = length(local.policy) <= 10240
      error_message = "The role's policy has ${length(local.policy)} characters, and IAM takes 10240: spread the services over several workspaces, or allow fewer target groups, families and roles."
    }
  }
}
