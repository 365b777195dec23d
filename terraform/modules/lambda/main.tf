# Created before the function. Otherwise Lambda would create the group at the first log line, without a retention period.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

# Events that failed after all retries, as Lambda's full record: the event and the error. AWS-049.
resource "aws_sqs_queue" "failures" {
  name                      = var.failures_queue_name
  message_retention_seconds = 1209600 # 14 days, the maximum.
  sqs_managed_sse_enabled   = var.queue_kms_key_arn == null ? true : null
  kms_master_key_id         = var.queue_kms_key_arn
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  description   = "Starts, stops and restarts ECS tasks and registers them with the load balancer."
  role          = var.role_arn

  filename          = var.package_s3 == null ? var.package_path : null
  s3_bucket         = one(var.package_s3[*].bucket)
  s3_key            = one(var.package_s3[*].key)
  s3_object_version = one(var.package_s3[*].version)
  # Null without the file, so that a destroy does not need it. For everything else the precondition requires the file.
  source_code_hash = var.package_s3 == null ? try(filebase64sha256(var.package_path), null) : var.package_s3.sha256
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = ["arm64"]
  # Each apply that changes the function publishes a version, so that the alias can go back to an earlier one.
  publish = true

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  kms_key_arn = var.environment_kms_key_arn

  environment {
    variables = var.environment
  }

  dynamic "logging_config" {
    for_each = var.log_format == "JSON" ? [var.log_level] : []
    content {
      log_format = "JSON"
      log_group  = aws_cloudwatch_log_group.this.name
      # Never above INFO: Lambda would drop the metrics, which are log lines without a level.
      application_log_level = logging_config.value == "DEBUG" ? "DEBUG" : "INFO"
      system_log_level      = "INFO"
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnets
      security_group_ids = vpc_config.value.security_groups
    }
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    precondition {
      condition     = sum([for name, value in var.environment : length(name) + length(value)]) <= 4096
      error_message = "The function's environment has ${sum([for name, value in var.environment : length(name) + length(value)])} characters, and Lambda allows 4096. CLUSTERS lists every cluster: use fewer clusters or shorter names, or split the services over several workspaces."
    }

    precondition {
      condition     = var.package_s3 != null || fileexists(var.package_path)
      error_message = "${var.package_path} does not exist. Run npm run build, or set function.package_path or function.package_s3."
    }
  }
}

# All callers use the alias. It stays on the old version while a new one is published, and can go back to an older one.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The active version."
  function_name    = aws_lambda_function.this.function_name
  function_version = var.live_version == null ? aws_lambda_function.this.version : var.live_version
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = var.maximum_event_age_seconds
  # AWS-048
  maximum_retry_attempts = var.maximum_retry_attempts

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }
}
