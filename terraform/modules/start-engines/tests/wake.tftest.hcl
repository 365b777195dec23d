# Services that requests wake (docs/terraform.md, "Wake").
mock_provider "aws" {
  override_during = plan

  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef", arn_suffix = "targetgroup/auth-dev/0123456789abcdef" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0a1b2c3d" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/start-engines-dev/0123456789abcdef", arn_suffix = "app/start-engines-dev/0123456789abcdef" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/start-engines-dev/0123456789abcdef/0123456789abcdef" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-2:123456789012:start-engines-queue-dev" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-2:123456789012:log-group:/aws/lambda/start-engines-lambda-dev" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-2:123456789012:rule/start-engines" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/start-engines-role-dev" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { version = "1" }
  }
  mock_resource "aws_scheduler_schedule_group" {
    defaults = { arn = "arn:aws:scheduler:us-east-2:123456789012:schedule-group/start-engines-dev" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-2:123456789012:start-engines-dev-alarms" }
  }
  mock_resource "aws_lb_listener_rule" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/0123456789abcdef/0123456789abcdef/0123456789abcdef" }
  }
  mock_data "aws_lb_listener" {
    defaults = { load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/theirs/0123456789abcdef" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_ssm_parameters_by_path" {
    defaults = { names = [], values = [] }
  }
}

variables {
  workspace     = "dev"
  vpc_id        = "vpc-0a1b2c3d"
  task_subnets  = ["subnet-0a1b2c3d"]
  load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  function      = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
  activator     = { package_path = "./versions.tf", settle_seconds = 25 }
  services = {
    auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = { ignore_paths = ["/api/auth/health"], hold_seconds = 10, title = "Auth" }, idle = { after_seconds = 900 }, lease_seconds = 3600 }
    pdf  = { cluster = "c", task_definition = "t", task_role_arns = [], port = 9080, priority = 20 }
  }
}

run "creates_the_activator_and_the_documents_of_services_with_wake" {
  command = plan

  assert {
    condition     = length(module.activator) == 1 && jsonencode(local.listener_rule_arns) == jsonencode(["arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/*"])
    error_message = "There must be one activator, and the function may turn only the rules of its own load balancer."
  }
  assert {
    condition = { for key, value in jsondecode(output.mapping_documents["services/auth"]) : key => jsonencode(value) if contains(["listenerRuleArn", "wake", "idle", "leaseSeconds"], key) } == {
      listenerRuleArn = jsonencode("arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/0123456789abcdef/0123456789abcdef/0123456789abcdef")
      wake            = jsonencode({ paths = ["/api/auth"], ignorePaths = ["/api/auth/health"], holdSeconds = 10, title = "Auth" })
      idle            = jsonencode({ afterSeconds = 900 })
      leaseSeconds    = "3600"
    }
    error_message = "The mapping must name the rule and the wake settings: ${output.mapping_documents["services/auth"]}"
  }
  assert {
    condition     = length(setintersection(keys(jsondecode(output.mapping_documents["services/pdf"])), ["listenerRuleArn", "wake", "idle", "leaseSeconds"])) == 0
    error_message = "A service without wake must not mention it."
  }
}

run "creates_nothing_additional_without_wake" {
  command = plan
  variables {
    services = { pdf = { cluster = "c", task_definition = "t", task_role_arns = [], port = 9080, priority = 20 } }
  }

  assert {
    condition     = length(module.activator) == 0 && length(local.listener_rule_arns) == 0
    error_message = "There must be no activator and no permission for rules."
  }
}

run "permits_only_the_services_own_rules_of_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", security_groups = ["sg-0e5f6071"] }
  }

  assert {
    condition     = jsonencode(local.listener_rule_arns) == jsonencode(["arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/start-engines-dev/0123456789abcdef/0123456789abcdef/0123456789abcdef"])
    error_message = "Other rules of the listener belong to others."
  }
}

run "refuses_stickiness_with_wake" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = {}, stickiness_seconds = 60 } }
  }
  expect_failures = [var.services]
}

run "refuses_idle_without_wake" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, idle = { after_seconds = 900 } } }
  }
  expect_failures = [var.services]
}

run "refuses_an_idle_time_below_five_minutes" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = {}, idle = { after_seconds = 299 } } }
  }
  expect_failures = [var.services]
}

run "refuses_ignored_requests_that_would_wake" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = {}, idle = { after_seconds = 900, ignore_requests = 5 } } }
  }
  expect_failures = [var.services]
}

run "refuses_a_hold_over_25_seconds" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = { hold_seconds = 26 } } }
  }
  expect_failures = [var.services]
}

run "refuses_a_lease_under_a_minute" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, lease_seconds = 59 } }
  }
  expect_failures = [var.services]
}

run "refuses_an_additional_target_group_without_a_rule" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10, wake = {}, additional_target_groups = [{ arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/theirs/0123456789abcdef" }] } }
  }
  expect_failures = [var.services]
}

run "refuses_two_activator_packages" {
  command = plan
  variables {
    activator = { package_path = "./versions.tf", package_s3 = { bucket = "b", key = "k", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }
  }
  expect_failures = [var.activator]
}
