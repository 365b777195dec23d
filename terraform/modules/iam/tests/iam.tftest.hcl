mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  name                = "start-engines-lambda-role-dev"
  function_name       = "start-engines-lambda-dev"
  cluster_arns        = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"]
  task_families       = ["auth-api-task", "pdf-*"]
  task_role_arns      = ["arn:aws:iam::123456789012:role/ecs-task-execution"]
  target_group_arns   = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/*"]
  parameter_path      = "/start-engines/dev"
  event_bus_name      = "default"
  log_group_name      = "/aws/lambda/start-engines-lambda-dev"
  failures_queue_name = "start-engines-failures-dev"
  reads_metrics       = false
}

run "has_exactly_these_permissions" {
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
        Sid       = "NoOtherClusters"
        Effect    = "Deny"
        Action    = ["ecs:ListTasks", "ecs:RunTask"]
        Resource  = ["*"]
        Condition = { ArnNotEquals = { "ecs:cluster" = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster", "arn:aws:ecs:us-east-2:123456789012:cluster/pdf-cluster"] } }
      },
      {
        Sid      = "ListTasks"
        Effect   = "Allow"
        Action   = ["ecs:ListTasks"]
        Resource = ["*"]
      },
      {
        Sid      = "ReadTaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition"]
        Resource = ["*"]
      },
      {
        Sid      = "ReadTargetHealth"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTargetGroups"]
        Resource = ["*"]
      },
      {
        Sid       = "TagNewTasks"
        Effect    = "Allow"
        Action    = ["ecs:TagResource"]
        Resource  = ["arn:aws:ecs:us-east-2:123456789012:task/*"]
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid      = "ReadMappings"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/*"]
      },
      {
        Sid      = "NoteStopsAndLaunches"
        Effect   = "Allow"
        Action   = ["ssm:PutParameter"]
        Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/stops/*", "arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/launches/*"]
      },
      {
        Sid       = "CreateLaunchKey"
        Effect    = "Allow"
        Action    = ["ssm:PutParameter"]
        Resource  = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/keys/launch-facts"]
        Condition = { StringEquals = { "ssm:Overwrite" = "false" } }
      },
      {
        Sid      = "TellOutcomes"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = ["arn:aws:events:us-east-2:123456789012:event-bus/default"]
      },
      {
        Sid      = "RunTasks"
        Effect   = "Allow"
        Action   = ["ecs:RunTask"]
        Resource = ["arn:aws:ecs:us-east-2:123456789012:task-definition/auth-api-task:*", "arn:aws:ecs:us-east-2:123456789012:task-definition/pdf-*:*"]
      },
      {
        Sid       = "UseTasks"
        Effect    = "Allow"
        Action    = ["ecs:DescribeTasks", "ecs:StopTask", "ecs:TagResource"]
        Resource  = ["arn:aws:ecs:us-east-2:123456789012:task/auth-cluster/*", "arn:aws:ecs:us-east-2:123456789012:task/pdf-cluster/*"]
        Condition = { "ForAllValues:StringLike" = { "aws:TagKeys" = ["start-engines:*"] } }
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
        Resource = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/*"]
      },
    ]
    error_message = "The policy is not as expected: ${aws_iam_role_policy.this.policy}"
  }
  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "Only Lambda may assume the role."
  }
}

run "omits_pass_role_if_tasks_have_no_roles" {
  command = plan
  variables {
    task_role_arns = []
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.this.policy, "iam:PassRole")
    error_message = "IAM would reject an empty list of resources."
  }
}

run "permits_tracing_if_enabled" {
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

run "refuses_clusters_with_wildcards" {
  command = plan
  variables {
    cluster_arns = ["arn:aws:ecs:us-east-2:123456789012:cluster/*"]
  }
  expect_failures = [var.cluster_arns]
}

run "refuses_another_parameter_path" {
  command = plan
  variables {
    parameter_path = "/another-system"
  }
  expect_failures = [var.parameter_path]
}

run "splits_the_growing_lists_over_managed_policies" {
  command = plan
  variables {
    task_role_arns    = [for number in range(3) : "arn:aws:iam::123456789012:role/role-${number}"]
    target_group_arns = [for number in range(4) : "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-${number}-dev/*"]
    managed_policies  = 4
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid] == ["WriteLog", "TellFailures", "NoOtherClusters", "ListTasks", "ReadTaskDefinitions", "ReadTargetHealth", "TagNewTasks", "ReadMappings", "NoteStopsAndLaunches", "CreateLaunchKey", "TellOutcomes"]
    error_message = "The fixed statements and the clusters must stay inline: ${aws_iam_role_policy.this.policy}"
  }
  assert {
    condition = [for policy in aws_iam_policy.this : [for statement in jsondecode(policy.policy).Statement : [statement.Sid, [for resource in statement.Resource : replace(resource, "/^.*:/", "")]]]] == [
      [["RunTasks", ["*"]], ["UseTasks", ["task/auth-cluster/*"]], ["PassTaskRoles", ["role/role-0"]], ["RegisterTargets", ["targetgroup/service-0-dev/*"]]],
      [["PassTaskRoles", ["role/role-1"]], ["RegisterTargets", ["targetgroup/service-1-dev/*"]]],
      [["RunTasks", ["*"]], ["UseTasks", ["task/pdf-cluster/*"]], ["PassTaskRoles", ["role/role-2"]], ["RegisterTargets", ["targetgroup/service-2-dev/*"]]],
      [["RegisterTargets", ["targetgroup/service-3-dev/*"]]],
    ]
    error_message = "Every item must be in one of the policies, and no list may be empty: ${join("\n", aws_iam_policy.this[*].policy)}"
  }
  assert {
    condition     = length(aws_iam_role_policy_attachment.this) == 4 && aws_iam_policy.this[3].name == "start-engines-lambda-role-dev-4"
    error_message = "All policies must be attached to the role."
  }
}

# 100 services, each with its own cluster, family, role and target group.
run "holds_a_hundred_services" {
  command = plan
  variables {
    cluster_arns      = [for number in range(100) : "arn:aws:ecs:us-east-2:123456789012:cluster/service-with-a-name-${number}"]
    task_families     = [for number in range(100) : "service-with-a-name-${number}-task"]
    task_role_arns    = [for number in range(100) : "arn:aws:iam::123456789012:role/service-with-a-name-${number}-task"]
    target_group_arns = [for number in range(100) : "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-with-a-name-${number}-dev/*"]
    managed_policies  = 6
  }

  assert {
    condition     = length(aws_iam_role_policy.this.policy) == 8623
    error_message = "${length(aws_iam_role_policy.this.policy)} characters, and IAM allows 10240."
  }
  assert {
    condition     = max([for policy in aws_iam_policy.this : length(policy.policy)]...) == 5809
    error_message = "${max([for policy in aws_iam_policy.this : length(policy.policy)]...)} characters, and IAM allows 6144."
  }
}

# Exactly at the limits: the length of a family's name makes up the difference.
run "accepts_an_inline_policy_at_the_limit" {
  command = plan
  variables {
    task_families = concat([for number in range(110) : "family-${1000 + number}"], [join("", [for number in range(55) : "x"])])
  }

  assert {
    condition     = length(aws_iam_role_policy.this.policy) == 10240
    error_message = "${length(aws_iam_role_policy.this.policy)} characters."
  }
}

run "refuses_an_inline_policy_one_character_over_the_limit" {
  command = plan
  variables {
    task_families = concat([for number in range(110) : "family-${1000 + number}"], [join("", [for number in range(56) : "x"])])
  }
  expect_failures = [aws_iam_role_policy.this]
}

run "accepts_a_managed_policy_at_the_limit" {
  command = plan
  variables {
    task_families    = concat([for number in range(77) : "family-${1000 + number}"], [join("", [for number in range(80) : "x"])])
    managed_policies = 1
  }

  assert {
    condition     = length(aws_iam_policy.this[0].policy) == 6144
    error_message = "${length(aws_iam_policy.this[0].policy)} characters."
  }
}

run "refuses_a_managed_policy_one_character_over_the_limit" {
  command = plan
  variables {
    task_families    = concat([for number in range(77) : "family-${1000 + number}"], [join("", [for number in range(81) : "x"])])
    managed_policies = 1
  }
  expect_failures = [aws_iam_policy.this[0]]
}

run "refuses_more_clusters_than_fit_into_an_inline_policy" {
  command = plan
  variables {
    cluster_arns      = [for number in range(200) : "arn:aws:ecs:us-east-2:123456789012:cluster/cluster-${number}"]
    target_group_arns = [for number in range(10) : "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-${number}-dev/*"]
    managed_policies  = 10
  }
  expect_failures = [aws_iam_role_policy.this]
}

run "refuses_an_eleventh_managed_policy" {
  command = plan
  variables {
    target_group_arns = [for number in range(11) : "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-${number}-dev/*"]
    managed_policies  = 11
  }
  expect_failures = [var.managed_policies]
}

run "refuses_a_managed_policy_that_would_allow_nothing" {
  command = plan
  variables {
    managed_policies = 2
  }
  expect_failures = [var.managed_policies]
}

run "may_turn_listener_rules_only_with_wake" {
  command = plan
  variables {
    listener_rule_arns = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/*"]
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : jsonencode([statement.Action, statement.Resource]) if contains(["ReadRoutes", "TurnRoutes", "TellActivator"], statement.Sid)] == [
      jsonencode([["elasticloadbalancing:DescribeRules"], ["*"]]),
      jsonencode([["elasticloadbalancing:ModifyRule"], ["arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/*"]]),
      jsonencode([["ssm:PutParameter"], ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/activation/*", "arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/pauses/*"]]),
    ]
    error_message = "The function must be able to turn these rules only."
  }
}

run "may_not_turn_listener_rules_without_wake" {
  command = plan

  assert {
    condition     = !strcontains(aws_iam_role_policy.this.policy, "Rule") && !strcontains(aws_iam_role_policy.this.policy, "activation")
    error_message = "Without wake there must be no such permission."
  }
}
# Terraform review, findings 10, 25 and 26.
run "adds_statements_for_keys_and_a_vpc_only_if_there_are_any" {
  command = plan
  variables {
    permissions_boundary  = "arn:aws:iam::123456789012:policy/boundary"
    role_path             = "/platform/"
    managed_policies      = 1
    vpc                   = true
    queue_kms_key_arn     = "arn:aws:kms:us-east-2:123456789012:key/queues"
    parameter_kms_key_arn = "arn:aws:kms:us-east-2:123456789012:key/parameters"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this.path == "/platform/" && aws_iam_policy.this[0].path == "/platform/"
    error_message = "The role must have the boundary, and role and policy the path."
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Resource, jsonencode(try(statement.Condition, {}))] if contains(["EncryptFailures", "UseParameterKey", "ConnectToVpc", "NotFromTheFunction"], statement.Sid) } == {
      EncryptFailures    = ["Allow", ["kms:GenerateDataKey", "kms:Decrypt"], ["arn:aws:kms:us-east-2:123456789012:key/queues"], jsonencode({ StringEquals = { "kms:ViaService" = "sqs.us-east-2.amazonaws.com" } })]
      UseParameterKey    = ["Allow", ["kms:Decrypt", "kms:Encrypt"], ["arn:aws:kms:us-east-2:123456789012:key/parameters"], jsonencode({ StringEquals = { "kms:ViaService" = "ssm.us-east-2.amazonaws.com" } })]
      ConnectToVpc       = ["Allow", ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], ["*"], "{}"]
      NotFromTheFunction = ["Deny", ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], ["*"], jsonencode({ ArnEquals = { "lambda:SourceFunctionArn" = ["arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev"] } })]
    }
    error_message = "The statements for keys and the VPC are not as expected."
  }
}

run "may_read_metrics_only_for_services_that_are_stopped_when_idle" {
  command = plan
  variables {
    reads_metrics = true
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : jsonencode([statement.Action, statement.Resource]) if statement.Sid == "CountRequests"] == [jsonencode([["cloudwatch:GetMetricData"], ["*"]])]
    error_message = "The role must be able to read request counts, and nothing else of CloudWatch."
  }
}
