output "url" {
  description = "URL of the service while it is running."
  value       = "https://${var.host_name}/"
}
