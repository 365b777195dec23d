variable "parameter_path" {
  description = "The path of the service mappings, `/start-engines/<workspace>`."
  type        = string

  validation {
    condition     = can(regex("^/start-engines/[a-z][a-z0-9-]{0,11}$", var.parameter_path))
    error_message = "parameter_path must be /start-engines/<workspace>."
  }
}

variable "target_group_arns" {
  description = "ARN of each service's target group."
  type        = map(string)
}

variable "envelope" {
  description = "What the function's role may touch: clusters, families of task definitions, roles and target groups."
  type = object({
    clusters          = list(string)
    task_families     = list(string)
    task_role_arns    = list(string)
    target_group_arns = list(string)
  })
}

variable "defaults" {
  description = "What the services have in common: subnets and security groups of the tasks, whether they get a public address, what a start waits for and how long, variables of the container, tags, and what else RunTask takes."
  type = object({
    subnets                 = list(string)
    security_groups         = optional(list(string), [])
    assign_public_ip        = optional(bool, false)
    wait                    = optional(string)
    start_timeout_seconds   = optional(number)
    healthy_timeout_seconds = optional(number)
    drain_seconds           = optional(number)
    environment             = optional(map(string), {})
    tags                    = optional(map(string), {})
    propagate_tags          = optional(string)
    enable_ecs_managed_tags = optional(bool)
    enable_execute_command  = optional(bool)
    platform_version        = optional(string)
  })

  validation {
    condition     = length(var.defaults.subnets) >= 1 && length(var.defaults.subnets) <= 16
    error_message = "defaults.subnets must be 1 to 16 subnets."
  }

  validation {
    condition     = length(var.defaults.security_groups) <= 5
    error_message = "defaults.security_groups must be 5 groups at most."
  }
}

variable "previous" {
  description = "The values that the last apply wrote for each service, and those before: subnets, securityGroups, targetGroupArn."
  type = map(map(object({
    now    = string
    before = list(string)
  })))
  default = {}
}

variable "retained_role_arns" {
  description = "Roles of each service that its live mapping needs and services no longer names."
  type        = map(list(string))
  default     = {}
}

variable "services" {
  description = "Where and how each service runs, by its name."
  type = map(object({
    cluster         = string
    task_definition = string
    task_role_arns  = optional(list(string), [])
    port            = number
    priority        = optional(number)
    additional_target_groups = optional(list(object({
      arn  = string
      port = optional(number)
    })), [])
    subnets          = optional(list(string), [])
    security_groups  = optional(list(string), [])
    assign_public_ip = optional(bool)
    launch_type      = optional(string)
    capacity_provider_strategy = optional(list(object({
      capacity_provider = string
      weight            = optional(number)
      base              = optional(number)
    })), [])
    container_name          = optional(string)
    environment             = optional(map(string), {})
    wait                    = optional(string)
    start_timeout_seconds   = optional(number)
    healthy_timeout_seconds = optional(number)
    drain_seconds           = optional(number)
    depends_on              = optional(list(string), [])
    tags                    = optional(map(string), {})
    propagate_tags          = optional(string)
    enable_ecs_managed_tags = optional(bool)
    enable_execute_command  = optional(bool)
    platform_version        = optional(string)
    exclusive_target_group  = optional(bool, true)
    allow_overrides         = optional(map(list(string)), {})
  }))

  validation {
    condition     = alltrue([for name in keys(var.services) : can(regex("^[a-z][a-z0-9-]{0,23}$", name)) && !contains(["all", "defaults"], name)])
    error_message = "A service's name must be 1 to 24 of a-z, 0-9 and -, a letter first, and neither all nor defaults."
  }

  validation {
    condition     = alltrue([for service in var.services : service.launch_type == null || length(service.capacity_provider_strategy) == 0])
    error_message = "A service has launch_type or capacity_provider_strategy, never both."
  }

  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override in keys(service.allow_overrides) :
        contains(["cluster", "task_definition", "target_group_arn", "subnets", "security_groups", "container_name", "port", "environment", "start_timeout_seconds"], override)
      ]
    ]))
    error_message = "allow_overrides has an override that a start does not know, or must not have."
  }
}
