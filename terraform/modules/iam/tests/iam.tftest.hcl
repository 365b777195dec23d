mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  name               = "start-engines-lambda-role-dev"
  cluster_arns       = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"]
  task_families      = ["auth-api-task", "pdf-*"]
  task_role_arns     = ["arn:aws:iam::123456789012:role/ecs-task-execution"]
  target_group_arns  = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef"]
  parameter_path     = "/start-engines/dev"
  event_bus_arn      = "arn:aws:events:us-east-2:123456789012:event-bus/default"
  log_group_arn      = "arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/start-engines-lambda-dev"
  failures_queue_arn = "arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev"
}

run "may_do_just_this" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/start-engines-lambda-dev:*"]
      },
      {
        Sid      = "TellFailures"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = ["arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev"]
      },
      {
        Sid       = "RunTasks"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = ["arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:*", "arn:aws:ecs:us-east-2:123456789012:task-definition/pdf-*:*"]
        Condition = { ArnEquals = { "ecs:cluster" = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"] } }
      },
      {
        Sid       = "LookAtAndStopTasks"
        Effect    = "Allow"
        Action    = ["ecs:DescribeTasks", "ecs:StopTask"]
        Resource  = ["arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/*", "arn:aws:ecs:us-east-2:123456789012:task/pdf-cluster/*"]
        Condition = { ArnEquals = { "ecs:cluster" = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"] } }
      },
      {
        Sid       = "MarkTasks"
        Effect    = "Allow"
        Action    = ["ecs:TagResource"]
        Resource  = ["arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/*", "arn:aws:ecs:us-east-2:123456789012:task/pdf-cluster/*"]
        Condition = { "ForAllValues:StringLike" = { "aws:TagKeys" = ["start-engines:*"] } }
      },
      {
        Sid       = "ListTasks"
        Effect    = "Allow"
        Action    = ["ecs:ListTasks"]
        Resource  = ["*"]
        Condition = { ArnEquals = { "ecs:cluster" = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"] } }
      },
      {
        Sid      = "ReadTaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition"]
        Resource = ["*"]
      },
      {
        Sid       = "PassTaskRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = ["arn:aws:iam::123456789012:role/ecs-task-execution"]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "RegisterTargets"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"]
        Resource = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef"]
      },
      {
        Sid      = "ReadTargetHealth"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DescribeTargetHealth"]
        Resource = ["*"]
      },
      {
        Sid      = "ReadMappings"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/*"]
      },
      {
        Sid      = "NoteStops"
        Effect   = "Allow"
        Action   = ["ssm:PutParameter"]
        Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/stops/*"]
      },
      {
        Sid      = "TellOutcomes"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = ["arn:aws:events:us-east-2:123456789012:event-bus/default"]
      },
    ]
    error_message = "The policy is not what it was meant to be: ${aws_iam_role_policy.this.policy}"
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "Lambda and nobody else may take the role."
  }
}

run "passes_no_role_where_tasks_have_none" {
  command = plan
  variables {
    task_role_arns = []
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.this.policy, "iam:PassRole")
    error_message = "An empty list of resources would be refused."
  }
}

run "may_trace_only_when_said" {
  command = plan
  variables {
    tracing = true
  }

  assert {
    condition     = strcontains(aws_iam_role_policy.this.policy, "xray:PutTraceSegments")
    error_message = "Tracing needs its permissions."
  }
}

run "refuses_to_pass_any_role" {
  command = plan
  variables {
    task_role_arns = ["arn:aws:iam::123456789012:role/*"]
  }
  expect_failures = [var.task_role_arns]
}

run "refuses_to_run_any_task" {
  command = plan
  variables {
    task_families = ["*"]
  }
  expect_failures = [var.task_families]
}

run "refuses_a_revision_where_a_family_belongs" {
  command = plan
  variables {
    task_families = ["auth-api-task:3"]
  }
  expect_failures = [var.task_families]
}

run "refuses_clusters_by_pattern" {
  command = plan
  variables {
    cluster_arns = ["arn:aws:ecs:us-east-2:123456789012:cluster/*"]
  }
  expect_failures = [var.cluster_arns]
}

run "refuses_another_parameter_path" {
  command = plan
  variables {
    parameter_path = "/somebody-else"
  }
  expect_failures = [var.parameter_path]
}

run "refuses_a_policy_that_iam_would_not_take" {
  command = plan
  variables {
    target_group_arns = [for number in range(100) : "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-${number}-dev/0123456789abcdef"]
  }
  expect_failures = [aws_iam_role_policy.this]
}
