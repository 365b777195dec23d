output "url" {
  description = "URL of the API."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "ID of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "execution_arn" {
  description = "Execution ARN of the API. Callers with AWS_IAM need execute-api:Invoke on it, followed by /<stage>/<method>/<path>."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "role_arn" {
  description = "ARN of the API's role."
  value       = aws_iam_role.this.arn
}

output "access_log_group_name" {
  description = "Name of the access log's log group."
  value       = aws_cloudwatch_log_group.access.name
}
