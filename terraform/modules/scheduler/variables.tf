variable "name" {
  description = "Name of the schedule group."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z_.-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, -, _ and periods."
  }
}

variable "role_name" {
  description = "Name of the schedules' role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "role_name must be 1 to 64 letters, digits and _+=,.@-."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "workspace" {
  description = "Name of the workspace, for the schedules' requests."
  type        = string
}

variable "undelivered_queue_arn" {
  description = "ARN of the queue for invocations that did not reach the function."
  type        = string
}

variable "reconcile_schedule" {
  description = "Schedule of the reconcile, as rate(…) or cron(…). Null disables it."
  type        = string
  default     = "rate(5 minutes)"

  validation {
    condition     = var.reconcile_schedule == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.reconcile_schedule))
    error_message = "reconcile_schedule must be rate(…) or cron(…)."
  }
}

variable "warm_windows" {
  description = <<-EOT
    Times at which services start and stop, by name of the window. Windows of one service may overlap.
    - `services`: Names of the services.
    - `start`: When they start, as cron(…).
    - `stop`: When they stop, as cron(…).
    - `timezone`: Time zone of both, such as America/New_York.
    - `pause_outside`: Whether requests do not wake the services after a stop, until the next start.
  EOT
  type = map(object({
    services      = list(string)
    start         = string
    stop          = string
    timezone      = optional(string, "UTC")
    pause_outside = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.warm_windows) : can(regex("^[a-z][a-z0-9-]{0,47}$", name)) && name != "reconcile"])
    error_message = "A window name must be 1 to 48 characters of a-z, 0-9 and -, start with a letter, and not be reconcile."
  }

  validation {
    condition     = alltrue([for window in var.warm_windows : length(window.services) > 0])
    error_message = "A window must list its services. An empty list does not mean all services."
  }

  validation {
    condition     = alltrue(flatten([for window in var.warm_windows : [for expression in [window.start, window.stop] : can(regex("^cron\\((\\S+ ){5}\\S+\\)$", expression))]]))
    error_message = "start and stop must be cron(…) with six fields: minute, hour, day of the month, month, day of the week, year."
  }

  validation {
    condition     = alltrue([for window in var.warm_windows : can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$", window.timezone))])
    error_message = "timezone must be the name of a time zone, such as America/New_York."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Scheduler retries an invocation."
  type        = number
  default     = 900

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 3600
    error_message = "maximum_event_age_seconds must be from 60 to 3600."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that limits the role's permissions. Default: none."
  type        = string
  default     = null
}

variable "role_path" {
  description = "Path of the role."
  type        = string
  default     = "/"
}

variable "queue_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the queue of undelivered events. Default: SQS's own key."
  type        = string
  default     = null
}
