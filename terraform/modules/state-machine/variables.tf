variable "name" {
  description = "Name of the state machine."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1 to 80 letters, digits, - and _."
  }
}

variable "role_name" {
  description = "Name of the state machine's role."
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
  description = "The workspace that the requests name."
  type        = string
}

variable "services" {
  description = "The services in the order in which they are started."
  type        = list(string)

  validation {
    condition     = length(var.services) > 0 && length(distinct(var.services)) == length(var.services)
    error_message = "services must name at least one service, and each once."
  }

  validation {
    condition     = alltrue([for name in var.services : can(regex("^[a-z][a-z0-9-]{0,23}$", name)) && !contains(["all", "defaults"], name)])
    error_message = "A service's name must be 1 to 24 of a-z, 0-9 and -, a letter first, and neither all nor defaults."
  }
}

variable "wait" {
  description = "What each start waits for before the next one: running or healthy."
  type        = string
  default     = "healthy"

  validation {
    condition     = contains(["running", "healthy"], var.wait)
    error_message = "wait must be running or healthy: with none the order would mean nothing."
  }
}

variable "timeout_seconds" {
  description = "How long one start may take; a little more than the function's own time-out."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 960
    error_message = "timeout_seconds must be from 60 to 960."
  }
}
