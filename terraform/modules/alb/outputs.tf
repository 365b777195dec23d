output "listener_arn" {
  description = "The listener that has the services' rules."
  value       = local.listener_arn
}

output "dns_name" {
  description = "Where the load balancer answers."
  value       = local.dns_name
}

output "load_balancer_arn_suffix" {
  description = "The load balancer as CloudWatch names it."
  value       = local.load_balancer_arn_suffix
}

output "target_group_arns" {
  description = "ARN of each service's target group."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn }
}

output "target_group_names" {
  description = "Name of each service's target group, which is known before it is made."
  value       = local.target_group_names
}

output "target_group_arn_suffixes" {
  description = "Each service's target group as CloudWatch names it."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn_suffix }
}

output "tasks_security_group_id" {
  description = "The security group for tasks, which lets the load balancer in."
  value       = aws_security_group.tasks.id
}

output "load_balancer_security_group_id" {
  description = "The load balancer's security group; null with an existing listener."
  value       = one(aws_security_group.load_balancer[*].id)
}
