output "url" {
  description = "Where the service answers when it is up."
  value       = "https://${module.start_engines.load_balancer_dns_name}/reports"
}
