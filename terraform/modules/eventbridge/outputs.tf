output "bus_name" {
  description = "Name of the event bus for requests and outcomes."
  value       = local.bus_name
}

output "bus_arn" {
  description = "ARN of that bus."
  value       = local.bus_arn
}

output "rule_names" {
  description = "Names of the rules, by the events they match: start, stop, restart, task-state."
  value       = { for name, rule in aws_cloudwatch_event_rule.this : name => rule.name }
}

output "undelivered_queue_arn" {
  description = "ARN of the queue for events that did not reach the function."
  value       = aws_sqs_queue.undelivered.arn
}

output "undelivered_queue_name" {
  description = "Name of that queue."
  value       = aws_sqs_queue.undelivered.name
}

output "undelivered_queue_url" {
  description = "URL of that queue."
  value       = aws_sqs_queue.undelivered.url
}
