output "load_balancer_dns_name" {
  description = "DNS name of the load balancer, which resolves to private addresses."
  value       = module.start_engines.load_balancer_dns_name
}
