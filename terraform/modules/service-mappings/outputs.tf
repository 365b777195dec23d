output "documents" {
  description = "Each document as Terraform would write it, by its name below the path. What is in Parameter Store may be newer."
  value       = local.documents
}

output "parameter_names" {
  description = "Full names of the parameters, by their names below the path."
  value       = { for name, parameter in aws_ssm_parameter.this : name => parameter.name }
}

output "envelope_parameter_name" {
  description = "Full name of the parameter that tells the envelope."
  value       = aws_ssm_parameter.envelope.name
}
