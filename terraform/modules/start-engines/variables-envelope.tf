variable "allowed_clusters" {
  description = "Further clusters that a mapping may name without another apply, besides those of the services."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cluster in var.allowed_clusters : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}$", cluster))])
    error_message = "allowed_clusters must be names or ARNs of clusters, without wildcards: reconcile reads each of them."
  }

  validation {
    condition     = alltrue([for value in var.allowed_clusters : can(regex(local.local_pattern, value))])
    error_message = "Clusters must be in ${local.here}."
  }
}

variable "allowed_task_families" {
  description = "Further task definition families that a mapping may name without another apply. `*` matches any characters."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for family in var.allowed_task_families : can(regex("^[A-Za-z0-9_-][A-Za-z0-9_*-]{0,254}$", family))])
    error_message = "allowed_task_families must be families without a revision, and must not begin with *: that would allow every task in the account."
  }
}

variable "allowed_task_role_arns" {
  description = "Further roles that tasks may have without another apply, besides those of the services."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.allowed_task_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$", arn))])
    error_message = "allowed_task_role_arns must be ARNs of roles, without wildcards: permission to pass any role is permission to act as any role."
  }

  validation {
    condition     = alltrue([for value in var.allowed_task_role_arns : can(regex(local.local_pattern, value))])
    error_message = "Roles must be in ${local.here}."
  }
}

variable "allowed_target_group_arns" {
  description = "Further target groups that a mapping may name without another apply, besides those created here. `*` matches any characters."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.allowed_target_group_arns : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+", arn))])
    error_message = "allowed_target_group_arns must be ARNs of target groups, which may end with *."
  }

  validation {
    condition     = alltrue([for value in var.allowed_target_group_arns : can(regex(local.local_pattern, value))])
    error_message = "Target groups must be in ${local.here}."
  }
}

variable "allowed_ports" {
  description = "Further ports that a mapping may name without another apply, besides those of the services."
  type        = list(number)
  default     = []

  validation {
    condition     = alltrue([for port in var.allowed_ports : port >= 1 && port <= 65535 && floor(port) == port])
    error_message = "allowed_ports must be whole numbers from 1 to 65535."
  }
}

variable "managed_policies" {
  description = "Number of managed policies for the envelope in the function's role, 0 to 10. 0 keeps it in the inline policy. Default: depends on the number of services."
  type        = number
  default     = null

  validation {
    condition     = var.managed_policies == null ? true : var.managed_policies >= 0 && var.managed_policies <= min(10, length(var.services)) && floor(var.managed_policies) == var.managed_policies
    error_message = "managed_policies must be a whole number from 0 to 10, and must not exceed the number of services."
  }
}
