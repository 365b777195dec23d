# Rows: healthy targets and requests; failures; the function and its log; start durations.
locals {
  names = sort(keys(var.target_group_arn_suffixes))

  total      = { for metric in ["StartCount", "StopCount", "RestartCount", "Adopted", "StartFailure", "StopFailure", "RestartFailure", "ReconcileFailure", "StaleTargets", "OutcomeNotTold"] : metric => [var.metrics_namespace, metric, "service", var.metrics_service] }
  of_service = { for metric in ["StartFailure", "TimeToRunning"] : metric => [for name in local.names : [var.metrics_namespace, metric, "service", var.metrics_service, "serviceName", name, { label = name }]] }

  widgets = [
    {
      title     = "Healthy targets"
      x         = 0
      y         = 0
      statistic = "Minimum"
      metrics = [
        for name in local.names :
        ["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", var.target_group_arn_suffixes[name], "LoadBalancer", var.load_balancer_arn_suffix, { label = name }]
      ]
    },
    {
      title     = "Requests"
      x         = 12
      y         = 0
      statistic = "Sum"
      metrics   = [for metric in ["StartCount", "Adopted", "StopCount", "RestartCount"] : local.total[metric]]
    },
    {
      title     = "Failures"
      x         = 0
      y         = 6
      statistic = "Sum"
      metrics   = [for metric in ["StartFailure", "StopFailure", "RestartFailure", "ReconcileFailure", "StaleTargets", "OutcomeNotTold"] : local.total[metric]]
    },
    {
      title     = "Failed starts by service"
      x         = 12
      y         = 6
      statistic = "Sum"
      metrics   = local.of_service["StartFailure"]
    },
    {
      title     = "Function and queues"
      x         = 0
      y         = 12
      statistic = "Maximum"
      metrics = [
        ["AWS/Lambda", "Errors", "FunctionName", var.function_name, { stat = "Sum" }],
        ["AWS/Lambda", "Throttles", "FunctionName", var.function_name, { stat = "Sum" }],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.failures_queue_name, { label = "failed" }],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.undelivered_queue_name, { label = "undelivered" }],
      ]
    },
    {
      title     = "Start durations, in ms"
      x         = 0
      y         = 18
      statistic = "p50"
      metrics = concat([
        for metric in ["TimeToRunning", "TimeToHealthy"] : [
          for stat in ["p50", "p95", "Maximum"] :
          [var.metrics_namespace, metric, "service", var.metrics_service, { stat = stat, label = "${metric} ${stat}" }]
        ]
      ]...)
    },
    {
      title     = "Longest start by service, in ms"
      x         = 12
      y         = 18
      statistic = "Maximum"
      metrics   = local.of_service["TimeToRunning"]
    },
  ]

  dashboard = jsonencode({
    widgets = concat(
      [
        for widget in local.widgets : {
          type   = "metric"
          width  = 12
          height = 6
          x      = widget.x
          y      = widget.y
          properties = {
            title   = widget.title
            region  = data.aws_region.current.id
            view    = "timeSeries"
            stat    = widget.statistic
            period  = 300
            metrics = widget.metrics
          }
        }
      ],
      [
        {
          type   = "log"
          width  = 12
          height = 6
          x      = 12
          y      = 12
          properties = {
            title  = "Latest failures"
            region = data.aws_region.current.id
            view   = "table"
            query  = "SOURCE '${var.log_group_name}' | fields @timestamp, serviceName, message, correlation_id | filter level = 'ERROR' | sort @timestamp desc | limit 20"
          }
        },
      ],
    )
  })
}
