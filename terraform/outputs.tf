# Generated from modules/start-engines: node scripts/terraform/write-tables.ts
output "function_name" {
  description = "Name of the function."
  value       = module.start_engines.function_name
}

output "function_alias_arn" {
  description = "What everybody calls: ARN of the function's alias."
  value       = module.start_engines.function_alias_arn
}

output "function_version" {
  description = "The version that serves."
  value       = module.start_engines.function_version
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = module.start_engines.role_arn
}

output "load_balancer_dns_name" {
  description = "Where the load balancer answers."
  value       = module.start_engines.load_balancer_dns_name
}

output "load_balancer_protected" {
  description = "Whether the load balancer of this module is protected from deletion."
  value       = module.start_engines.load_balancer_protected
}

output "target_group_arns" {
  description = "ARN of each service's target group."
  value       = module.start_engines.target_group_arns
}

output "tasks_security_group_id" {
  description = "The security group of the tasks."
  value       = module.start_engines.tasks_security_group_id
}

output "parameter_path" {
  description = "The path of the service mappings."
  value       = module.start_engines.parameter_path
}

output "mapping_documents" {
  description = "The service mappings as Terraform would write them. What is in Parameter Store may be newer."
  value       = module.start_engines.mapping_documents
}

output "event_bus_name" {
  description = "The bus on which services are asked for and outcomes are told."
  value       = module.start_engines.event_bus_name
}

output "failures_queue_url" {
  description = "The queue for events that the function gave up."
  value       = module.start_engines.failures_queue_url
}

output "undelivered_queue_url" {
  description = "The queue for events that did not reach the function."
  value       = module.start_engines.undelivered_queue_url
}

output "envelope" {
  description = "What mappings may name without another apply. Also in the parameter `<path>/envelope`."
  value       = module.start_engines.envelope
}

output "http_api_url" {
  description = "Where the HTTP API answers; null without one."
  value       = module.start_engines.http_api_url
}

output "state_machine_arns" {
  description = "ARNs of the state machines, by the names of their sequences."
  value       = module.start_engines.state_machine_arns
}

output "alarm_topic_arn" {
  description = "The topic that the alarms are told on."
  value       = module.start_engines.alarm_topic_arn
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.start_engines.dashboard_name
}
