variable "workspace" {
  description = "Name of the workspace. Part of every resource name and of each task's startedBy."
  type        = string

  validation {
    condition     = can(regex(local.contract.workspace_name_pattern, var.workspace))
    error_message = "workspace must be 1 to 12 characters of a-z, 0-9 and -, and start with a letter."
  }
}

variable "bus_name" {
  description = "Name of the event bus for requests and outcomes."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,256}$", var.bus_name))
    error_message = "bus_name must be the name of a bus in this account, not an ARN."
  }
}

variable "create_bus" {
  description = "Whether to create the bus, with a resource policy."
  type        = bool
  default     = false

  validation {
    condition     = !(var.create_bus && var.bus_name == "default")
    error_message = "The bus named default already exists: give the new bus another name."
  }
}

variable "sender_arns" {
  description = "Accounts, users and roles that the policy of a new bus admits, also from other accounts. Default: this account. Identities of this account with IAM permission to put events need no entry."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.sender_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(root|user/.+|role/.+)$", arn))])
    error_message = "sender_arns must be ARNs of accounts (…:root), users or roles."
  }

  validation {
    condition     = length(var.sender_arns) == 0 || var.create_bus
    error_message = "sender_arns needs create_bus: this module does not manage the policy of an existing bus."
  }
}

variable "sources" {
  description = "Event sources to accept. Default: every source except AWS's own."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for source in var.sources : !startswith(source, "aws.") && source != "start-engines" && source != ""])
    error_message = "sources must not contain aws.… or start-engines: their events are never requests."
  }
}

variable "accept_unaddressed" {
  description = "Whether this workspace handles events without `detail.workspace`. Only one workspace per bus can."
  type        = bool
  default     = true
}

variable "cluster_arns" {
  description = "ARNs of the clusters that the tasks run in."
  type        = list(string)

  validation {
    condition     = length(var.cluster_arns) > 0
    error_message = "cluster_arns must contain at least one cluster."
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
  description = "How long EventBridge retries the delivery of an event."
  type        = number
  default     = 900

  validation {
    condition     = var.maximum_event_age_seconds >= 60 && var.maximum_event_age_seconds <= 3600
    error_message = "maximum_event_age_seconds must be from 60 to 3600: ECS forgets a stopped task after an hour."
  }
}

variable "wake" {
  description = "Whether the activator requests starts."
  type        = bool
  default     = false
}
variable "queue_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the queue. Default: SQS's own key."
  type        = string
  default     = null
}

variable "name_prefix" {
  description = "Prefix of the names."
  type        = string
  default     = "start-engines"
}
