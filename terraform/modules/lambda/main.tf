# Before the function: Lambda would make the group itself at the first line, without an end to what it keeps.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

# What asynchronous invocations could not do after their retries, as Lambda's whole record: the event and the error.
resource "aws_sqs_queue" "failures" {
  name                      = var.failures_queue_name
  message_retention_seconds = 1209600 # 14 days, the most there is: somebody may be on holiday.
  sqs_managed_sse_enabled   = true
}

resource "aws_lambda_function" "this" {
  function_name = var.name
  description   = "Starts, stops and restarts ECS services and puts them behind the load balancer."
  role          = var.role_arn

  filename          = var.package_s3 == null ? var.package_path : null
  s3_bucket         = one(var.package_s3[*].bucket)
  s3_key            = one(var.package_s3[*].key)
  s3_object_version = one(var.package_s3[*].version)
  # Null without the file, so that a destroy does not need it; the precondition refuses anything else.
  source_code_hash = var.package_s3 == null ? try(filebase64sha256(var.package_path), null) : var.package_s3.sha256
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = ["arm64"]
  # Each apply that changes the function makes a version, so that the alias can go back to an earlier one.
  publish = true

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency

  environment {
    variables = var.environment
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    precondition {
      condition     = sum([for name, value in var.environment : length(name) + length(value)]) <= 4096
      error_message = "The function's environment has ${sum([for name, value in var.environment : length(name) + length(value)])} characters, and Lambda takes 4096. CLUSTERS names every cluster: use fewer clusters or shorter names, or spread the services over several workspaces."
    }

    precondition {
      condition     = var.package_s3 != null || fileexists(var.package_path)
      error_message = "There is no file ${var.package_path}. Run npm run build, or set function.package_path or function.package_s3."
    }
  }
}

# What everybody calls. It stands still while a new version is made, and can be put back to an older one.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that serves."
  function_name    = aws_lambda_function.this.function_name
  function_version = var.live_version == null ? aws_lambda_function.this.version : var.live_version
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_event_age_in_seconds = var.maximum_event_age_seconds
  maximum_retry_attempts       = var.maximum_retry_attempts

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }
}
