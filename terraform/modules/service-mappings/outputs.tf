output "documents" {
  description = "The documents as Terraform would write them, by their names below the path. Parameter Store may hold newer ones."
  value       = local.documents
}

output "parameter_names" {
  description = "Full names of the mapping parameters, by their names below the path."
  value       = { for name, parameter in aws_ssm_parameter.this : name => parameter.name }
}

output "envelope_parameter_name" {
  description = "Full name of the envelope's parameter."
  value       = aws_ssm_parameter.envelope.name
}
