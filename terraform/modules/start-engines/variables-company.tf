# Requirements of an organisation: names, roles and encryption keys.
variable "name_prefix" {
  description = "Prefix of all names except the parameter path. With another prefix than the default, target groups have it too."
  type        = string
  default     = "start-engines"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,14}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 2 to 16 characters of a-z, 0-9 and -, start with a letter, and not end with -."
  }
}

variable "roles" {
  description = <<-EOT
    The IAM roles of the deployment.
    - `permissions_boundary`: ARN of the policy that limits the permissions of each role. Default: none.
    - `path`: Path of the roles and of their managed policies.
  EOT
  type = object({
    permissions_boundary = optional(string)
    path                 = optional(string, "/")
  })
  default = {}

  validation {
    condition     = var.roles.permissions_boundary == null ? true : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/", var.roles.permissions_boundary))
    error_message = "roles.permissions_boundary must be the ARN of a policy."
  }

  validation {
    condition     = can(regex("^/([!-.0-~]+/)*$", var.roles.path))
    error_message = "roles.path must begin and end with /, such as /platform/."
  }
}

variable "kms_keys" {
  description = <<-EOT
    ARNs of customer-managed KMS keys. Their policies must permit the services that docs/terraform.md names.
    - `queues`: Key of the two queues. Default: SQS's own key.
    - `topic`: Key of the topic for alarms. Default: none, so the topic is not encrypted.
    - `logs`: Key of the log groups. Default: CloudWatch's own key.
    - `environment`: Key of the function's environment variables. Default: Lambda's own key.
    - `parameters`: Key of the mappings, which become SecureStrings, and of the function's key for launch facts. Default:
      mappings are not encrypted, and the account's aws/ssm key encrypts the key for launch facts.
  EOT
  type = object({
    queues      = optional(string)
    topic       = optional(string)
    logs        = optional(string)
    environment = optional(string)
    parameters  = optional(string)
  })
  default = {}

  validation {
    condition     = alltrue([for arn in values(var.kms_keys) : arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "kms_keys must be ARNs of keys, not of aliases: IAM policies do not resolve aliases."
  }
}
