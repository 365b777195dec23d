output "role_arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn

  # Lambda refuses an on-failure destination that the role may not write to, so the policy has to stand first.
  depends_on = [aws_iam_role_policy.this]
}

output "role_name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policy" {
  description = "The role's policy, as JSON."
  value       = local.policy
}
