output "function_name" {
  description = "Name of the function."
  value       = module.lambda.function_name
}

output "function_alias_arn" {
  description = "What everybody calls: ARN of the function's alias."
  value       = module.lambda.alias_arn
}

output "function_version" {
  description = "The version that serves."
  value       = module.lambda.version
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = module.iam.role_arn
}

output "load_balancer_dns_name" {
  description = "Where the load balancer answers."
  value       = module.alb.dns_name
}

output "load_balancer_protected" {
  description = "Whether the load balancer of this module is protected from deletion."
  value       = coalesce(var.load_balancer.deletion_protection, var.workspace == "prod") && var.load_balancer.existing_listener_arn == null
}

output "target_group_arns" {
  description = "ARN of each service's target group."
  value       = module.alb.target_group_arns
}

output "tasks_security_group_id" {
  description = "The security group of the tasks."
  value       = module.alb.tasks_security_group_id
}

output "parameter_path" {
  description = "The path of the service mappings."
  value       = local.parameter_path
}

output "mapping_documents" {
  description = "The service mappings as Terraform would write them. What is in Parameter Store may be newer."
  value       = module.service_mappings.documents
}

output "event_bus_name" {
  description = "The bus on which services are asked for and outcomes are told."
  value       = module.eventbridge.bus_name
}

output "failures_queue_url" {
  description = "The queue for events that the function gave up."
  value       = module.lambda.failures_queue_url
}

output "undelivered_queue_url" {
  description = "The queue for events that did not reach the function."
  value       = module.eventbridge.undelivered_queue_url
}

output "envelope" {
  description = "What mappings may name without another apply. Also in the parameter `<path>/envelope`."
  value       = local.envelope
}

output "http_api_url" {
  description = "Where the HTTP API answers; null without one."
  value       = one(module.http_api[*].url)
}

output "state_machine_arns" {
  description = "ARNs of the state machines, by the names of their sequences."
  value       = { for name, machine in module.state_machine : name => machine.arn }
}

output "alarm_topic_arn" {
  description = "The topic that the alarms are told on."
  value       = module.observability.topic_arn
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.observability.dashboard_name
}
