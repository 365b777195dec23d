mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_data "aws_ssm_parameters_by_path" {
    defaults = { names = [], values = [] }
  }
  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:us-east-2:123456789012:event-bus/engines" }
  }
  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:us-east-2:123456789012:rule/start-engines" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-2:123456789012:start-engines-undelivered-dev" }
  }
}

variables {
  workspace              = "dev"
  cluster_arns           = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster"]
  function_arn           = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"
  function_name          = "start-engines-lambda-dev"
  function_alias         = "live"
  undelivered_queue_name = "start-engines-undelivered-dev"
}

run "forwards_requests" {
  command = plan

  assert {
    condition = { for name, rule in aws_cloudwatch_event_rule.this : name => jsondecode(rule.event_pattern) if name != "task-state" } == {
      start   = { source = [{ "anything-but" = { prefix = "aws." } }], "detail-type" = ["Start ECS Task"], detail = { "$or" = [{ workspace = ["dev"] }, { workspace = [{ exists = false }] }] } }
      stop    = { source = [{ "anything-but" = { prefix = "aws." } }], "detail-type" = ["Stop ECS Tasks"], detail = { "$or" = [{ workspace = ["dev"] }, { workspace = [{ exists = false }] }] } }
      restart = { source = [{ "anything-but" = { prefix = "aws." } }], "detail-type" = ["Restart ECS Task"], detail = { "$or" = [{ workspace = ["dev"] }, { workspace = [{ exists = false }] }] } }
    }
    error_message = "There must be a rule for each of the three detail types, and none may match AWS's own events."
  }
  assert {
    condition     = sort([for rule in aws_cloudwatch_event_rule.this : rule.name]) == tolist(["start-engines-restart-dev", "start-engines-start-dev", "start-engines-stop-dev", "start-engines-task-state-dev"])
    error_message = "The workspace must be in the rule names."
  }
}

# Terraform review, finding 1: every workspace of a bus handled every event on it.
run "leaves_unaddressed_events_to_another_workspace" {
  command = plan
  variables {
    accept_unaddressed = false
  }

  assert {
    condition     = alltrue([for name in ["start", "stop", "restart"] : jsondecode(aws_cloudwatch_event_rule.this[name].event_pattern).detail == { workspace = ["dev"] }])
    error_message = "Only events that name the workspace may match."
  }
  assert {
    condition     = length(aws_ssm_parameter.accept_unaddressed_in_one_workspace_only) == 0
    error_message = "It must not create the claim, which belongs to another workspace."
  }
}

run "claims_the_unaddressed_events_of_its_bus" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.accept_unaddressed_in_one_workspace_only[0].name == "/start-engines/_buses/default/accept_unaddressed" && aws_ssm_parameter.accept_unaddressed_in_one_workspace_only[0].insecure_value == "dev"
    error_message = "The claim must have the same name in every workspace of the bus."
  }
}

run "keeps_its_own_claim" {
  command = plan
  override_data {
    target = data.aws_ssm_parameters_by_path.claim
    values = { names = ["/start-engines/_buses/default/accept_unaddressed"], values = ["dev"] }
  }

  assert {
    condition     = length(aws_ssm_parameter.accept_unaddressed_in_one_workspace_only) == 1
    error_message = "A workspace with the claim must be able to plan again."
  }
}

run "refuses_the_unaddressed_events_that_another_workspace_accepts" {
  command = plan
  override_data {
    target = data.aws_ssm_parameters_by_path.claim
    values = { names = ["/start-engines/_buses/default/accept_unaddressed"], values = ["prod"] }
  }
  expect_failures = [aws_ssm_parameter.accept_unaddressed_in_one_workspace_only]
}

run "forwards_only_relevant_task_state_changes" {
  command = plan

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["task-state"].event_pattern) == {
      source        = ["aws.ecs"]
      "detail-type" = ["ECS Task State Change"]
      detail = {
        clusterArn = ["arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster"]
        startedBy  = [{ prefix = "start-engines/dev/" }]
        "$or"      = [{ lastStatus = ["RUNNING"] }, { desiredStatus = ["STOPPED"] }]
      }
    }
    error_message = "Only changes to running or stopping of this workspace's tasks in its clusters may match."
  }
}

run "invokes_the_alias_and_keeps_undelivered_events" {
  command = plan

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.arn == "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"])
    error_message = "Every rule must invoke the alias."
  }
  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.retry_policy[0].maximum_event_age_in_seconds == 900 && target.dead_letter_config[0].arn == "arn:aws:sqs:us-east-2:123456789012:start-engines-undelivered-dev"])
    error_message = "Every target must send an event to the queue after 15 minutes of retries."
  }
  assert {
    condition     = alltrue([for permission in aws_lambda_permission.this : permission.qualifier == "live" && permission.principal == "events.amazonaws.com" && permission.source_arn != null])
    error_message = "Only the rules may invoke the alias."
  }
  assert {
    condition     = jsondecode(aws_sqs_queue_policy.undelivered.policy).Statement[0].Principal == { Service = "events.amazonaws.com" } && can(jsondecode(aws_sqs_queue_policy.undelivered.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"][3])
    error_message = "Only the four rules may write to the queue."
  }
}

run "accepts_only_the_configured_sources" {
  command = plan
  variables {
    sources = ["custom.app"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["stop"].event_pattern).source == ["custom.app"]
    error_message = "No other source may match."
  }
}

run "creates_a_bus_with_a_policy" {
  command = plan
  variables {
    bus_name    = "engines"
    create_bus  = true
    sender_arns = ["arn:aws:iam::210987654321:root"]
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_bus_policy.this[0].policy).Statement[0] == {
      Sid       = "Ask"
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::210987654321:root"] }
      Action    = "events:PutEvents"
      Resource  = "arn:aws:events:us-east-2:123456789012:event-bus/engines"
      Condition = { StringEquals = { "events:detail-type" = ["Restart ECS Task", "Start ECS Task", "Stop ECS Tasks"] } }
    }
    error_message = "Admitted senders may request only the three operations."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.this["start"].event_bus_name == "engines" && aws_cloudwatch_event_rule.this["task-state"].event_bus_name == "default"
    error_message = "Requests must come from the new bus, and ECS events from the default bus."
  }
}

run "omits_the_clusters_if_they_do_not_fit_into_the_pattern" {
  command = plan
  variables {
    cluster_arns = [for number in range(40) : "arn:aws:ecs:us-east-2:123456789012:cluster/a-cluster-${number}"]
  }

  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.this["task-state"].event_pattern).detail == {
      startedBy = [{ prefix = "start-engines/dev/" }]
      "$or"     = [{ lastStatus = ["RUNNING"] }, { desiredStatus = ["STOPPED"] }]
    }
    error_message = "startedBy alone must identify the workspace's tasks: ${aws_cloudwatch_event_rule.this["task-state"].event_pattern}"
  }
}

run "refuses_to_create_the_default_bus" {
  command = plan
  variables {
    create_bus = true
  }
  expect_failures = [var.create_bus]
}

run "refuses_senders_for_an_existing_bus" {
  command = plan
  variables {
    sender_arns = ["arn:aws:iam::210987654321:root"]
  }
  expect_failures = [var.sender_arns]
}

run "refuses_its_own_outcomes_as_a_source" {
  command = plan
  variables {
    sources = ["start-engines"]
  }
  expect_failures = [var.sources]
}

run "refuses_a_pattern_that_is_too_long" {
  command = plan
  variables {
    sources = [for number in range(100) : "the-source-with-number-${number}"]
  }
  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "forwards_wakes_of_the_own_workspace" {
  command = plan
  variables {
    wake = true
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["wake"].event_pattern) == { source = ["start-engines.activator"], "detail-type" = ["Wake ECS Service"], detail = { workspace = ["dev"] } }
    error_message = "Only the activator of this workspace may wake its services."
  }
}

run "has_no_rule_for_wakes_by_default" {
  command = plan

  assert {
    condition     = !contains(keys(aws_cloudwatch_event_rule.this), "wake")
    error_message = "Without wake there must be no such rule."
  }
}
