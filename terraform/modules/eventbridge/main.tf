locals {
  # Only AWS can put events whose source begins with aws., and they are never requests.
  source = jsondecode(length(var.sources) > 0 ? jsonencode(var.sources) : jsonencode([{ "anything-but" = { prefix = "aws." } }]))

  # Several workspaces can share the bus. Each matches its own name; one of them also matches events without a workspace.
  addressed = jsondecode(
    var.accept_unaddressed
    ? jsonencode({ "$or" = [{ workspace = [var.workspace] }, { workspace = [{ exists = false }] }] })
    : jsonencode({ workspace = [var.workspace] })
  )

  task_state = {
    source        = [local.contract.task_state.source]
    "detail-type" = [local.contract.task_state.detail_type]
    detail = {
      startedBy = [{ prefix = "${local.contract.owner_prefix}${var.workspace}/" }]
      # Other changes do not matter: a running task is registered, and the target of a stopping task is removed.
      "$or" = [{ lastStatus = ["RUNNING"] }, { desiredStatus = ["STOPPED"] }]
    }
  }
  task_state_of_clusters = jsonencode(merge(local.task_state, { detail = merge(local.task_state.detail, { clusterArn = var.cluster_arns }) }))

  rules = merge(
    {
      for operation, detail_type in local.contract.detail_types : operation => {
        description = "Requests to ${operation} services."
        bus         = local.bus_name
        pattern     = jsonencode({ source = local.source, "detail-type" = [detail_type], detail = local.addressed })
      }
    },
    var.wake ? {
      wake = {
        description = "Requests of the activator to start services."
        bus         = local.bus_name
        pattern     = jsonencode({ source = [local.contract.wake.source], "detail-type" = [local.contract.wake.detail_type], detail = { workspace = [var.workspace] } })
      }
    } : {},
    {
      task-state = {
        description = "State changes of tasks that start-engines started: running or stopping."
        # AWS's own events arrive only on the default bus.
        bus = "default"
        # startedBy identifies the workspace. The clusters exclude tasks elsewhere that copy startedBy, if the list fits.
        pattern = length(local.task_state_of_clusters) <= 2048 ? local.task_state_of_clusters : jsonencode(local.task_state)
      }
    },
  )

  bus_name = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  # Not read from AWS: the same apply may create the bus.
  bus_arn = "arn:${data.aws_partition.current.partition}:events:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:event-bus/${var.bus_name}"

  # Outside every workspace's path: a workspace name cannot contain _.
  claim_path = "/start-engines/_buses/${var.bus_name}"
  claimants  = nonsensitive([for value in data.aws_ssm_parameters_by_path.claim.values : value])
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

# The workspace that accepts unaddressed events of this bus, at plan time.
data "aws_ssm_parameters_by_path" "claim" {
  path = local.claim_path
}

# Parameter names are unique, so two workspaces never accept the unaddressed events of one bus, even if they are applied at
# the same moment. The second apply fails here with ParameterAlreadyExists, and its next plan names the first workspace.
resource "aws_ssm_parameter" "accept_unaddressed_in_one_workspace_only" {
  count = var.accept_unaddressed ? 1 : 0

  name        = "${local.claim_path}/accept_unaddressed"
  description = "The workspace that handles events of this bus without detail.workspace."
  type        = "String"
  # Not `value`, which plans would hide.
  insecure_value = var.workspace

  lifecycle {
    precondition {
      condition     = alltrue([for claimant in local.claimants : claimant == var.workspace])
      error_message = "The workspace ${join(", ", local.claimants)} already accepts the unaddressed events of the bus ${var.bus_name}. Set event_bus.accept_unaddressed = false in ${var.workspace} (or in the other workspace, and apply that one first), or give each workspace its own bus."
    }
  }
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.create_bus ? 1 : 0
  name  = var.bus_name
}

# Senders that this policy admits can request the three operations and put no other events. It does not restrict identities of
# this account whose own IAM policy allows events:PutEvents.
resource "aws_cloudwatch_event_bus_policy" "this" {
  count          = var.create_bus ? 1 : 0
  event_bus_name = aws_cloudwatch_event_bus.this[0].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Ask"
        Effect    = "Allow"
        Principal = { AWS = length(var.sender_arns) > 0 ? sort(var.sender_arns) : ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"] }
        Action    = "events:PutEvents"
        Resource  = aws_cloudwatch_event_bus.this[0].arn
        Condition = {
          StringEquals = { "events:detail-type" = values(local.contract.detail_types) }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name           = "${var.name_prefix}-${each.key}-${var.workspace}"
  description    = each.value.description
  event_bus_name = each.value.bus
  event_pattern  = each.value.pattern

  # No rule may accept unaddressed events before the claim exists.
  depends_on = [aws_ssm_parameter.accept_unaddressed_in_one_workspace_only]

  lifecycle {
    precondition {
      condition     = length(each.value.pattern) <= 2048
      error_message = "The event pattern of ${each.key} has ${length(each.value.pattern)} characters, and EventBridge allows 2048. Use fewer sources."
    }
  }
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules

  rule           = aws_cloudwatch_event_rule.this[each.key].name
  event_bus_name = each.value.bus
  target_id      = "start-engines"
  arn            = var.function_arn

  retry_policy {
    maximum_event_age_in_seconds = var.maximum_event_age_seconds
    # The maximum: the event's age is what ends the retries.
    maximum_retry_attempts = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

resource "aws_lambda_permission" "this" {
  for_each = local.rules

  statement_id  = "start-engines-${each.key}"
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  qualifier     = var.function_alias
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}

# Events that did not reach the function. Events that the function failed to handle are in the function's own queue.
resource "aws_sqs_queue" "undelivered" {
  name                      = var.undelivered_queue_name
  message_retention_seconds = 1209600 # 14 days, the maximum.
  sqs_managed_sse_enabled   = var.queue_kms_key_arn == null ? true : null
  kms_master_key_id         = var.queue_kms_key_arn
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RulesOfThisWorkspace"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = {
          ArnEquals = { "aws:SourceArn" = [for name in sort(keys(local.rules)) : aws_cloudwatch_event_rule.this[name].arn] }
        }
      },
    ]
  })
}
