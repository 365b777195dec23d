output "urls" {
  description = "URLs of the services while they are running. With a certificate, use its host name instead."
  value       = { for name in keys(local.ports) : name => "${var.certificate_arn == null ? "http" : "https"}://${module.start_engines.load_balancer_dns_name}/api/${name}" }
}

output "event_bus_name" {
  description = "Name of the event bus for requests."
  value       = module.start_engines.event_bus_name
}

output "function_name" {
  description = "Name of the function."
  value       = module.start_engines.function_name
}
