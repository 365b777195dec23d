output "listener_arn" {
  description = "ARN of the listener with the services' rules."
  value       = local.listener_arn
}

output "dns_name" {
  description = "DNS name of the load balancer."
  value       = local.dns_name
}

output "load_balancer_arn_suffix" {
  description = "ARN suffix of the load balancer, for CloudWatch."
  value       = local.load_balancer_arn_suffix
}

output "target_group_arns" {
  description = "ARN of each service's target group."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn }
}

output "target_group_names" {
  description = "Name of each service's target group, known at plan time."
  value       = local.target_group_names
}

output "target_group_arn_suffixes" {
  description = "ARN suffix of each service's target group, for CloudWatch."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn_suffix }
}

output "tasks_security_group_id" {
  description = "ID of the tasks' security group, which admits the load balancer."
  value       = aws_security_group.tasks.id
}

output "load_balancer_security_group_id" {
  description = "ID of the load balancer's security group. Null with an existing listener."
  value       = one(aws_security_group.load_balancer[*].id)
}

output "listener_rule_arns" {
  description = "ARN of each service's listener rule."
  value       = { for name, rule in aws_lb_listener_rule.this : name => rule.arn }
}
output "load_balancer_arn" {
  description = "ARN of the load balancer."
  value       = local.makes_listener ? aws_lb.this[0].arn : data.aws_lb_listener.existing[0].load_balancer_arn
}

output "zone_id" {
  description = "Hosted zone ID of the load balancer, for an alias record in Route 53."
  value       = local.makes_listener ? aws_lb.this[0].zone_id : data.aws_lb.existing[0].zone_id
}
