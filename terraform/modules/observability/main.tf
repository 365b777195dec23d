locals {
  # The function's own metrics, summed over all services.
  own = { namespace = var.metrics_namespace, dimensions = { service = var.metrics_service } }

  alarms = merge(
    {
      function-errors = {
        description = "An invocation of the function failed. Its log says why; docs/errors.md says what to do."
        namespace   = "AWS/Lambda", metric = "Errors", dimensions = { FunctionName = var.function_name }
        statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      }
      function-throttles = {
        description = "Lambda did not run the function for want of concurrency. Raise the account's or the reserved one."
        namespace   = "AWS/Lambda", metric = "Throttles", dimensions = { FunctionName = var.function_name }
        statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      }
      failures-queue = {
        description = "The function gave an event up. The message has the event and the error; put it again when the cause is gone."
        namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = var.failures_queue_name }
        # SQS falls silent about a queue that nobody touches for hours: the message is still there.
        statistic = "Maximum", period = 300, threshold = 0, missing = "ignore"
      }
      undelivered-queue = {
        description = "An event did not reach the function. The message's attributes say why."
        namespace   = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = var.undelivered_queue_name }
        statistic   = "Maximum", period = 300, threshold = 0, missing = "ignore"
      }
      start-failures = {
        description = "A service was not started. The dashboard shows which one."
        namespace   = local.own.namespace, metric = "StartFailure", dimensions = local.own.dimensions
        statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      }
      slow-starts = {
        description = "A task took more than ${var.slow_start_seconds} s to run. Mostly its image has grown."
        namespace   = local.own.namespace, metric = "TimeToRunning", dimensions = local.own.dimensions
        statistic   = "Maximum", period = 300, threshold = var.slow_start_seconds * 1000, missing = "notBreaching"
      }
      stale-targets = {
        description = "A target was found without its task: a task crashed or lost its Spot capacity, or somebody else registered it."
        namespace   = local.own.namespace, metric = "StaleTargets", dimensions = local.own.dimensions
        statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
      }
    },
    var.reconcile_silence_seconds == null ? {} : {
      reconcile-silent = {
        description = "Nothing was reconciled for ${var.reconcile_silence_seconds} s. Look at the schedule and at the function."
        namespace   = local.own.namespace, metric = "ReconcileCount", dimensions = local.own.dimensions
        statistic   = "Sum", period = var.reconcile_silence_seconds, threshold = 1, missing = "breaching"
      }
    },
  )
}

data "aws_region" "current" {}

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.email_addresses)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = each.value.description

  namespace   = each.value.namespace
  metric_name = each.value.metric
  dimensions  = each.value.dimensions

  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = 1
  comparison_operator = each.key == "reconcile-silent" ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = local.dashboard
}
