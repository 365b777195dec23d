output "group_name" {
  description = "Name of the schedule group."
  value       = aws_scheduler_schedule_group.this.name
}

output "schedule_names" {
  description = "Names of the schedules in the group."
  value       = sort([for schedule in aws_scheduler_schedule.this : schedule.name])
}

output "role_arn" {
  description = "ARN of the schedules' role."
  value       = aws_iam_role.this.arn
}
