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
  mock_data "aws_ssm_parameters_by_path" {
    defaults = { names = [], values = [] }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/start-engines-dev/0123456789abcdef", arn_suffix = "app/start-engines-dev/0123456789abcdef" }
  }
  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/start-engines-dev/0123456789abcdef/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/some-dev/0123456789abcdef", arn_suffix = "targetgroup/some-dev/0123456789abcdef" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0a1b2c3d" }
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
}

# tests/terraform/operator-policies.test.ts uses these policies in a sandbox, and compares them with docs/policies.
variables {
  workspace     = "dev"
  vpc_id        = "vpc-0a1b2c3d"
  task_subnets  = ["subnet-0a1b2c3d"]
  load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d", ingress_cidrs = ["0.0.0.0/0"] }
  function      = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
  services = {
    auth = {
      cluster         = "auth-cluster"
      task_definition = "auth-api-task"
      task_role_arns  = ["arn:aws:iam::123456789012:role/auth-task"]
      port            = 8080
      priority        = 10
    }
  }
}

run "publishes_the_policies_of_operators" {
  command = plan

  assert {
    condition     = alltrue([for policy in output.operator_policies : length(policy) <= 6144])
    error_message = "Each must fit into a managed policy."
  }
}

run "adds_permissions_for_the_key_of_the_mappings" {
  command = plan
  variables {
    kms_keys = { parameters = "arn:aws:kms:us-east-2:123456789012:key/parameters" }
  }

  assert {
    condition     = [for statement in jsondecode(output.operator_policies.edit_mappings).Statement : statement.Action if contains(["ReadKeyOfMapping", "EncryptMappings"], statement.Sid)] == [["ssm:DescribeParameters"], ["kms:Encrypt"]]
    error_message = "Editors must be allowed to encrypt."
  }
  assert {
    condition     = [for statement in jsondecode(output.operator_policies.read).Statement : statement.Resource if statement.Sid == "DecryptMappings"] == [["arn:aws:kms:us-east-2:123456789012:key/parameters"]]
    error_message = "Readers must be allowed to decrypt."
  }
}
