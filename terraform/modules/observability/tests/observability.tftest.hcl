mock_provider "aws" {
  override_during = plan

  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:us-east-2:123456789012:start-engines-dev-alarms" }
  }
}

variables {
  name                      = "start-engines-dev"
  metrics_namespace         = "StartEngines"
  metrics_service           = "start-engines-dev"
  function_name             = "start-engines-lambda-dev"
  log_group_name            = "/aws/lambda/start-engines-lambda-dev"
  failures_queue_name       = "start-engines-failures-dev"
  undelivered_queue_name    = "start-engines-undelivered-dev"
  load_balancer_arn_suffix  = "app/start-engines-dev/0123456789abcdef"
  target_group_arn_suffixes = { auth = "targetgroup/auth-dev/0123456789abcdef" }
}

run "creates_the_alarms" {
  command = plan

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => [alarm.metric_name, alarm.statistic, alarm.comparison_operator, alarm.threshold, alarm.treat_missing_data] } == {
      function-errors    = ["Errors", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
      function-throttles = ["Throttles", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
      failures-not-kept  = ["DestinationDeliveryFailures", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
      failures-queue     = ["ApproximateNumberOfMessagesVisible", "Maximum", "GreaterThanThreshold", 0, "ignore"]
      undelivered-queue  = ["ApproximateNumberOfMessagesVisible", "Maximum", "GreaterThanThreshold", 0, "ignore"]
      start-failures     = ["StartFailure", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
      slow-starts        = ["TimeToRunning", "Maximum", "GreaterThanThreshold", 120000, "notBreaching"]
      outcomes-not-told  = ["OutcomeNotTold", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
      stale-targets      = ["StaleTargets", "Sum", "GreaterThanThreshold", 0, "notBreaching"]
    }
    error_message = "The alarms are not as expected."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : tolist(alarm.alarm_actions) == tolist(["arn:aws:sns:us-east-2:123456789012:start-engines-dev-alarms"])])
    error_message = "Every alarm must notify the topic."
  }
  assert {
    condition     = { for name in ["function-errors", "failures-not-kept", "undelivered-queue", "start-failures", "outcomes-not-told"] : name => aws_cloudwatch_metric_alarm.this[name].dimensions } == { function-errors = tomap({ FunctionName = "start-engines-lambda-dev" }), failures-not-kept = tomap({ FunctionName = "start-engines-lambda-dev" }), undelivered-queue = tomap({ QueueName = "start-engines-undelivered-dev" }), start-failures = tomap({ service = "start-engines-dev" }), outcomes-not-told = tomap({ service = "start-engines-dev" }) }
    error_message = "Alarms must use only this workspace's metrics."
  }
}

run "shows_health_failures_and_durations_on_the_dashboard" {
  command = plan

  assert {
    condition = [for widget in jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets : widget.properties.title] == [
      "Healthy targets",
      "Requests",
      "Failures",
      "Failed starts by service",
      "Function and queues",
      "Start durations, in ms",
      "Longest start by service, in ms",
      "Latest failures",
    ]
    error_message = "The dashboard must show health, requests, failures and start durations."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[0].properties.metrics == [["AWS/ApplicationELB", "HealthyHostCount", "TargetGroup", "targetgroup/auth-dev/0123456789abcdef", "LoadBalancer", "app/start-engines-dev/0123456789abcdef", { label = "auth" }]]
    error_message = "The first widget must show the load balancer's healthy hosts."
  }
}

run "subscribes_the_email_addresses" {
  command = plan
  variables {
    email_addresses = ["operator@example.com"]
  }

  assert {
    condition     = aws_sns_topic_subscription.email["operator@example.com"].protocol == "email"
    error_message = "The address must be subscribed."
  }
}

run "alarms_about_missing_reconciles_but_not_in_a_new_workspace" {
  command = plan

  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.reconcile_silent : [alarm.metric_name, alarm.period * alarm.evaluation_periods, alarm.period, alarm.treat_missing_data]] == [["ReconcileCount", 3600, 60, "missing"]]
    error_message = "The alarm must wait an hour with a reconcile every five minutes."
  }
  assert {
    condition     = tolist(aws_cloudwatch_metric_alarm.reconcile_silent[0].insufficient_data_actions) == tolist(["arn:aws:sns:us-east-2:123456789012:start-engines-dev-alarms"]) && aws_cloudwatch_metric_alarm.reconcile_silent[0].alarm_actions == null
    error_message = "The alarm must notify on insufficient data."
  }
}

run "waits_three_intervals_of_a_slow_schedule" {
  command = plan
  variables {
    reconcile_schedule = "rate(1 hour)"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.reconcile_silent[0].evaluation_periods == 180 && aws_cloudwatch_metric_alarm.reconcile_silent[0].period == 60
    error_message = "The alarm must wait three hours."
  }
}

run "uses_periods_of_an_hour_for_more_than_a_day" {
  command = plan
  variables {
    reconcile_schedule = "rate(2 days)"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.reconcile_silent[0].evaluation_periods == 144 && aws_cloudwatch_metric_alarm.reconcile_silent[0].period == 3600
    error_message = "The alarm must wait six days. With shorter periods, CloudWatch allows one day at most."
  }
}

run "waits_25_hours_with_a_cron_schedule" {
  command = plan
  variables {
    reconcile_schedule = "cron(0 3 * * ? *)"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.reconcile_silent[0].evaluation_periods * aws_cloudwatch_metric_alarm.reconcile_silent[0].period == 90000
    error_message = "The alarm must wait 25 hours."
  }
}

run "waits_reconcile_silence_seconds" {
  command = plan
  variables {
    reconcile_silence_seconds = 600
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.reconcile_silent[0].evaluation_periods * aws_cloudwatch_metric_alarm.reconcile_silent[0].period == 600
    error_message = "The alarm must wait ten minutes."
  }
}

run "has_no_silence_alarm_without_a_schedule" {
  command = plan
  variables {
    reconcile_schedule = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.reconcile_silent) == 0
    error_message = "There must be no such alarm."
  }
}

run "has_no_silence_alarm_beyond_a_week" {
  command = plan
  variables {
    reconcile_schedule = "rate(30 days)"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.reconcile_silent) == 0
    error_message = "There must be no such alarm."
  }
}

run "has_no_silence_alarm_if_disabled" {
  command = plan
  variables {
    reconcile_silence_seconds = 0
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.reconcile_silent) == 0
    error_message = "There must be no such alarm."
  }
}

run "refuses_a_silence_shorter_than_two_intervals" {
  command = plan
  variables {
    reconcile_schedule        = "rate(1 hour)"
    reconcile_silence_seconds = 3600
  }
  expect_failures = [var.reconcile_silence_seconds]
}

run "refuses_a_threshold_above_lambdas_maximum" {
  command = plan
  variables {
    slow_start_seconds = 901
  }
  expect_failures = [var.slow_start_seconds]
}

run "refuses_an_invalid_email_address" {
  command = plan
  variables {
    email_addresses = ["operator"]
  }
  expect_failures = [var.email_addresses]
}

run "refuses_a_silence_that_is_not_whole_minutes" {
  command = plan
  variables {
    reconcile_silence_seconds = 90
  }
  expect_failures = [var.reconcile_silence_seconds]
}

run "sends_alarms_to_a_given_topic" {
  command = plan
  variables {
    topic = { arn = "arn:aws:sns:us-east-2:123456789012:theirs" }
  }

  assert {
    condition     = length(aws_sns_topic.alarms) == 0 && output.topic_arn == "arn:aws:sns:us-east-2:123456789012:theirs"
    error_message = "There must be no other topic."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:us-east-2:123456789012:theirs"])]) && aws_cloudwatch_metric_alarm.reconcile_silent[0].insufficient_data_actions == toset(["arn:aws:sns:us-east-2:123456789012:theirs"])
    error_message = "Every alarm must notify the given topic."
  }
}

run "creates_no_alarms_and_no_dashboard_if_they_are_off" {
  command = plan
  variables {
    alarms_enabled  = false
    dashboard       = false
    email_addresses = ["ops@example.com"]
  }

  assert {
    condition     = length(aws_sns_topic.alarms) + length(aws_sns_topic_subscription.email) + length(aws_cloudwatch_metric_alarm.this) + length(aws_cloudwatch_metric_alarm.reconcile_silent) + length(aws_cloudwatch_dashboard.this) == 0
    error_message = "Nothing must be created."
  }
  assert {
    condition     = output.topic_arn == null && output.dashboard_name == null
    error_message = "There is no topic and no dashboard."
  }
}

run "refuses_email_addresses_with_a_given_topic" {
  command = plan
  variables {
    topic           = { arn = "arn:aws:sns:us-east-2:123456789012:theirs" }
    email_addresses = ["ops@example.com"]
  }
  expect_failures = [var.topic]
}
