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

# terraform test: every name contains the workspace.
variables {
  workspace     = "dev"
  vpc_id        = "vpc-0a1b2c3d"
  task_subnets  = ["subnet-0a1b2c3d"]
  load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  function      = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
  services = {
    auth = {
      cluster         = "auth-cluster"
      task_definition = "auth-api-task:3"
      task_role_arns  = ["arn:aws:iam::123456789012:role/auth-task"]
      port            = 8080
      priority        = 10
    }
  }
}

run "names_everything_after_the_workspace" {
  command = plan

  assert {
    condition     = output.function_name == "start-engines-lambda-dev" && output.parameter_path == "/start-engines/dev" && output.dashboard_name == "start-engines-dev"
    error_message = "The workspace must be in all names."
  }
  assert {
    condition     = jsonencode(output.envelope.clusters) == jsonencode(["auth-cluster"]) && jsonencode(output.envelope.task_families) == jsonencode(["auth-api-task"]) && jsonencode(output.envelope.task_role_arns) == jsonencode(["arn:aws:iam::123456789012:role/auth-task"])
    error_message = "The envelope must cover the services, without revisions."
  }
  assert {
    condition     = local.timeout_seconds == 495
    error_message = "The timeout must be 300 s to run, 120 s to be healthy, 15 s to drain and a minute."
  }
  assert {
    condition     = output.http_api_url == null && length(output.state_machine_arns) == 0
    error_message = "Both must be optional."
  }
}

run "sets_the_timeout_for_the_longest_start" {
  command = plan
  variables {
    mapping_defaults = { healthy_timeout_seconds = 60, drain_seconds = 0 }
    services = {
      auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], port = 8080, priority = 10, start_timeout_seconds = 100, allow_overrides = { start_timeout_seconds = [200] } }
      pdf  = { cluster = "pdf-cluster", task_definition = "pdf-task", task_role_arns = [], port = 9080, priority = 20, start_timeout_seconds = 90 }
    }
  }

  assert {
    condition     = local.timeout_seconds == 320
    error_message = "The timeout must be 200 s to run (the largest permitted override), 60 s to be healthy, 0 s to drain and a minute."
  }
}

# Terraform review, finding 19: one invocation starts a service and its dependencies.
run "sets_the_timeout_for_the_longest_dependency_chain" {
  command = plan
  variables {
    mapping_defaults = { start_timeout_seconds = 100, healthy_timeout_seconds = 50, drain_seconds = 10 }
    services = {
      users = { cluster = "c", task_definition = "users", task_role_arns = [], port = 8080, priority = 10 }
      auth  = { cluster = "c", task_definition = "auth", task_role_arns = [], port = 8080, priority = 20, depends_on = ["users"] }
      pdf   = { cluster = "c", task_definition = "pdf", task_role_arns = [], port = 8080, priority = 30, depends_on = ["users", "auth"] }
    }
  }

  assert {
    condition     = local.timeout_seconds == 540
    error_message = "The timeout must be 160 s for each of users, auth and pdf, and a minute: ${local.timeout_seconds}"
  }
}

run "warns_about_a_dependency_chain_over_lambdas_maximum" {
  command = plan
  variables {
    services = {
      users = { cluster = "c", task_definition = "users", task_role_arns = [], port = 8080, priority = 10 }
      auth  = { cluster = "c", task_definition = "auth", task_role_arns = [], port = 8080, priority = 20, depends_on = ["users"] }
    }
  }
  expect_failures = [check.dependency_chains]
}

run "refuses_a_dependency_cycle" {
  command = plan
  variables {
    services = {
      users = { cluster = "c", task_definition = "users", task_role_arns = [], port = 8080, priority = 10, depends_on = ["auth"] }
      auth  = { cluster = "c", task_definition = "auth", task_role_arns = [], port = 8080, priority = 20, depends_on = ["users"] }
    }
  }
  expect_failures = [data.aws_partition.current, check.dependency_chains]
}

run "covers_ten_levels_of_dependencies" {
  command = plan
  variables {
    mapping_defaults = { start_timeout_seconds = 30, healthy_timeout_seconds = 20, drain_seconds = 0 }
    services = {
      for number in range(10) : "s${number}" => { cluster = "c", task_definition = "t", task_role_arns = [], port = 8080, priority = 10 + number, depends_on = number == 0 ? [] : ["s${number - 1}"] }
    }
  }

  assert {
    condition     = local.timeout_seconds == 560
    error_message = "The timeout must be 50 s for each of ten services, and a minute: ${local.timeout_seconds}"
  }
}

run "lambda_keeps_an_event_for_three_attempts_of_the_longest_start" {
  command = plan
  variables {
    services = { auth = { cluster = "c", task_definition = "auth", task_role_arns = [], port = 8080, priority = 10, start_timeout_seconds = 600, healthy_timeout_seconds = 200, drain_seconds = 10 } }
  }

  assert {
    condition     = local.timeout_seconds == 870 && local.maximum_event_age_seconds == 2790
    error_message = "Three attempts of 870 s and 3 minutes: ${local.timeout_seconds} and ${local.maximum_event_age_seconds}"
  }
}

# Terraform review, finding 21.
run "refuses_a_cluster_of_another_account" {
  command = plan
  variables {
    services = { auth = { cluster = "arn:aws:ecs:us-east-2:210987654321:cluster/auth-cluster", task_definition = "auth-api-task", task_role_arns = [], port = 8080, priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_a_task_definition_of_another_region" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "arn:aws:ecs:us-west-2:123456789012:task-definition/auth-api-task:3", task_role_arns = [], port = 8080, priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_a_task_role_of_another_account" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = ["arn:aws:iam::210987654321:role/auth-task"], port = 8080, priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_an_additional_target_group_of_another_account" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], port = 8080, priority = 10, additional_target_groups = [{ arn = "arn:aws:elasticloadbalancing:us-east-2:210987654321:targetgroup/theirs/0123456789abcdef" }] } }
  }
  expect_failures = [var.services]
}

run "refuses_an_override_to_a_cluster_of_another_account" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], port = 8080, priority = 10, allow_overrides = { cluster = ["arn:aws:ecs:us-east-2:210987654321:cluster/theirs"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_allowed_clusters_of_another_account" {
  command = plan
  variables {
    allowed_clusters = ["arn:aws:ecs:us-east-2:210987654321:cluster/theirs"]
  }
  expect_failures = [var.allowed_clusters]
}

run "refuses_allowed_roles_of_another_account" {
  command = plan
  variables {
    allowed_task_role_arns = ["arn:aws:iam::210987654321:role/theirs"]
  }
  expect_failures = [var.allowed_task_role_arns]
}

run "refuses_allowed_target_groups_of_another_region" {
  command = plan
  variables {
    allowed_target_group_arns = ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/ours/*"]
  }
  expect_failures = [var.allowed_target_group_arns]
}

run "refuses_a_certificate_of_another_region" {
  command = plan
  variables {
    load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d" }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_two_packages" {
  command = plan
  variables {
    function = { runtime = "nodejs22.x", package_path = "./versions.tf", package_s3 = { bucket = "b", key = "k", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" } }
  }
  expect_failures = [var.function]
}

run "widens_the_envelope" {
  command = plan
  variables {
    allowed_clusters          = ["arn:aws:ecs:us-east-2:123456789012:cluster/other-cluster"]
    allowed_task_families     = ["auth-*"]
    allowed_task_role_arns    = ["arn:aws:iam::123456789012:role/other-task"]
    allowed_target_group_arns = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/other/*"]
    services = {
      auth = {
        cluster         = "auth-cluster"
        task_definition = "auth-api-task"
        task_role_arns  = []
        port            = 8080
        priority        = 10
        allow_overrides = { cluster = ["second-cluster"], task_definition = ["beta-task:*", "gamma-task:7"] }
      }
    }
  }

  assert {
    condition     = jsonencode(output.envelope.clusters) == jsonencode(["auth-cluster", "other-cluster", "second-cluster"]) && jsonencode(output.envelope.task_families) == jsonencode(["auth-*", "auth-api-task", "beta-task", "gamma-task"]) && jsonencode(output.envelope.task_role_arns) == jsonencode(["arn:aws:iam::123456789012:role/other-task"])
    error_message = "The envelope must include overrides and the allowed_* variables: ${jsonencode(output.envelope)}"
  }
  assert {
    condition     = contains(output.envelope.target_group_arns, "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/other/*")
    error_message = "The envelope must include the allowed target group."
  }
}

run "refuses_a_bad_port" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 0 } }
  }
  expect_failures = [var.services]
}

run "refuses_an_unknown_override" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, allow_overrides = { task_role = ["*"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_an_override_to_any_task" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, allow_overrides = { task_definition = ["*"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_an_override_to_clusters_with_wildcards" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, allow_overrides = { cluster = ["auth-*"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_an_override_to_any_target_group" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, allow_overrides = { target_group_arn = ["*"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_an_override_to_an_invalid_port" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, allow_overrides = { port = ["http"] } } }
  }
  expect_failures = [var.services]
}

run "refuses_launch_type_and_strategy_together" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, launch_type = "FARGATE", capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT" }] } }
  }
  expect_failures = [var.services]
}

run "refuses_a_service_named_defaults" {
  command = plan
  variables {
    services = { defaults = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080 } }
  }
  expect_failures = [var.services]
}

run "refuses_an_unknown_dependency" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, depends_on = ["users"] } }
  }
  expect_failures = [var.services]
}

run "refuses_an_unknown_wait" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, wait = "forever" } }
  }
  expect_failures = [var.services]
}

run "refuses_a_start_timeout_over_lambdas_maximum" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, start_timeout_seconds = 841 } }
  }
  expect_failures = [var.services]
}

run "refuses_to_set_the_launch_facts" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, environment = { START_ENGINES_LAUNCH_FACTS = "{}" } } }
  }
  expect_failures = [var.services]
}

run "refuses_no_services" {
  command = plan
  variables {
    services = {}
  }
  expect_failures = [var.services]
}

run "refuses_a_window_for_an_unknown_service" {
  command = plan
  variables {
    warm_windows = { office = { services = ["users"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" } }
  }
  expect_failures = [var.warm_windows]
}

run "refuses_a_sequence_of_unknown_services" {
  command = plan
  variables {
    sequences = { morning = { services = ["users"] } }
  }
  expect_failures = [var.sequences]
}

run "refuses_to_allow_every_task" {
  command = plan
  variables {
    allowed_task_families = ["*"]
  }
  expect_failures = [var.allowed_task_families]
}

run "refuses_to_allow_every_role" {
  command = plan
  variables {
    allowed_task_role_arns = ["*"]
  }
  expect_failures = [var.allowed_task_role_arns]
}

run "refuses_to_allow_every_target_group" {
  command = plan
  variables {
    allowed_target_group_arns = ["*"]
  }
  expect_failures = [var.allowed_target_group_arns]
}

run "refuses_invalid_defaults" {
  command = plan
  variables {
    mapping_defaults = { drain_seconds = 301 }
  }
  expect_failures = [var.mapping_defaults]
}

run "accepts_the_cluster_default_strategy_and_empty_variables" {
  command = plan
  variables {
    mapping_defaults = { tags = { for number in range(9) : "tag-${number}" => "" }, platform_version = "1.4.0", enable_ecs_managed_tags = true }
    services = {
      auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, launch_type = "CLUSTER_DEFAULT", environment = { EMPTY = "" }, tags = { "cost centre" = "É@1", tag-0 = "own" }, propagate_tags = "NONE", enable_execute_command = true }
      pdf  = { cluster = "pdf-cluster", task_definition = "pdf-task", task_role_arns = [], priority = 20, port = 9080, capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT", weight = 1 }, { capacity_provider = "FARGATE" }] }
    }
  }

  assert {
    condition     = jsondecode(output.mapping_documents["services/auth"]).launchType == "CLUSTER_DEFAULT" && jsondecode(output.mapping_documents["services/auth"]).environment.EMPTY == ""
    error_message = "The cluster's default strategy and an empty variable must be in the document."
  }
}

run "accepts_capacity_providers_of_instances" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, capacity_provider_strategy = [{ capacity_provider = "own-instances", weight = 1 }] } }
  }

  assert {
    condition     = jsondecode(output.mapping_documents["services/auth"]).capacityProviderStrategy[0].capacityProvider == "own-instances"
    error_message = "Only FARGATE and FARGATE_SPOT are Fargate capacity providers."
  }
}

run "refuses_fargate_together_with_instances" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, capacity_provider_strategy = [{ capacity_provider = "FARGATE", weight = 1 }, { capacity_provider = "own-instances" }] } }
  }
  expect_failures = [var.services]
}

run "refuses_a_platform_version_for_instances" {
  command = plan
  variables {
    mapping_defaults = { platform_version = "1.4.0" }
    services         = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, launch_type = "EC2" } }
  }
  expect_failures = [var.services]
}

run "refuses_to_propagate_the_tags_of_a_service" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, propagate_tags = "SERVICE" } }
  }
  expect_failures = [var.services]
}

run "refuses_tags_reserved_for_aws" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, tags = { "AWS:team" = "engines" } } }
  }
  expect_failures = [var.services]
}

run "refuses_tags_reserved_for_start_engines" {
  command = plan
  variables {
    mapping_defaults = { tags = { "start-engines:retire" = "now" } }
  }
  expect_failures = [var.mapping_defaults]
}

run "refuses_more_than_ten_tags" {
  command = plan
  variables {
    mapping_defaults = { tags = { for number in range(6) : "tag-${number}" => "" } }
    services         = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, tags = { for number in range(5) : "own-${number}" => "" } } }
  }
  expect_failures = [var.services]
}

run "refuses_a_variable_without_a_value" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", task_role_arns = [], priority = 10, port = 8080, environment = { NOTHING = null } } }
  }
  expect_failures = [var.services]
}

# Terraform review, finding 23.
run "protects_the_load_balancer_of_production" {
  command = plan
  variables {
    workspace = "production"
  }

  assert {
    condition     = output.load_balancer_protected
    error_message = "Any workspace that begins with prod must be protected."
  }
}

run "does_not_protect_the_load_balancer_elsewhere" {
  command = plan

  assert {
    condition     = !output.load_balancer_protected
    error_message = "A load balancer for development must be easy to destroy."
  }
}
