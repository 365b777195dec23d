locals {
  # The function's own metrics, summed over all services.
  own = { namespace = var.metrics_namespace, dimensions = { service = var.metrics_service } }

  alarms = {
    function-errors = {
      description = "An invocation of the function failed. See its log for the error and docs/errors.md for what to do."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = var.function_name }
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
    function-throttles = {
      description = "Lambda throttled the function. Raise its reserved concurrency or the account's limit."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = { FunctionName = var.function_name }
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
    failures-not-kept = {
      description = "An event failed, and Lambda could not send it to the failures queue: the event is lost. Check the queue and the role's permission to send to it."
      namespace   = "AWS/Lambda"
      metric      = "DestinationDeliveryFailures"
      dimensions  = { FunctionName = var.function_name }
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
    failures-queue = {
      description = "The function failed to handle an event. The message in the queue contains the event and the error. Fix the cause and put the event again."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = var.failures_queue_name }
      statistic   = "Maximum"
      period      = 300
      threshold   = 0
      # SQS stops publishing metrics for a queue that is idle for hours, even if it holds messages.
      missing = "ignore"
    }
    undelivered-queue = {
      description = "An event did not reach the function. The message attributes contain the reason."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = var.undelivered_queue_name }
      statistic   = "Maximum"
      period      = 300
      threshold   = 0
      missing     = "ignore"
    }
    start-failures = {
      description = "A start failed. The dashboard shows the service."
      namespace   = local.own.namespace
      metric      = "StartFailure"
      dimensions  = local.own.dimensions
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
    slow-starts = {
      description = "A task took more than ${var.slow_start_seconds} s to reach RUNNING. The usual cause is a larger image."
      namespace   = local.own.namespace
      metric      = "TimeToRunning"
      dimensions  = local.own.dimensions
      statistic   = "Maximum"
      period      = 300
      threshold   = var.slow_start_seconds * 1000
      missing     = "notBreaching"
    }
    outcomes-not-told = {
      description = "The event bus rejected an outcome. The operation itself is complete, but consumers of the event do not receive it. See the log for the reason."
      namespace   = local.own.namespace
      metric      = "OutcomeNotTold"
      dimensions  = local.own.dimensions
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
    stale-targets = {
      description = "A registered target had no task: the task crashed or lost its Spot capacity, or something else registered the target."
      namespace   = local.own.namespace
      metric      = "StaleTargets"
      dimensions  = local.own.dimensions
      statistic   = "Sum"
      period      = 300
      threshold   = 0
      missing     = "notBreaching"
    }
  }

  # Only for rate(…): the interval of a cron(…) is unknown.
  rate                    = try(regex("^rate\\((?P<number>[0-9]+) (?P<unit>minute|hour|day)s?\\)$", var.reconcile_schedule), null)
  reconcile_every_seconds = local.rate == null ? null : tonumber(local.rate.number) * { minute = 60, hour = 3600, day = 86400 }[local.rate.unit]

  # Three missed reconciles, or 25 hours with cron(…). CloudWatch evaluates a week at most.
  usual_silence_seconds = local.reconcile_every_seconds == null ? 90000 : max(3600, 3 * local.reconcile_every_seconds)
  silence_seconds       = coalesce(var.reconcile_silence_seconds, local.usual_silence_seconds <= 604800 ? local.usual_silence_seconds : 0)
  watches_reconcile     = var.reconcile_schedule != null && local.silence_seconds > 0
}

data "aws_region" "current" {}

locals {
  topic_arn = one(concat(aws_sns_topic.alarms[*].arn, var.topic[*].arn))
}

resource "aws_sns_topic" "alarms" {
  count = var.alarms_enabled && var.topic == null ? 1 : 0

  name              = "${var.name}-alarms"
  kms_master_key_id = var.topic_kms_key_arn
}

# Terraform does not infer these moves while the module itself moves (../../moved.tf).
moved {
  from = aws_sns_topic.alarms
  to   = aws_sns_topic.alarms[0]
}

moved {
  from = aws_cloudwatch_dashboard.this
  to   = aws_cloudwatch_dashboard.this[0]
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarms_enabled && var.topic == null ? var.email_addresses : [])

  topic_arn = aws_sns_topic.alarms[0].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms_enabled }

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions

  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  alarm_actions = [local.topic_arn]
  ok_actions    = [local.topic_arn]
}

# Notifies on INSUFFICIENT_DATA. If missing data were a breach, the alarm would fire at once in a new workspace. This way it
# fires only after it has seen a reconcile.
resource "aws_cloudwatch_metric_alarm" "reconcile_silent" {
  count = var.alarms_enabled && local.watches_reconcile ? 1 : 0

  alarm_name        = "${var.name}-reconcile-silent"
  alarm_description = "INSUFFICIENT_DATA: no reconcile has run for ${local.silence_seconds} s. Check the schedule and the function."

  namespace   = local.own.namespace
  metric_name = "ReconcileCount"
  dimensions  = local.own.dimensions

  statistic = "Sum"
  # CloudWatch looks back a few periods further than it evaluates, so the periods are short. Above a day they must be an hour.
  period              = local.silence_seconds <= 86400 ? 60 : 3600
  evaluation_periods  = ceil(local.silence_seconds / (local.silence_seconds <= 86400 ? 60 : 3600))
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "missing"

  insufficient_data_actions = [local.topic_arn]
  ok_actions                = [local.topic_arn]
}

# Without this, Terraform would delete the old alarm by its name, which is also the name of the new one.
moved {
  from = aws_cloudwatch_metric_alarm.this["reconcile-silent"]
  to   = aws_cloudwatch_metric_alarm.reconcile_silent[0]
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = local.dashboard
}
