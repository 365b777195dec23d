variable "name" {
  description = "Name of the dashboard, and the beginning of the alarms' and the topic's names."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,200}$", var.name))
    error_message = "name must be 1 to 200 letters, digits, - and _."
  }
}

variable "email_addresses" {
  description = "Who gets the alarms. Each has to confirm the subscription."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.email_addresses : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "email_addresses must be e-mail addresses."
  }
}

variable "slow_start_seconds" {
  description = "How long a task may take to run before somebody is told."
  type        = number
  default     = 120

  validation {
    condition     = var.slow_start_seconds >= 1 && var.slow_start_seconds <= 900
    error_message = "slow_start_seconds must be from 1 to 900."
  }
}

variable "reconcile_schedule" {
  description = "When everything is reconciled, as rate(…) or cron(…); null for never."
  type        = string
  default     = "rate(5 minutes)"
}

variable "reconcile_silence_seconds" {
  description = "How long nothing may be reconciled before somebody is told; 0 for ever. Unless said an hour or three times the schedule's rate(…), whichever is longer, and 25 hours with cron(…)."
  type        = number
  default     = null

  validation {
    condition     = var.reconcile_silence_seconds == null ? true : var.reconcile_silence_seconds >= 0 && var.reconcile_silence_seconds <= 604800 && var.reconcile_silence_seconds % 60 == 0
    error_message = "reconcile_silence_seconds must be whole minutes, up to 604800 (a week)."
  }

  validation {
    condition     = coalesce(var.reconcile_silence_seconds, 0) == 0 || local.reconcile_every_seconds == null ? true : var.reconcile_silence_seconds >= 2 * local.reconcile_every_seconds
    error_message = "reconcile_silence_seconds must be at least twice the rate of reconcile_schedule, or the alarm tells of the pauses between two."
  }
}

variable "metrics_namespace" {
  description = "The function's POWERTOOLS_METRICS_NAMESPACE."
  type        = string
}

variable "metrics_service" {
  description = "The function's POWERTOOLS_SERVICE_NAME, which its metrics have as the dimension `service`."
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
  description = "Name of the queue for events that were given up."
  type        = string
}

variable "undelivered_queue_name" {
  description = "Name of the queue for events that did not reach the function."
  type        = string
}

variable "load_balancer_arn_suffix" {
  description = "The load balancer as CloudWatch names it."
  type        = string
}

variable "target_group_arn_suffixes" {
  description = "Each service's target group as CloudWatch names it."
  type        = map(string)
}
