mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_scheduler_schedule_group" {
    defaults = { arn = "arn:aws:scheduler:us-east-2:123456789012:schedule-group/start-engines-dev" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/start-engines-scheduler-role-dev" }
  }
}

variables {
  workspace             = "dev"
  name                  = "start-engines-dev"
  role_name             = "start-engines-scheduler-role-dev"
  function_arn          = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"
  undelivered_queue_arn = "arn:aws:sqs:us-east-2:123456789012:start-engines-undelivered-dev"
}

run "reconciles_every_five_minutes" {
  command = plan

  assert {
    condition     = { for name, schedule in aws_scheduler_schedule.this : name => schedule.schedule_expression } == { reconcile = "rate(5 minutes)" }
    error_message = "Without windows there must be one schedule."
  }
  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["reconcile"].target[0].input) == { action = "reconcile", workspace = "dev" }
    error_message = "The schedule must request a reconcile."
  }
}

run "starts_and_stops_a_window_in_its_time_zone" {
  command = plan
  variables {
    warm_windows = {
      office = { services = ["auth", "pdf"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)", timezone = "America/New_York" }
    }
  }

  assert {
    condition = { for name, schedule in aws_scheduler_schedule.this : name => [schedule.schedule_expression, schedule.schedule_expression_timezone, jsondecode(schedule.target[0].input)] if name != "reconcile" } == {
      "office-start" = ["cron(0 7 ? * MON-FRI *)", "America/New_York", { action = "start", services = ["auth", "pdf"], workspace = "dev", asked = "<aws.scheduler.scheduled-time>" }]
      "office-stop"  = ["cron(0 19 ? * MON-FRI *)", "America/New_York", { action = "stop", services = ["auth", "pdf"], workspace = "dev", asked = "<aws.scheduler.scheduled-time>" }]
    }
    error_message = "A window must have two schedules."
  }
}

run "pauses_the_services_outside_a_window_on_request" {
  command = plan
  variables {
    warm_windows = { office = { services = ["auth"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)", pause_outside = true } }
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["office-stop"].target[0].input) == { action = "stop", services = ["auth"], workspace = "dev", asked = "<aws.scheduler.scheduled-time>", pause = true }
    error_message = "The stop must pause the services: ${aws_scheduler_schedule.this["office-stop"].target[0].input}"
  }
}

# Terraform review, finding 18: Scheduler does not recognise a keyword that jsonencode has escaped.
run "writes_the_scheduled_time_keyword_unescaped" {
  command = plan
  variables {
    warm_windows = { office = { services = ["auth"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" } }
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.this["office-stop"].target[0].input, "\"asked\":\"<aws.scheduler.scheduled-time>\"")
    error_message = "The input must contain the unescaped keyword: ${aws_scheduler_schedule.this["office-stop"].target[0].input}"
  }
}

# Case 13: the end of one window stopped the service in the middle of another.
run "a_window_does_not_stop_a_service_that_another_window_keeps_running" {
  command = plan
  variables {
    warm_windows = {
      day  = { services = ["auth", "pdf"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" }
      late = { services = ["auth"], start = "cron(0 18 ? * MON-FRI *)", stop = "cron(0 23 ? * MON-FRI *)" }
    }
  }

  assert {
    condition = { for name, schedule in aws_scheduler_schedule.this : name => [schedule.schedule_expression, jsondecode(schedule.target[0].input).services] if strcontains(name, "-stop") } == {
      "day-stop"  = ["cron(0 19 ? * MON-FRI *)", ["pdf"]]
      "late-stop" = ["cron(0 23 ? * MON-FRI *)", ["auth"]]
    }
    error_message = "19:00 is inside the late window."
  }
}

run "a_window_stops_its_services_on_days_without_another_window" {
  command = plan
  variables {
    warm_windows = {
      day     = { services = ["auth"], start = "cron(0 7 ? * 2-6 *)", stop = "cron(0 19 ? * 2-6 *)" }
      weekend = { services = ["auth"], start = "cron(30 18 ? * fri *)", stop = "cron(0 7 ? * MON *)" }
    }
  }

  assert {
    condition = { for name, schedule in aws_scheduler_schedule.this : name => [schedule.schedule_expression, jsondecode(schedule.target[0].input).services] if strcontains(name, "-stop") } == {
      "day-stop-mon" = ["cron(0 19 ? * MON,TUE,WED,THU *)", ["auth"]]
    }
    error_message = "Friday evening is inside the weekend window, and the next day window starts on Monday at 07:00."
  }
}

run "a_window_inside_another_stops_nothing" {
  command = plan
  variables {
    warm_windows = {
      day   = { services = ["auth"], start = "cron(0 7 ? * * *)", stop = "cron(0 19 ? * * *)" }
      lunch = { services = ["auth"], start = "cron(0 12 ? * * *)", stop = "cron(0 13 ? * * *)" }
    }
  }

  assert {
    condition     = sort(keys(aws_scheduler_schedule.this)) == tolist(["day-start", "day-stop", "lunch-start", "reconcile"])
    error_message = "13:00 is inside the day window: ${jsonencode(keys(aws_scheduler_schedule.this))}"
  }
}

run "windows_that_do_not_overlap_stop_their_services" {
  command = plan
  variables {
    warm_windows = {
      morning = { services = ["auth"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 12 ? * MON-FRI *)" }
      evening = { services = ["auth"], start = "cron(0 13 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" }
    }
  }

  assert {
    condition     = [for name in ["morning-stop", "evening-stop"] : jsondecode(aws_scheduler_schedule.this[name].target[0].input).services] == [["auth"], ["auth"]]
    error_message = "The service must stop from 12:00 to 13:00."
  }
}

run "refuses_windows_of_one_service_in_two_time_zones" {
  command = plan
  variables {
    warm_windows = {
      day  = { services = ["auth"], start = "cron(0 7 ? * * *)", stop = "cron(0 19 ? * * *)" }
      late = { services = ["auth"], start = "cron(0 12 ? * * *)", stop = "cron(0 20 ? * * *)", timezone = "Europe/Berlin" }
    }
  }
  expect_failures = [aws_scheduler_schedule_group.this]
}

run "refuses_incomparable_windows_of_one_service" {
  command = plan
  variables {
    warm_windows = {
      day   = { services = ["auth"], start = "cron(0 7 ? * * *)", stop = "cron(0 19 ? * * *)" }
      month = { services = ["auth"], start = "cron(0 7 L * ? *)", stop = "cron(0 23 L * ? *)" }
    }
  }
  expect_failures = [aws_scheduler_schedule_group.this]
}

run "shortens_a_description_over_512_characters" {
  command = plan
  variables {
    warm_windows = {
      office = { services = [for number in range(100) : "service-${number}"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" }
    }
  }

  assert {
    condition     = length(aws_scheduler_schedule.this["office-start"].description) == 512 && startswith(aws_scheduler_schedule.this["office-start"].description, "Starts service-0, service-1, ") && endswith(aws_scheduler_schedule.this["office-start"].description, "...")
    error_message = "Scheduler allows 512 characters: ${aws_scheduler_schedule.this["office-start"].description}"
  }
  assert {
    condition     = length(jsondecode(aws_scheduler_schedule.this["office-start"].target[0].input).services) == 100
    error_message = "All services must be started."
  }
}

run "invokes_the_alias_with_its_own_role" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this["reconcile"].target[0].arn == "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live" && aws_scheduler_schedule.this["reconcile"].target[0].role_arn == "arn:aws:iam::123456789012:role/start-engines-scheduler-role-dev"
    error_message = "The target must be the alias, invoked with the schedules' role."
  }
  assert {
    condition     = aws_scheduler_schedule.this["reconcile"].target[0].retry_policy[0].maximum_event_age_in_seconds == 900 && aws_scheduler_schedule.this["reconcile"].target[0].dead_letter_config[0].arn == "arn:aws:sqs:us-east-2:123456789012:start-engines-undelivered-dev"
    error_message = "An undelivered invocation must go to the queue after 15 minutes."
  }
  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : [statement.Action, statement.Resource]] == [
      [["lambda:InvokeFunction"], ["arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"]],
      [["sqs:SendMessage"], ["arn:aws:sqs:us-east-2:123456789012:start-engines-undelivered-dev"]],
    ]
    error_message = "The role must have only these two permissions: ${aws_iam_role_policy.this.policy}"
  }
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition == {
      StringEquals = { "aws:SourceAccount" = "123456789012" }
      ArnEquals    = { "aws:SourceArn" = "arn:aws:scheduler:us-east-2:123456789012:schedule-group/start-engines-dev" }
    }
    error_message = "Only schedules of this group may assume the role."
  }
}

run "has_no_reconcile_schedule_if_disabled" {
  command = plan
  variables {
    reconcile_schedule = null
  }

  assert {
    condition     = length(aws_scheduler_schedule.this) == 0
    error_message = "There must be no schedule."
  }
}

run "refuses_an_empty_window" {
  command = plan
  variables {
    warm_windows = { office = { services = [], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)" } }
  }
  expect_failures = [var.warm_windows]
}

run "refuses_unix_cron" {
  command = plan
  variables {
    warm_windows = { office = { services = ["auth"], start = "0 7 * * 1-5", stop = "cron(0 19 ? * MON-FRI *)" } }
  }
  expect_failures = [var.warm_windows]
}

run "refuses_an_abbreviated_time_zone" {
  command = plan
  variables {
    warm_windows = { office = { services = ["auth"], start = "cron(0 7 ? * MON-FRI *)", stop = "cron(0 19 ? * MON-FRI *)", timezone = "EST" } }
  }
  expect_failures = [var.warm_windows]
}

run "refuses_an_invalid_schedule" {
  command = plan
  variables {
    reconcile_schedule = "every five minutes"
  }
  expect_failures = [var.reconcile_schedule]
}

# Terraform review, finding 10.
run "gives_its_role_the_boundary_and_the_path" {
  command = plan
  variables {
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    role_path            = "/platform/"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this.path == "/platform/"
    error_message = "The role must have the boundary and the path."
  }
}

run "lets_its_role_use_the_key_of_the_queue" {
  command = plan
  variables {
    queue_kms_key_arn = "arn:aws:kms:us-east-2:123456789012:key/queues"
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement if statement.Sid == "EncryptUndelivered"] == [
      { Sid = "EncryptUndelivered", Effect = "Allow", Action = ["kms:GenerateDataKey", "kms:Decrypt"], Resource = ["arn:aws:kms:us-east-2:123456789012:key/queues"], Condition = { StringEquals = { "kms:ViaService" = "sqs.us-east-2.amazonaws.com" } } }
    ]
    error_message = "The role must be allowed to encrypt messages for the queue: ${aws_iam_role_policy.this.policy}"
  }
}
