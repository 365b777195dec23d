variable "name" {
  description = "Name of the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits and _+=,.@-."
  }
}

variable "cluster_arns" {
  description = "ARNs of the clusters in which the function may start and stop tasks."
  type        = list(string)

  validation {
    condition     = length(var.cluster_arns) > 0 && alltrue([for arn in var.cluster_arns : can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255}$", arn))])
    error_message = "cluster_arns must contain at least one ARN of a cluster, and no wildcards."
  }
}

variable "task_families" {
  description = "Task definition families that the function may start. `*` matches any characters."
  type        = list(string)

  validation {
    condition     = length(var.task_families) > 0 && alltrue([for family in var.task_families : can(regex("^[A-Za-z0-9_-][A-Za-z0-9_*-]{0,254}$", family))])
    error_message = "task_families must contain at least one task definition family, without a revision and not beginning with *."
  }
}

variable "task_role_arns" {
  description = "ARNs of the task and execution roles that the function may pass to tasks."
  type        = list(string)

  validation {
    condition     = alltrue([for arn in var.task_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$", arn))])
    error_message = "task_role_arns must be ARNs of roles, without wildcards: permission to pass any role is permission to act as any role."
  }
}

variable "target_group_arns" {
  description = "ARNs of the target groups in which the function may register targets. `*` matches any characters."
  type        = list(string)

  validation {
    condition     = length(var.target_group_arns) > 0
    error_message = "target_group_arns must contain at least one target group."
  }
}

variable "parameter_path" {
  description = "Path of the service mappings, `/start-engines/<workspace>`."
  type        = string

  validation {
    condition     = startswith(var.parameter_path, local.contract.parameter_path_prefix) && can(regex(local.contract.workspace_name_pattern, trimprefix(var.parameter_path, local.contract.parameter_path_prefix)))
    error_message = "parameter_path must be /start-engines/<workspace>."
  }
}

variable "event_bus_name" {
  description = "Name of the event bus for outcomes."
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

variable "tracing" {
  description = "Whether X-Ray traces the function."
  type        = bool
  default     = false
}

variable "managed_policies" {
  description = "Number of managed policies for the families, tasks, roles and target groups. 0 keeps them in the inline policy."
  type        = number
  default     = 0

  validation {
    condition     = var.managed_policies >= 0 && var.managed_policies <= 10 && floor(var.managed_policies) == var.managed_policies
    error_message = "managed_policies must be a whole number from 0 to 10, the default quota of a role."
  }

  validation {
    condition     = var.managed_policies <= length(var.target_group_arns)
    error_message = "managed_policies must not exceed the number of target groups: a policy would have nothing to allow."
  }
}

variable "reads_metrics" {
  description = "Whether a service is stopped when it is idle, for which its request counts are read."
  type        = bool
}

variable "listener_rule_arns" {
  description = "Listener rules that the function turns between a service and the activator, with `*` for any characters."
  type        = list(string)
  default     = []
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
  description = "ARN of the KMS key that encrypts the on-failure queue. Default: SQS's own key."
  type        = string
  default     = null
}

variable "parameter_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the mappings and the key for launch facts. Default: the account's aws/ssm key."
  type        = string
  default     = null
}

variable "function_name" {
  description = "Name of the function."
  type        = string
}

variable "vpc" {
  description = "Whether the function runs in a VPC."
  type        = bool
  default     = false
}
