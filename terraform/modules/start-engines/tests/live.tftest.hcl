# The plan reads Parameter Store. Here a service's mapping differs from its variables.
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
  services = {
    auth = { cluster = "new-cluster", task_definition = "new-task", task_role_arns = ["arn:aws:iam::123456789012:role/new"], port = 9090, priority = 10 }
  }
}

override_data {
  target = data.aws_ssm_parameters_by_path.mappings
  values = {
    names = ["/start-engines/dev/services/auth", "/start-engines/dev/services/made-by-hand", "/start-engines/dev/services/removed"]
    values = [
      "{\"cluster\":\"old-cluster\",\"taskDefinition\":\"arn:aws:ecs:us-east-2:123456789012:task-definition/old-task:3\",\"port\":8080,\"targetGroupArn\":\"arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef\",\"allowOverrides\":{\"port\":[8081]}}",
      "{\"cluster\":\"hand-cluster\",\"taskDefinition\":\"hand-task\",\"port\":7070,\"targetGroups\":[{\"arn\":\"arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/hand/0123456789abcdef\"}]}",
      "{\"cluster\":\"removed-cluster\"}",
    ]
  }
}

override_data {
  target = data.aws_ssm_parameters_by_path.deployed
  values = {
    names = ["/start-engines/dev/deployed/auth", "/start-engines/dev/deployed/removed"]
    values = [
      "{\"subnets\":{\"now\":\"subnet-0e5f6071\",\"before\":[]},\"securityGroups\":{\"now\":\"sg-0a1b2c3d\",\"before\":[]},\"targetGroupArn\":{\"now\":\"arn\",\"before\":[]},\"taskRoleArns\":[\"arn:aws:iam::123456789012:role/old\"],\"priority\":10}",
      "{\"priority\":20}",
    ]
  }
}

# Terraform review, finding 3: permissions and ports followed only the variables.
run "permits_the_resources_of_live_mappings" {
  command = plan

  assert {
    condition     = jsonencode(output.envelope.clusters) == jsonencode(["hand-cluster", "new-cluster", "old-cluster"]) && jsonencode(output.envelope.task_families) == jsonencode(["hand-task", "new-task", "old-task"])
    error_message = "The envelope must cover the variables and the live mapping, but no service that this apply removes: ${jsonencode(output.envelope)}"
  }
  assert {
    condition     = jsonencode(output.envelope.task_role_arns) == jsonencode(["arn:aws:iam::123456789012:role/new", "arn:aws:iam::123456789012:role/old"])
    error_message = "The roles of the live mapping's task definition must stay: ${jsonencode(output.envelope.task_role_arns)}"
  }
  assert {
    condition     = contains(output.envelope.target_group_arns, "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/hand/0123456789abcdef") && !contains(output.envelope.target_group_arns, "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef")
    error_message = "Existing target groups must be listed by ARN, new ones by name."
  }
  assert {
    condition     = jsonencode(local.live.ports) == jsonencode({ auth = [8080, 8081], "made-by-hand" = [7070] })
    error_message = "The load balancer must reach the ports of the live mapping."
  }
  expect_failures = [check.mappings]
}

run "does_not_warn_if_mappings_and_variables_agree" {
  command = plan
  override_data {
    target = data.aws_ssm_parameters_by_path.mappings
    values = { names = ["/start-engines/dev/services/auth"], values = ["{\"cluster\":\"new-cluster\",\"port\":9090,\"taskDefinition\":\"new-task\",\"subnets\":[\"subnet-old\"]}"] }
  }

  assert {
    condition     = jsonencode(output.envelope.task_role_arns) == jsonencode(["arn:aws:iam::123456789012:role/new"])
    error_message = "The old roles must be removed after the mapping is replaced."
  }
}
