output "target_group_arn" {
  description = "ARN of the activator's target group, for the listener rules."
  value       = aws_lb_target_group.this.arn
  # A rule may send requests only when the group has its target.
  depends_on = [aws_lb_target_group_attachment.this]
}

output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_alias_arn" {
  description = "ARN of the function's alias, which the load balancer invokes."
  value       = aws_lambda_alias.live.arn
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.this.arn
}
