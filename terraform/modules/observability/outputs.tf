output "topic_arn" {
  description = "ARN of the topic that receives the alarms. Null without alarms."
  value       = local.topic_arn
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = sort([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name])
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
