output "url" {
  description = "URL of the service while it is running."
  value       = "https://${module.start_engines.load_balancer_dns_name}/reports"
}
