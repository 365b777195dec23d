locals {
  # Retryable errors: those of docs/errors.md and Lambda's own. `passing` errors are transient, `curable` ones need more time.
  passing  = ["AwsThrottled", "AwsUnavailable", "MappingUnavailable", "Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"]
  curable  = ["CapacityUnavailable", "TaskStopped", "StartTimedOut", "TargetNotHealthy", "OutOfTime", "CompensationFailed", "DependencyFailed", "Internal", "Lambda.Unknown", "Sandbox.Timedout"]
  starting = [for service in var.services : "Start ${service}"]

  starts = [
    for index, service in var.services : {
      "Start ${service}" = {
        Type     = "Task"
        Resource = "arn:${split(":", var.function_arn)[1]}:states:::lambda:invoke"
        Parameters = {
          FunctionName = var.function_arn
          Payload = {
            action    = "start"
            service   = service
            wait      = var.wait
            workspace = var.workspace
            # A stop after the beginning of the execution then supersedes a start that is still waiting or is retried.
            "asked.$" = "$$.Execution.StartTime"
          }
        }
        TimeoutSeconds = var.timeout_seconds
        Retry = [
          { ErrorEquals = local.passing, IntervalSeconds = 2, BackoffRate = 2, MaxAttempts = 5, MaxDelaySeconds = 60, JitterStrategy = "FULL" },
          { ErrorEquals = local.curable, IntervalSeconds = 30, BackoffRate = 2, MaxAttempts = 2 },
        ]
        Catch      = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
        OutputPath = "$.Payload"
        Next       = "Was ${service} stopped meanwhile?"
      }
      # A start that a later stop supersedes is not an error, but the remaining services should not start either.
      "Was ${service} stopped meanwhile?" = {
        Type    = "Choice"
        Choices = [{ Variable = "$.statusCode", NumericEquals = 409, Next = "Superseded" }]
        Default = index == length(var.services) - 1 ? "Started" : local.starting[index + 1]
      }
    }
  ]

  definition = jsonencode({
    Comment = "Starts ${join(", ", var.services)}, one after the other."
    StartAt = local.starting[0]
    States = merge(concat(local.starts, [{
      Started    = { Type = "Succeed" }
      Superseded = { Type = "Fail", Error = "Superseded", Cause = "A service was stopped while the sequence was under way." }
      Failed     = { Type = "Fail", ErrorPath = "$.Error", CausePath = "$.Cause" }
    }])...)
  })
}

data "aws_caller_identity" "current" {}

resource "aws_sfn_state_machine" "this" {
  name       = var.name
  role_arn   = aws_iam_role.this.arn
  definition = local.definition

  # AWS rejects a state machine whose role lacks the permissions.
  depends_on = [aws_iam_role_policy.this]
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Role of the state machine ${var.name}."
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "states.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id }
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
    Statement = [
      {
        Sid      = "InvokeFunction"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [var.function_arn]
      },
    ]
  })
}
