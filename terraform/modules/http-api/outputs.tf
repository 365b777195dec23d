output "url" {
  description = "Where the API answers."
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the API."
  value       = aws_apigatewayv2_api.this.id
}

output "execution_arn" {
  description = "What callers with AWS_IAM need execute-api:Invoke on, with /<stage>/<method>/<path> after it."
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "role_arn" {
  description = "ARN of the API's role."
  value       = aws_iam_role.this.arn
}

output "access_log_group_name" {
  description = "Name of the access log's group."
  value       = aws_cloudwatch_log_group.access.name
}
