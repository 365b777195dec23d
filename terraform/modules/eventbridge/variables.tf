variable "workspace" {
  description = "The workspace: part of every name, and of what tasks say about who started them."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.workspace))
    error_message = "workspace must be 1 to 12 of a-z, 0-9 and -, a letter first."
  }
}

variable "bus_name" {
  description = "The bus on which services are asked for."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,256}$", var.bus_name))
    error_message = "bus_name must be the name of a bus in this account, not an ARN."
  }
}

variable "create_bus" {
  description = "Whether that bus is made here, with a resource policy."
  type        = bool
  default     = false

  validation {
    condition     = !(var.create_bus && var.bus_name == "default")
    error_message = "The bus named default is there already: give the new bus another name."
  }
}

variable "sender_arns" {
  description = "Whom the policy of the bus that is made here lets in, of other accounts too; this account unless said. It keeps nobody of this account out whom IAM allows to put events."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.sender_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(root|user/.+|role/.+)$", arn))])
    error_message = "sender_arns must be ARNs of accounts (…:root), users or roles."
  }

  validation {
    condition     = length(var.sender_arns) == 0 || var.create_bus
    error_message = "sender_arns needs create_bus: the policy of a bus that is there already is its owner's."
  }
}

variable "sources" {
  description = "The sources that may ask; any but AWS's own unless said."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for source in var.sources : !startswith(source, "aws.") && source != "start-engines" && source != ""])
    error_message = "sources must not name aws.… or start-engines: their events ask for nothing."
  }
}

variable "accept_unaddressed" {
  description = "Whether events that name no workspace are for this one. Only one workspace of a bus can accept them."
  type        = bool
  default     = true
}

variable "cluster_arns" {
  description = "The clusters that may hold our tasks."
  type        = list(string)

  validation {
    condition     = length(var.cluster_arns) > 0
    error_message = "cluster_arns must name at least one cluster."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "function_name" {
  description = "Name of the function."
  type        = string
}

variable "function_alias" {
  description = "Name of the function's alias."
  type        = string
}

variable "undelivered_queue_name" {
  description = "Name of the queue for events that did not reach the function."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.undelivered_queue_name))
    error_message = "undelivered_queue_name must be 1 to 80 letters, digits, - and _."
  }
}

variable "maximum_event_age_seconds" {
  description = "How long EventBridge tries to deliver an event."
  type        = number
  default     = 900

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 3600
    error_message = "maximum_event_age_seconds must be from 60 to 3600: what ECS remembers of a task lives an hour."
  }
}
