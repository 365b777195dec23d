output "function_name" {
  description = "Name of the function."
  value       = module.start_engines.function_name
}
