output "function_alias_arns" {
  description = "ARN of each environment's function."
  value       = { staging = module.staging.function_alias_arn, prod = module.prod.function_alias_arn }
}
