variable "name" {
  description = "Name of the function."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, - and _."
  }
}

variable "failures_queue_name" {
  description = "Name of the queue for events that the function failed to handle."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.failures_queue_name))
    error_message = "failures_queue_name must be 1 to 80 letters, digits, - and _."
  }
}

variable "role_arn" {
  description = "ARN of the function's execution role."
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

  validation {
    condition     = var.package_s3 == null ? true : can(regex("^[A-Za-z0-9+/]{43}=$", var.package_s3.sha256))
    error_message = "package_s3.sha256 must be a SHA-256 in base64, as printed by openssl dgst -sha256 -binary FILE | base64."
  }
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.runtime)
    error_message = "runtime must be nodejs22.x or nodejs24.x, the runtimes that the zip supports."
  }
}

variable "memory_mb" {
  description = "Memory of the function in MB. Its CPU share is proportional to it."
  type        = number
  default     = 256

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240."
  }
}

variable "timeout_seconds" {
  description = "Timeout of the function: the longest start, plus time to clean up after a failed one."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 60 to 900, Lambda's maximum. Shorten a service's start_timeout_seconds, healthy_timeout_seconds or drain_seconds."
  }
}

variable "environment" {
  description = "Environment variables of the function."
  type        = map(string)
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the log."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs supports: 1, 3, 5, 7, 14, 30, 60, 90, …"
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrent executions. Default: none reserved, so the account's limit applies."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number of at least 1: with 0 the function never runs."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces every invocation."
  type        = bool
  default     = false
}

variable "live_version" {
  description = "The version that the alias points to, for a rollback. Default: the newest."
  type        = string
  default     = null

  validation {
    condition     = var.live_version == null ? true : can(regex("^[1-9][0-9]*$", var.live_version))
    error_message = "live_version must be a version number, such as \"7\"."
  }
}

variable "maximum_event_age_seconds" {
  description = "Maximum age of an asynchronous event, including earlier attempts and the waits between them. ECS forgets a stopped task after an hour."
  type        = number
  default     = 900

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 3600
    error_message = "maximum_event_age_seconds must be from 60 to 3600."
  }
}

variable "maximum_retry_attempts" {
  description = "How often Lambda retries an asynchronous event."
  type        = number
  default     = 2

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "maximum_retry_attempts must be 0, 1 or 2."
  }
}

variable "queue_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the queue. Default: SQS's own key."
  type        = string
  default     = null
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group. Default: CloudWatch's own key."
  type        = string
  default     = null
}

variable "environment_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the environment variables. Default: Lambda's own key."
  type        = string
  default     = null
}

variable "log_format" {
  description = "Format of Lambda's own log lines: Text or JSON. The function's lines are always JSON. A change from JSON back to Text has no effect: the provider keeps the format."
  type        = string
  default     = "Text"

  validation {
    condition     = contains(["Text", "JSON"], var.log_format)
    error_message = "log_format must be Text or JSON."
  }
}

variable "log_level" {
  description = "Log level of the function. With JSON, Lambda drops DEBUG lines at any other level."
  type        = string
  default     = "INFO"
}

variable "vpc" {
  description = <<-EOT
    Network of the function. Default: none, so it calls AWS through the public endpoints.
    - `subnets`: Subnets of the function.
    - `security_groups`: Security groups of the function.
  EOT
  type = object({
    subnets         = list(string)
    security_groups = list(string)
  })
  default = null
}
