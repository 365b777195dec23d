variable "name" {
  description = "Name of the role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 characters that IAM takes in the name of a role."
  }
}

variable "cluster_arns" {
  description = "The clusters in which tasks may be started and stopped."
  type        = list(string)

  validation {
    condition     = length(var.cluster_arns) > 0 && alltrue([for arn in var.cluster_arns : can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[A-Za-z0-9_-]{1,255}$", arn))])
    error_message = "cluster_arns must be ARNs of clusters, without patterns, and at least one."
  }
}

variable "task_families" {
  description = "The families of task definitions that may be started; `*` stands for any run of characters."
  type        = list(string)

  validation {
    condition     = length(var.task_families) > 0 && alltrue([for family in var.task_families : can(regex("^[A-Za-z0-9_-][A-Za-z0-9_*-]{0,254}$", family))])
    error_message = "task_families must be families of task definitions, without a revision and not beginning with *, and at least one."
  }
}

variable "task_role_arns" {
  description = "The task and execution roles that may be handed to tasks."
  type        = list(string)

  validation {
    condition     = alltrue([for arn in var.task_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$", arn))])
    error_message = "task_role_arns must be ARNs of roles, without patterns: whoever may pass any role may become anybody."
  }
}

variable "target_group_arns" {
  description = "The target groups in which targets may be registered; `*` stands for any run of characters."
  type        = list(string)

  validation {
    condition     = length(var.target_group_arns) > 0
    error_message = "target_group_arns must name at least one target group."
  }
}

variable "parameter_path" {
  description = "The path of the service mappings, `/start-engines/<workspace>`."
  type        = string

  validation {
    condition     = can(regex("^/start-engines/[a-z][a-z0-9-]{0,11}$", var.parameter_path))
    error_message = "parameter_path must be /start-engines/<workspace>."
  }
}

variable "event_bus_name" {
  description = "The bus on which outcomes are told."
  type        = string
}

variable "log_group_name" {
  description = "The function's log group."
  type        = string
}

variable "failures_queue_name" {
  description = "The queue for events that were given up."
  type        = string
}

variable "tracing" {
  description = "Whether X-Ray traces the function."
  type        = bool
  default     = false
}

variable "managed_policies" {
  description = "Over how many managed policies the families, tasks, roles and target groups are spread; 0 keeps them in the inline policy."
  type        = number
  default     = 0

  validation {
    condition     = var.managed_policies >= 0 && var.managed_policies <= 10 && floor(var.managed_policies) == var.managed_policies
    error_message = "managed_policies must be a whole number from 0 to 10: a role takes no more unless AWS has raised the account's quota."
  }

  validation {
    condition     = var.managed_policies <= length(var.target_group_arns)
    error_message = "managed_policies must not pass the number of target groups: a policy would have nothing to allow."
  }
}
