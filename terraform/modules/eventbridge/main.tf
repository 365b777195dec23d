locals {
  # Nobody but AWS can put an event of a source that begins with aws., and no such event asks for anything.
  source = jsondecode(length(var.sources) > 0 ? jsonencode(var.sources) : jsonencode([{ "anything-but" = { prefix = "aws." } }]))

  asked = {
    start   = "Start ECS Task"
    stop    = "Stop ECS Tasks"
    restart = "Restart ECS Task"
  }

  task_state = {
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Task State Change"]
    detail = {
      startedBy = [{ prefix = "start-engines/${var.workspace}/" }]
      # Of a task's life only this matters: it runs, so that it can be registered; it is to end, so that its target goes.
      "$or" = [{ lastStatus = ["RUNNING"] }, { desiredStatus = ["STOPPED"] }]
    }
  }
  task_state_of_clusters = jsonencode(merge(local.task_state, { detail = merge(local.task_state.detail, { clusterArn = var.cluster_arns }) }))

  rules = merge(
    {
      for operation, detail_type in local.asked : operation => {
        description = "Asks start-engines to ${operation} services."
        bus         = local.bus_name
        pattern     = jsonencode({ source = local.source, "detail-type" = [detail_type] })
      }
    },
    {
      task-state = {
        description = "Tells start-engines that a task of its own runs, or is to stop."
        # AWS's own events come on the default bus and on no other.
        bus = "default"
        # What started the task says whose it is. The clusters keep out who copies that in another one, as far as they fit.
        pattern = length(local.task_state_of_clusters) <= 2048 ? local.task_state_of_clusters : jsonencode(local.task_state)
      }
    },
  )

  bus_name = var.create_bus ? aws_cloudwatch_event_bus.this[0].name : var.bus_name
  bus_arn  = var.create_bus ? aws_cloudwatch_event_bus.this[0].arn : data.aws_cloudwatch_event_bus.given[0].arn
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_cloudwatch_event_bus" "given" {
  count = var.create_bus ? 0 : 1
  name  = var.bus_name
}

resource "aws_cloudwatch_event_bus" "this" {
  count = var.create_bus ? 1 : 0
  name  = var.bus_name
}

# Whoever is let in by this can ask for the three operations and nothing else. It keeps nobody of this account out whose own
# IAM policy allows events:PutEvents.
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
          StringEquals = { "events:detail-type" = values(local.asked) }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name           = "start-engines-${each.key}-${var.workspace}"
  description    = each.value.description
  event_bus_name = each.value.bus
  event_pattern  = each.value.pattern

  lifecycle {
    precondition {
      condition     = length(each.value.pattern) <= 2048
      error_message = "The event pattern of ${each.key} has ${length(each.value.pattern)} characters, and EventBridge takes 2048: name fewer sources."
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
    # The age ends it: EventBridge spreads these over a day.
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

# Events that did not reach the function at all. What the function could not do is in the function's own queue.
resource "aws_sqs_queue" "undelivered" {
  name                      = var.undelivered_queue_name
  message_retention_seconds = 1209600 # 14 days, the most there is.
  sqs_managed_sse_enabled   = true
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
