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
    error_message = "role_name must be 1 to 64 letters, digits and _+=,.@-."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "workspace" {
  description = "Name of the workspace, for the requests."
  type        = string
}

variable "services" {
  description = "Names of the services, in the order of their starts."
  type        = list(string)

  validation {
    condition     = length(var.services) > 0 && length(distinct(var.services)) == length(var.services)
    error_message = "services must contain at least one service, and each only once."
  }

  validation {
    condition     = alltrue([for name in var.services : can(regex(local.contract.service_name_pattern, name)) && !contains(local.contract.reserved_names, name)])
    error_message = "A service name must be 1 to 24 characters of a-z, 0-9 and -, start with a letter, and be neither all nor defaults."
  }
}

variable "wait" {
  description = "What each start waits for before the next one: running or healthy."
  type        = string
  default     = "healthy"

  validation {
    condition     = contains(["running", "healthy"], var.wait)
    error_message = "wait must be running or healthy: with none, the order would have no effect."
  }
}

variable "timeout_seconds" {
  description = "Timeout of one start. Must be slightly longer than the function's timeout."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 60 && var.timeout_seconds <= 960
    error_message = "timeout_seconds must be from 60 to 960."
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
