variable "name" {
  description = "Name of the dashboard and prefix of the alarm and topic names."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,200}$", var.name))
    error_message = "name must be 1 to 200 letters, digits, - and _."
  }
}

variable "email_addresses" {
  description = "E-mail addresses that receive the alarms. Each recipient must confirm the subscription."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.email_addresses : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "email_addresses must contain valid e-mail addresses."
  }
}

variable "slow_start_seconds" {
  description = "Alarms when a task takes longer than this to reach RUNNING."
  type        = number
  default     = 120

  validation {
    condition     = var.slow_start_seconds >= 1 && var.slow_start_seconds <= 900
    error_message = "slow_start_seconds must be from 1 to 900."
  }
}

variable "reconcile_schedule" {
  description = "Schedule of the reconcile, as rate(…) or cron(…). Null disables it."
  type        = string
  default     = "rate(5 minutes)"
}

variable "reconcile_silence_seconds" {
  description = "Alarms when no reconcile has run for this long; 0 disables the alarm. Default: an hour or three `rate(…)` intervals, whichever is longer (none if that is more than a week); 25 hours with `cron(…)`."
  type        = number
  default     = null

  validation {
    condition     = var.reconcile_silence_seconds == null ? true : var.reconcile_silence_seconds >= 0 && var.reconcile_silence_seconds <= 604800 && var.reconcile_silence_seconds % 60 == 0
    error_message = "reconcile_silence_seconds must be a multiple of 60, up to 604800 (a week)."
  }

  validation {
    condition     = coalesce(var.reconcile_silence_seconds, 0) == 0 || local.reconcile_every_seconds == null ? true : var.reconcile_silence_seconds >= 2 * local.reconcile_every_seconds
    error_message = "reconcile_silence_seconds must be at least twice the rate(…) of reconcile_schedule. Otherwise the alarm fires between two reconciles."
  }
}

variable "metrics_namespace" {
  description = "POWERTOOLS_METRICS_NAMESPACE of the function."
  type        = string
}

variable "metrics_service" {
  description = "POWERTOOLS_SERVICE_NAME of the function, the dimension `service` of its metrics."
  type        = string
}

variable "function_name" {
  description = "Name of the function."
  type        = string
}

variable "log_group_name" {
  description = "Name of the function's log group."
  type        = string
}

variable "failures_queue_name" {
  description = "Name of the queue for events that the function failed to handle."
  type        = string
}

variable "undelivered_queue_name" {
  description = "Name of the queue for events that did not reach the function."
  type        = string
}

variable "load_balancer_arn_suffix" {
  description = "ARN suffix of the load balancer, for CloudWatch."
  type        = string
}

variable "target_group_arn_suffixes" {
  description = "ARN suffix of each service's target group, for CloudWatch."
  type        = map(string)
}

variable "alarms_enabled" {
  description = "Whether to create the alarms and their topic."
  type        = bool
  default     = true
}

variable "dashboard" {
  description = "Whether to create the dashboard."
  type        = bool
  default     = true
}

variable "topic" {
  description = <<-EOT
    An existing SNS topic that receives the alarms, instead of a new one.
    - `arn`: ARN of the topic.
  EOT
  type = object({
    arn = string
  })
  default = null

  validation {
    condition     = var.topic == null || length(var.email_addresses) == 0
    error_message = "With an existing topic, email_addresses must be empty: subscribe them to the topic yourself."
  }
}

variable "topic_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topic. Default: none, so the topic is not encrypted."
  type        = string
  default     = null
}
