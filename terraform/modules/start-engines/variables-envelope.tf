variable "allowed_clusters" {
  description = "Clusters that a mapping may be moved to without an apply, beside those of the services."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cluster in var.allowed_clusters : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}$", cluster))])
    error_message = "allowed_clusters must be names or ARNs of clusters, without patterns: reconcile looks at each."
  }
}

variable "allowed_task_families" {
  description = "Families of task definitions that a mapping may name without an apply, beside those of the services; `*` stands for any run of characters."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for family in var.allowed_task_families : can(regex("^[A-Za-z0-9_-][A-Za-z0-9_*-]{0,254}$", family))])
    error_message = "allowed_task_families must be families, without a revision and not beginning with *: that would be every task of the account."
  }
}

variable "allowed_task_role_arns" {
  description = "Roles that tasks may have without an apply, beside those of the services."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.allowed_task_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$", arn))])
    error_message = "allowed_task_role_arns must be ARNs of roles, without patterns: whoever may pass any role may become anybody."
  }
}

variable "allowed_target_group_arns" {
  description = "Target groups that a mapping may name without an apply, beside those made here; `*` stands for any run of characters."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.allowed_target_group_arns : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+", arn))])
    error_message = "allowed_target_group_arns must be ARNs of target groups; * may stand for the end of one."
  }
}

variable "allowed_ports" {
  description = "Ports that a mapping may name without an apply, beside those of the services."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for port in var.allowed_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "allowed_ports must be whole numbers from 1 to 65535."
  }
}

variable "managed_policies" {
  description = "Over how many managed policies of the function's role the envelope is spread, 0 to 10; by the number of services unless said. With 0 it is in the inline policy."
  type        = number
  default     = null

  validation {
    condition     = var.managed_policies == null ? true : var.managed_policies >= 0 && var.managed_policies <= min(10, length(var.services)) && floor(var.managed_policies) == var.managed_policies
    error_message = "managed_policies must be a whole number from 0 to 10, and no more than there are services."
  }
}
