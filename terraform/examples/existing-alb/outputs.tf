output "path" {
  description = "Path of the service, below a host name of the load balancer's certificate."
  value       = "/reports"
}
