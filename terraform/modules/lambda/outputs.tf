output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function, without a version."
  value       = aws_lambda_function.this.arn
}

output "alias_arn" {
  description = "ARN of the alias `live`, which all callers use."
  value       = aws_lambda_alias.live.arn
}

output "alias_invoke_arn" {
  description = "Invoke ARN of that alias, for API Gateway."
  value       = aws_lambda_alias.live.invoke_arn
}

output "alias_name" {
  description = "Name of the alias."
  value       = aws_lambda_alias.live.name
}

output "version" {
  description = "The version that the alias points to."
  value       = aws_lambda_alias.live.function_version
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "log_group_arn" {
  description = "ARN of the function's log group."
  value       = aws_cloudwatch_log_group.this.arn
}

output "failures_queue_arn" {
  description = "ARN of the queue for events that the function failed to handle."
  value       = aws_sqs_queue.failures.arn
}

output "failures_queue_name" {
  description = "Name of that queue."
  value       = aws_sqs_queue.failures.name
}

output "failures_queue_url" {
  description = "URL of that queue."
  value       = aws_sqs_queue.failures.url
}
