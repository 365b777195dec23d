# Generated from modules/start-engines: node scripts/terraform/write-tables.ts
output "function_name" {
  description = "Name of the function."
  value       = module.start_engines.function_name
}

output "function_alias_arn" {
  description = "ARN of the function's alias, which all callers use."
  value       = module.start_engines.function_alias_arn
}

output "function_version" {
  description = "The active version of the function."
  value       = module.start_engines.function_version
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = module.start_engines.role_arn
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer."
  value       = module.start_engines.load_balancer_dns_name
}

output "load_balancer_protected" {
  description = "Whether the module's load balancer is protected from deletion. False with an existing listener."
  value       = module.start_engines.load_balancer_protected
}

output "target_group_arns" {
  description = "ARN of each service's target group."
  value       = module.start_engines.target_group_arns
}

output "tasks_security_group_id" {
  description = "ID of the tasks' security group."
  value       = module.start_engines.tasks_security_group_id
}

output "parameter_path" {
  description = "Path of the service mappings."
  value       = module.start_engines.parameter_path
}

output "mapping_documents" {
  description = "The service mappings as Terraform would write them. Parameter Store may hold newer ones."
  value       = module.start_engines.mapping_documents
}

output "event_bus_name" {
  description = "Name of the event bus for requests and outcomes."
  value       = module.start_engines.event_bus_name
}

output "failures_queue_url" {
  description = "URL of the queue for events that the function failed to handle."
  value       = module.start_engines.failures_queue_url
}

output "undelivered_queue_url" {
  description = "URL of the queue for events that did not reach the function."
  value       = module.start_engines.undelivered_queue_url
}

output "envelope" {
  description = "Resources that mappings may name without another apply. Also in the parameter `<path>/envelope`."
  value       = module.start_engines.envelope
}

output "http_api_url" {
  description = "URL of the HTTP API. Null without one."
  value       = module.start_engines.http_api_url
}

output "state_machine_arns" {
  description = "ARNs of the state machines, by name of the sequence."
  value       = module.start_engines.state_machine_arns
}

output "alarm_topic_arn" {
  description = "ARN of the topic that receives the alarms."
  value       = module.start_engines.alarm_topic_arn
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = module.start_engines.dashboard_name
}

output "operator_policies" {
  description = "IAM policies for operators as JSON: read, and in addition operate and edit_mappings."
  value       = module.start_engines.operator_policies
}

output "function_arn" {
  description = "ARN of the function, without an alias."
  value       = module.start_engines.function_arn
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.start_engines.log_group_name
}

output "role_name" {
  description = "Name of the function's role."
  value       = module.start_engines.role_name
}

output "load_balancer_arn" {
  description = "ARN of the load balancer."
  value       = module.start_engines.load_balancer_arn
}

output "load_balancer_zone_id" {
  description = "Hosted zone ID of the load balancer, for an alias record in Route 53."
  value       = module.start_engines.load_balancer_zone_id
}

output "listener_arn" {
  description = "ARN of the listener with the rules, for further certificates and rules."
  value       = module.start_engines.listener_arn
}

output "load_balancer_security_group_id" {
  description = "ID of the load balancer's security group. Null with an existing listener."
  value       = module.start_engines.load_balancer_security_group_id
}

output "event_bus_arn" {
  description = "ARN of the event bus for requests and outcomes."
  value       = module.start_engines.event_bus_arn
}

output "event_rule_names" {
  description = "Names of the rules, by the events they match: start, stop, restart, task-state."
  value       = module.start_engines.event_rule_names
}

output "failures_queue_arn" {
  description = "ARN of the queue for events that the function failed to handle."
  value       = module.start_engines.failures_queue_arn
}

output "undelivered_queue_arn" {
  description = "ARN of the queue for events that did not reach the function."
  value       = module.start_engines.undelivered_queue_arn
}

output "http_api_id" {
  description = "ID of the HTTP API, for a custom domain. Null without one."
  value       = module.start_engines.http_api_id
}

output "http_api_execution_arn" {
  description = "Execution ARN of the HTTP API, for policies that permit execute-api:Invoke. Null without one."
  value       = module.start_engines.http_api_execution_arn
}

output "activator_target_group_arn" {
  description = "ARN of the activator's target group, for rules of additional target groups. Null without a service with `wake`."
  value       = module.start_engines.activator_target_group_arn
}
