variable "name" {
  description = "Name of the schedule group."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-Za-z_.-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, -, _ and dots."
  }
}

variable "role_name" {
  description = "Name of the schedules' role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "role_name must be 1 to 64 characters that IAM takes in the name of a role."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "workspace" {
  description = "The workspace that the schedules' requests name."
  type        = string
}

variable "undelivered_queue_arn" {
  description = "The queue for invocations that did not reach the function."
  type        = string
}

variable "reconcile_schedule" {
  description = "When everything is reconciled, as Scheduler's rate(…) or cron(…); null for never."
  type        = string
  default     = "rate(5 minutes)"

  validation {
    condition     = var.reconcile_schedule == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.reconcile_schedule))
    error_message = "reconcile_schedule must be rate(…) or cron(…)."
  }
}

variable "warm_windows" {
  description = "When services are up, by the name of the window: services, start and stop as cron(…), time zone. Windows of one service may overlap."
  type = map(object({
    services = list(string)
    start    = string
    stop     = string
    timezone = optional(string, "UTC")
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.warm_windows) : can(regex("^[a-z][a-z0-9-]{0,47}$", name)) && name != "reconcile"])
    error_message = "The name of a window must be 1 to 48 of a-z, 0-9 and -, a letter first."
  }

  validation {
    condition     = alltrue([for window in var.warm_windows : length(window.services) > 0])
    error_message = "A window must name its services: an empty list never means all."
  }

  validation {
    condition     = alltrue(flatten([for window in var.warm_windows : [for expression in [window.start, window.stop] : can(regex("^cron\\((\\S+ ){5}\\S+\\)$", expression))]]))
    error_message = "start and stop must be cron(…) with six fields: minute, hour, day of the month, month, day of the week, year."
  }

  validation {
    condition     = alltrue([for window in var.warm_windows : can(regex("^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$", window.timezone))])
    error_message = "timezone must be the name of a zone, such as America/New_York."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long Scheduler tries to reach the function."
  type        = number
  default     = 900

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 3600
    error_message = "maximum_event_age_seconds must be from 60 to 3600."
  }
}
