output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn

  # Lambda refuses an on-failure destination that the role may not write to, so the policies have to stand first.
  depends_on = [aws_iam_role_policy.this]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policies" {
  description = "The role's policies, as JSON: the inline one, and the managed ones behind it."
  value       = concat([local.inline_policy], local.managed_policies)
}
