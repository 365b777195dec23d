mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/start-engines-activator-role-dev" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { version = "3" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-activator-dev:live" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/start-engines-wake-dev/0123456789abcdef" }
  }
}

variables {
  name              = "start-engines-activator-dev"
  role_name         = "start-engines-activator-role-dev"
  target_group_name = "start-engines-wake-dev"
  workspace         = "dev"
  parameter_path    = "/start-engines/dev"
  event_bus_name    = "default"
  wake_rule_name    = "start-engines-wake-dev"
  alarm_prefix      = "start-engines-dev"
  package_path      = "./versions.tf" # Any file works: nothing is uploaded.
  runtime           = "nodejs22.x"
}

run "runs_behind_the_load_balancer" {
  command = plan

  assert {
    condition     = aws_lb_target_group.this.target_type == "lambda" && aws_lb_target_group.this.lambda_multi_value_headers_enabled && !aws_lb_target_group.this.health_check[0].enabled
    error_message = "The target group must pass multi-value headers and must not check the function's health."
  }
  assert {
    condition     = aws_lb_target_group_attachment.this.target_id == "arn:aws:lambda:us-east-2:123456789012:function:start-engines-activator-dev:live" && aws_lambda_permission.load_balancer.qualifier == "live" && aws_lambda_permission.load_balancer.source_arn == "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/start-engines-wake-dev/0123456789abcdef"
    error_message = "Only this target group may invoke the alias."
  }
  assert {
    condition     = aws_lambda_function.this.timeout == 30 && aws_lambda_function.this.environment[0].variables == tomap({ PARAMETER_PATH = "/start-engines/dev", EVENT_BUS_NAME = "default", WORKSPACE = "dev" })
    error_message = "The function must have the activator's environment, and outlast a held request."
  }
}

run "may_only_read_mappings_and_put_one_kind_of_event" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      { Sid = "WriteLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/start-engines-activator-dev:*"] },
      { Sid = "ReadMappings", Effect = "Allow", Action = ["ssm:GetParametersByPath"], Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/services"] },
      { Sid = "ReadActivations", Effect = "Allow", Action = ["ssm:GetParameters"], Resource = ["arn:aws:ssm:us-east-2:123456789012:parameter/start-engines/dev/activation/*"] },
      {
        Sid       = "WakeServices", Effect = "Allow", Action = ["events:PutEvents"], Resource = ["arn:aws:events:us-east-2:123456789012:event-bus/default"]
        Condition = { StringEquals = { "events:source" = "start-engines.activator", "events:detail-type" = "Wake ECS Service" } }
      },
    ]
    error_message = "The role must have no other permission."
  }
}

run "has_alarms" {
  command = plan
  variables {
    alarm_topic_arns    = ["arn:aws:sns:us-east-2:123456789012:start-engines-dev-alarms"]
    most_wakes_per_hour = 20
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${alarm.threshold}" } == { activator-errors = "AWS/Lambda Errors 0", activator-throttles = "AWS/Lambda Throttles 0", wakes-per-hour = "AWS/Events TriggeredRules 20", failed-wakes = "AWS/Events FailedInvocations 0" }
    error_message = "Errors, throttles, wakes per hour and failed wakes must have alarms."
  }
}

run "has_no_alarms_if_disabled" {
  command = plan
  variables {
    alarms_enabled = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "There must be no alarm."
  }
}

run "refuses_a_reserved_concurrency_below_100" {
  command = plan
  variables {
    reserved_concurrency = 99
  }
  expect_failures = [var.reserved_concurrency]
}

run "refuses_a_missing_zip" {
  command = plan
  variables {
    package_path = "./nothing.zip"
  }
  expect_failures = [aws_lambda_function.this]
}
