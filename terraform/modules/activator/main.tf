# The function behind the load balancer that answers requests to services that are down (packages/activator). It faces the
# internet, so it has a role of its own, which can neither use ECS nor change the load balancer.
data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

locals {
  arn_prefix = {
    for service in ["events", "logs", "ssm"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }

  alarms = {
    activator-errors = {
      description = "The activator failed, so a client got status 502. See its log."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = var.name }
      period      = 300
      threshold   = 0
    }
    activator-throttles = {
      description = "Lambda throttled the activator, so a client got status 502. Raise its reserved concurrency or the account's limit."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = { FunctionName = var.name }
      period      = 300
      threshold   = 0
    }
    wakes-per-hour = {
      description = "Requests woke services more than ${var.most_wakes_per_hour} times in an hour. A monitor or a crawler may be the cause: see wake.ignore_paths and wake.ignore_user_agents."
      namespace   = "AWS/Events"
      metric      = "TriggeredRules"
      dimensions  = { RuleName = var.wake_rule_name }
      period      = 3600
      threshold   = var.most_wakes_per_hour
    }
    failed-wakes = {
      description = "EventBridge could not deliver a wake to the function. See the undelivered queue."
      namespace   = "AWS/Events"
      metric      = "FailedInvocations"
      dimensions  = { RuleName = var.wake_rule_name }
      period      = 300
      threshold   = 0
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  description          = "Execution role of the start-engines activator."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "start-engines"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "WriteLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${local.arn_prefix["logs"]}:log-group:/aws/lambda/${var.name}:*"] # The log streams of this group, which Lambda names.
      },
      {
        Sid      = "ReadMappings"
        Effect   = "Allow"
        Action   = ["ssm:GetParametersByPath"]
        Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}${local.contract.parameters.services}"]
      },
      {
        Sid      = "ReadActivations"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters"]
        Resource = ["${local.arn_prefix["ssm"]}:parameter${var.parameter_path}${local.contract.parameters.activation}/*"]
      },
      {
        Sid      = "WakeServices"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = ["${local.arn_prefix["events"]}:event-bus/${var.event_bus_name}"]
        Condition = {
          StringEquals = { "events:source" = local.contract.wake.source, "events:detail-type" = local.contract.wake.detail_type }
        }
      },
    ]
  })
}

# Created before the function. Otherwise Lambda would create the group at the first log line, without a retention period.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  description   = "Answers requests to services that are down, and requests their start."
  role          = aws_iam_role.this.arn

  filename          = var.package_s3 == null ? var.package_path : null
  s3_bucket         = one(var.package_s3[*].bucket)
  s3_key            = one(var.package_s3[*].key)
  s3_object_version = one(var.package_s3[*].version)
  # Null without the file, so that a destroy does not need it. For everything else the precondition requires the file.
  source_code_hash = var.package_s3 == null ? try(filebase64sha256(var.package_path), null) : var.package_s3.sha256
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = ["arm64"]
  publish          = true

  memory_size                    = var.memory_mb
  timeout                        = 30 # A request is held for up to 25 s.
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  environment {
    variables = {
      PARAMETER_PATH = var.parameter_path
      EVENT_BUS_NAME = var.event_bus_name
      WORKSPACE      = var.workspace
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]

  lifecycle {
    precondition {
      condition     = var.package_s3 != null || fileexists(var.package_path)
      error_message = "${var.package_path} does not exist. Run npm run build, or set activator.package_path or activator.package_s3."
    }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The active version."
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

# One target group for all services, in every rule of a service with wake.
resource "aws_lb_target_group" "this" {
  name        = var.target_group_name
  target_type = "lambda"
  # Without it, the load balancer passes only the last of several query parameters with the same name.
  lambda_multi_value_headers_enabled = true

  # Checks would invoke the function all day.
  health_check {
    enabled = false
  }
}

resource "aws_lambda_permission" "load_balancer" {
  statement_id  = "load-balancer"
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  function_name = aws_lambda_function.this.function_name
  qualifier     = aws_lambda_alias.live.name
  source_arn    = aws_lb_target_group.this.arn
}

resource "aws_lb_target_group_attachment" "this" {
  target_group_arn = aws_lb_target_group.this.arn
  target_id        = aws_lambda_alias.live.arn
  # ELB refuses a function that it may not invoke.
  depends_on = [aws_lambda_permission.load_balancer]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = var.alarms_enabled ? local.alarms : {}

  alarm_name          = "${var.alarm_prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Sum"
  period              = each.value.period
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}
