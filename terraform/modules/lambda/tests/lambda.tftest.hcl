mock_provider "aws" {
  override_during = plan

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { version = "3" }
  }
}

variables {
  name                = "start-engines-lambda-dev"
  failures_queue_name = "start-engines-failures-dev"
  role_arn            = "arn:aws:iam::123456789012:role/start-engines-lambda-role-dev"
  package_path        = "./versions.tf" # Any file works: nothing is uploaded.
  runtime             = "nodejs22.x"
  timeout_seconds     = 495
  environment         = { PARAMETER_PATH = "/start-engines/dev" }
}

run "runs_the_zip_on_arm64" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.function_name == "start-engines-lambda-dev" && aws_lambda_function.this.handler == "index.handler"
    error_message = "The function must have the expected name and handler."
  }
  assert {
    condition     = tolist(aws_lambda_function.this.architectures) == tolist(["arm64"]) && aws_lambda_function.this.timeout == 495 && aws_lambda_function.this.memory_size == 256
    error_message = "The function must run on arm64, with the given timeout and the default memory."
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("./versions.tf")
    error_message = "A different zip must publish a new version."
  }
  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1 && aws_lambda_function.this.tracing_config[0].mode == "PassThrough"
    error_message = "By default there is no reserved concurrency and no tracing."
  }
}

# Terraform review, finding 8: the zip had to be built on the machine that runs Terraform.
run "takes_the_zip_from_s3" {
  command = plan
  variables {
    package_path = "./nothing.zip"
    package_s3   = { bucket = "releases", key = "start-engines/1.0.0.zip", version = "v1", sha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }
  }

  assert {
    condition     = aws_lambda_function.this.s3_bucket == "releases" && aws_lambda_function.this.s3_key == "start-engines/1.0.0.zip" && aws_lambda_function.this.s3_object_version == "v1" && aws_lambda_function.this.filename == null
    error_message = "The package must be the S3 object, not a file."
  }
  assert {
    condition     = aws_lambda_function.this.source_code_hash == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    error_message = "A different hash must publish a new version."
  }
}

run "refuses_a_missing_zip" {
  command = plan
  variables {
    package_path = "./nothing.zip"
  }
  expect_failures = [aws_lambda_function.this]
}

# Terraform review, finding 11.
run "refuses_an_environment_over_4_kb" {
  command = plan
  variables {
    environment = { CLUSTERS = join(",", [for number in range(100) : format("cluster-with-a-name-of-forty-characters%d", number % 10)]) }
  }
  expect_failures = [aws_lambda_function.this]
}

run "refuses_a_hash_in_hexadecimal" {
  command = plan
  variables {
    package_s3 = { bucket = "releases", key = "1.0.0.zip", sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  }
  expect_failures = [var.package_s3]
}

run "has_a_log_group_with_a_retention_period" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/start-engines-lambda-dev" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log group must be the function's, with a retention period."
  }
}

run "sends_failed_events_to_the_queue" {
  command = plan

  assert {
    condition     = aws_lambda_function_event_invoke_config.live.qualifier == "live" && aws_lambda_function_event_invoke_config.live.maximum_event_age_in_seconds == 900 && aws_lambda_function_event_invoke_config.live.maximum_retry_attempts == 2
    error_message = "Asynchronous events through the alias must get two retries within 15 minutes."
  }
  assert {
    condition     = aws_lambda_function_event_invoke_config.live.destination_config[0].on_failure[0].destination == "arn:aws:sqs:us-east-2:123456789012:start-engines-failures-dev"
    error_message = "Failed events must go to the queue."
  }
  assert {
    condition     = aws_sqs_queue.failures.message_retention_seconds == 1209600 && aws_sqs_queue.failures.sqs_managed_sse_enabled
    error_message = "The queue must keep messages for 14 days, encrypted."
  }
}

run "points_the_alias_to_the_newest_version" {
  command = plan

  assert {
    condition     = aws_lambda_alias.live.name == "live" && aws_lambda_alias.live.function_version == "3"
    error_message = "The alias must point to the newest version."
  }
}

run "goes_back_to_an_older_version" {
  command = plan
  variables {
    live_version = "2"
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "2"
    error_message = "The alias must point to live_version."
  }
}

run "sets_concurrency_and_tracing" {
  command = plan
  variables {
    reserved_concurrency = 5
    tracing              = true
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 5 && aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "The function must have both settings."
  }
}

run "refuses_a_timeout_over_900_seconds" {
  command = plan
  variables {
    timeout_seconds = 901
  }
  expect_failures = [var.timeout_seconds]
}

run "refuses_an_unsupported_runtime" {
  command = plan
  variables {
    runtime = "nodejs20.x"
  }
  expect_failures = [var.runtime]
}

run "refuses_memory_below_lambdas_minimum" {
  command = plan
  variables {
    memory_mb = 64
  }
  expect_failures = [var.memory_mb]
}

run "refuses_a_retention_that_cloudwatch_does_not_support" {
  command = plan
  variables {
    log_retention_days = 31
  }
  expect_failures = [var.log_retention_days]
}

run "refuses_a_concurrency_of_zero" {
  command = plan
  variables {
    reserved_concurrency = 0
  }
  expect_failures = [var.reserved_concurrency]
}

run "refuses_an_event_age_over_an_hour" {
  command = plan
  variables {
    maximum_event_age_seconds = 3601
  }
  expect_failures = [var.maximum_event_age_seconds]
}

run "refuses_latest_as_the_live_version" {
  command = plan
  variables {
    live_version = "$LATEST"
  }
  expect_failures = [var.live_version]
}

# Terraform review, findings 25 and 26.
run "uses_given_keys_network_and_log_format" {
  command = plan
  variables {
    queue_kms_key_arn       = "arn:aws:kms:us-east-2:123456789012:key/queues"
    log_kms_key_arn         = "arn:aws:kms:us-east-2:123456789012:key/logs"
    environment_kms_key_arn = "arn:aws:kms:us-east-2:123456789012:key/environment"
    log_format              = "JSON"
    log_level               = "ERROR"
    vpc                     = { subnets = ["subnet-0a1b2c3d"], security_groups = ["sg-0a1b2c3d"] }
  }

  assert {
    condition     = aws_sqs_queue.failures.kms_master_key_id == "arn:aws:kms:us-east-2:123456789012:key/queues" && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:us-east-2:123456789012:key/logs" && aws_lambda_function.this.kms_key_arn == "arn:aws:kms:us-east-2:123456789012:key/environment"
    error_message = "Queue, log group and environment must have their keys."
  }
  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-0a1b2c3d"]) && aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-0a1b2c3d"])
    error_message = "The function must be in the given network."
  }
  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_format == "JSON" && aws_lambda_function.this.logging_config[0].application_log_level == "INFO"
    error_message = "Lambda must write JSON and must not drop the metrics, whatever the log level of the function."
  }
}

run "is_outside_a_vpc_and_uses_the_keys_of_aws_by_default" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && aws_sqs_queue.failures.sqs_managed_sse_enabled
    error_message = "By default there is no VPC and no key."
  }
}

run "refuses_an_unknown_log_format" {
  command = plan
  variables {
    log_format = "XML"
  }
  expect_failures = [var.log_format]
}
