locals {
  # The function's own metrics, summed over all services.
  own = { namespace = var.metrics_namespace, dimensions = { service = var.metrics_service } }

  alarms = {
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
    failures-not-kept = {
      description = "The function gave an event up, and Lambda could not hand it to the queue for such events: it is lost. Look at the queue and at the role's right to send to it."
      namespace   = "AWS/Lambda", metric = "DestinationDeliveryFailures", dimensions = { FunctionName = var.function_name }
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
    outcomes-not-told = {
      description = "The bus did not take an outcome: what was done is done, but those who wait for its event hear nothing. The log says why."
      namespace   = local.own.namespace, metric = "OutcomeNotTold", dimensions = local.own.dimensions
      statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
    }
    stale-targets = {
      description = "A target was found without its task: a task crashed or lost its Spot capacity, or somebody else registered it."
      namespace   = local.own.namespace, metric = "StaleTargets", dimensions = local.own.dimensions
      statistic   = "Sum", period = 300, threshold = 0, missing = "notBreaching"
    }
  }

  # Of rate(…); cron(…) does not say how long it may be between two.
  rate                    = try(regex("^rate\\((?P<number>[0-9]+) (?P<unit>minute|hour|day)s?\\)$", var.reconcile_schedule), null)
  reconcile_every_seconds = local.rate == null ? null : tonumber(local.rate.number) * { minute = 60, hour = 3600, day = 86400 }[local.rate.unit]

  # Three in a row may be missed, and for cron(…) a day and an hour without one. CloudWatch looks back for a week at most.
  usual_silence_seconds = local.reconcile_every_seconds == null ? 90000 : max(3600, 3 * local.reconcile_every_seconds)
  silence_seconds       = coalesce(var.reconcile_silence_seconds, local.usual_silence_seconds <= 604800 ? local.usual_silence_seconds : 0)
  watches_reconcile     = var.reconcile_schedule != null && local.silence_seconds > 0
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
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing

  alarm_actions = [aws_sns_topic.alarms.arn]
  ok_actions    = [aws_sns_topic.alarms.arn]
}

# Its news is that there is no data. Were that a breach, the alarm would go off at once in a new workspace, where nothing can have
# been reconciled yet: as it is, it says nothing before it has seen one.
resource "aws_cloudwatch_metric_alarm" "reconcile_silent" {
  count = local.watches_reconcile ? 1 : 0

  alarm_name        = "${var.name}-reconcile-silent"
  alarm_description = "INSUFFICIENT_DATA: nothing was reconciled for ${local.silence_seconds} s. Look at the schedule and at the function."

  namespace   = local.own.namespace
  metric_name = "ReconcileCount"
  dimensions  = local.own.dimensions

  statistic = "Sum"
  # CloudWatch looks a few periods further back than it evaluates, so they are short; for more than a day they must be hours.
  period              = local.silence_seconds <= 86400 ? 60 : 3600
  evaluation_periods  = ceil(local.silence_seconds / (local.silence_seconds <= 86400 ? 60 : 3600))
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "missing"

  insufficient_data_actions = [aws_sns_topic.alarms.arn]
  ok_actions                = [aws_sns_topic.alarms.arn]
}

# Else the old one would be deleted by its name, which is the new one's.
moved {
  from = aws_cloudwatch_metric_alarm.this["reconcile-silent"]
  to   = aws_cloudwatch_metric_alarm.reconcile_silent[0]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = local.dashboard
}
