locals {
  # Scheduler replaces this keyword with the scheduled time, also in a retry.
  scheduled_time = "<aws.scheduler.scheduled-time>"

  warm_window_schedules = merge(
    {
      for name, window in var.warm_windows : "${name}-start" => {
        description = "Starts ${join(", ", window.services)}."
        expression  = window.start
        timezone    = window.timezone
        input       = { action = "start", services = window.services, workspace = var.workspace, asked = local.scheduled_time }
      }
    },
    {
      for key, stop in local.stops : key => {
        description = "Stops ${join(", ", stop.services)}."
        expression  = stop.expression
        timezone    = var.warm_windows[stop.window].timezone
        input = merge(
          { action = "stop", services = stop.services, workspace = var.workspace, asked = local.scheduled_time },
          var.warm_windows[stop.window].pause_outside ? { pause = true } : {},
        )
      }
    },
  )

  schedules = merge(
    var.reconcile_schedule == null ? {} : {
      reconcile = {
        description = "Finishes incomplete operations and removes stale targets."
        expression  = var.reconcile_schedule
        timezone    = "UTC"
        input       = { action = "reconcile", workspace = var.workspace }
      }
    },
    local.warm_window_schedules,
  )
}

data "aws_caller_identity" "current" {}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name

  lifecycle {
    precondition {
      condition     = length(local.incomparable) == 0
      error_message = "Warm windows of the same service must be comparable, so that the end of one does not stop the service inside another: ${join("; ", local.incomparable)}. Use the same timezone for both, and times such as cron(0 7 ? * MON-FRI *)."
    }
  }
}

resource "aws_scheduler_schedule" "this" {
  for_each = local.schedules

  name        = each.key
  group_name  = aws_scheduler_schedule_group.this.name
  description = length(each.value.description) <= 512 ? each.value.description : "${substr(each.value.description, 0, 509)}..."

  schedule_expression          = each.value.expression
  schedule_expression_timezone = each.value.timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.function_arn
    role_arn = aws_iam_role.this.arn
    # jsonencode escapes < and >, and Scheduler does not recognise the escaped keyword.
    input = replace(replace(jsonencode(each.value.input), "\\u003c", "<"), "\\u003e", ">")

    retry_policy {
      maximum_event_age_in_seconds = var.maximum_event_age_seconds
      # The maximum: the event's age is what ends the retries.
      maximum_retry_attempts = 185
    }

    dead_letter_config {
      arn = var.undelivered_queue_arn
    }
  }

  # AWS rejects a schedule whose role lacks the permissions.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Role of the start-engines schedules."
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "scheduler.amazonaws.com" }
        Action    = "sts:AssumeRole"
        # Without these conditions, any account's schedules could use the role.
        Condition = {
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
          ArnEquals    = { "aws:SourceArn" = aws_scheduler_schedule_group.this.arn }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "start-engines"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid      = "InvokeFunction"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [var.function_arn]
      },
      {
        Sid      = "TellUndelivered"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [var.undelivered_queue_arn]
      },
      ], [
      for arn in var.queue_kms_key_arn[*] : {
        Sid       = "EncryptUndelivered"
        Effect    = "Allow"
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "sqs.${split(":", var.undelivered_queue_arn)[3]}.amazonaws.com" } }
      }
    ])
  })
}
