output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn

  # Lambda rejects an on-failure destination that the role cannot write to, so the policies must exist first.
  depends_on = [aws_iam_role_policy.this]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policies" {
  description = "The role's policies as JSON: the inline policy, followed by the managed ones."
  value       = concat([local.inline_policy], local.managed_policies)
}
