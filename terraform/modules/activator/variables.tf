variable "name" {
  description = "Name of the function."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, - and _."
  }
}

variable "role_name" {
  description = "Name of the function's role."
  type        = string
}

variable "role_path" {
  description = "Path of the role."
  type        = string
  default     = "/"
}

variable "permissions_boundary" {
  description = "ARN of the role's permissions boundary."
  type        = string
  default     = null
}

variable "target_group_name" {
  description = "Name of the function's target group."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$", var.target_group_name))
    error_message = "target_group_name must be 2 to 32 letters, digits and -, and must not begin or end with -."
  }
}

variable "workspace" {
  description = "Name of the workspace."
  type        = string
}

variable "parameter_path" {
  description = "Path of the service mappings, `/start-engines/<workspace>`."
  type        = string
}

variable "event_bus_name" {
  description = "Name of the event bus for requests."
  type        = string
}

variable "wake_rule_name" {
  description = "Name of the rule that forwards wakes to the engine, for the alarms."
  type        = string
}

variable "package_path" {
  description = "Path of the function's zip. Ignored if package_s3 is set."
  type        = string
}

variable "package_s3" {
  description = <<-EOT
    The function's zip in S3, instead of a file.
    - `bucket`: Bucket of the zip.
    - `key`: Key of the zip.
    - `version`: Object version of the zip. Default: the newest.
    - `sha256`: SHA-256 of the zip, in base64.
  EOT
  type = object({
    bucket  = string
    key     = string
    version = optional(string)
    sha256  = string
  })
  default = null
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"
}

variable "memory_mb" {
  description = "Memory in MB."
  type        = number
  default     = 256

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrent executions, at least 100. Default: none reserved, so the account's limit applies."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 100 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number of at least 100: the activator answers every request to services that are down, and a request over the limit gets status 502."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the function's logs."
  type        = number
  default     = 30
}

variable "log_kms_key_arn" {
  description = "KMS key of the log group. Default: CloudWatch's own."
  type        = string
  default     = null
}

variable "alarms_enabled" {
  description = "Whether to create the alarms."
  type        = bool
  default     = true
}

variable "alarm_prefix" {
  description = "Prefix of the alarms' names."
  type        = string
}

variable "alarm_topic_arns" {
  description = "Topics that receive the alarms."
  type        = list(string)
  default     = []
}

variable "most_wakes_per_hour" {
  description = "Alarms when requests wake services more often than this in an hour."
  type        = number
  default     = 60

  validation {
    condition     = var.most_wakes_per_hour >= 1
    error_message = "most_wakes_per_hour must be at least 1."
  }
}
