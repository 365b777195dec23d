variable "parameter_path" {
  description = "Path of the service mappings, `/start-engines/<workspace>`."
  type        = string

  validation {
    condition     = startswith(var.parameter_path, local.contract.parameter_path_prefix) && can(regex(local.contract.workspace_name_pattern, trimprefix(var.parameter_path, local.contract.parameter_path_prefix)))
    error_message = "parameter_path must be /start-engines/<workspace>."
  }
}

variable "target_group_arns" {
  description = "ARN of each service's target group."
  type        = map(string)
}

variable "listener_rule_arns" {
  description = "ARN of each service's listener rule. Needed for services with wake."
  type        = map(string)
  default     = {}
}

variable "envelope" {
  description = <<-EOT
    The resources that the function's role may use.
    - `clusters`: Names of the clusters.
    - `task_families`: Task definition families, with `*` for any characters.
    - `task_role_arns`: ARNs of the roles that tasks may have.
    - `target_group_arns`: ARNs of the target groups, with `*` for any characters.
  EOT
  type = object({
    clusters          = list(string)
    task_families     = list(string)
    task_role_arns    = list(string)
    target_group_arns = list(string)
  })
}

variable "defaults" {
  description = <<-EOT
    Defaults for all services. A service's own value takes precedence.
    - `subnets`: Subnets of the tasks.
    - `security_groups`: Security groups of the tasks.
    - `assign_public_ip`: Whether the tasks get a public IP address.
    - `wait`: What a start waits for: running, healthy or none. Default running.
    - `start_timeout_seconds`: How long a start waits for the task to run. Default 300.
    - `healthy_timeout_seconds`: How long a start waits for a healthy target. Default 120.
    - `drain_seconds`: How long a deregistered task keeps running. Default 15.
    - `environment`: Environment variables of every service's container.
    - `tags`: Tags of every task.
    - `propagate_tags`: TASK_DEFINITION copies the task definition's tags to the tasks; NONE does not. Default NONE.
    - `enable_ecs_managed_tags`: Whether ECS tags the tasks with their cluster. Default false.
    - `enable_execute_command`: Whether ECS Exec can open a shell in the containers. Default false.
    - `platform_version`: Fargate platform version. Default LATEST.
  EOT
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
    error_message = "defaults.subnets must contain 1 to 16 subnets."
  }

  validation {
    condition     = length(var.defaults.security_groups) <= 5
    error_message = "defaults.security_groups must contain at most 5 groups."
  }
}

variable "previous" {
  description = <<-EOT
    What earlier applies wrote, by service and key: subnets, securityGroups, targetGroupArn, listenerRuleArn.
    - `now`: The value of the last apply.
    - `before`: The values of earlier applies, newest first.
  EOT
  type = map(map(object({
    now    = string
    before = list(string)
  })))
  default = {}
}

variable "retained_role_arns" {
  description = "Roles, by service, that its live mapping still needs although `services` no longer lists them."
  type        = map(list(string))
  default     = {}
}

variable "services" {
  description = <<-EOT
    The services, by name.
    - `cluster`: Name or ARN of the ECS cluster.
    - `task_definition`: Family (its newest revision), family:revision or ARN.
    - `task_role_arns`: ARNs of the task definition's execution role and task role.
    - `port`: Port that the service listens on.
    - `priority`: Priority of the listener rule. Recorded, so that the next plan can detect a conflict.
    - `additional_target_groups`: Existing target groups that also receive the service's tasks.
    - `additional_target_groups.arn`: ARN of the target group.
    - `additional_target_groups.port`: Port to register. Default: the service's port.
    - `additional_target_groups.listener_rule_arn`: Rule that forwards to the target group, for a service with wake.
    - `path_prefix`: Path of the requests that wake the service. Default `/api/<name>`.
    - `wake`: Requests start the service when it is down.
    - `wake.ignore_paths`: Paths that never wake the service, with `*`.
    - `wake.ignore_user_agents`: User agents that never wake the service, with `*`.
    - `wake.allow_origins`: Origins that may send cross-origin requests while the service is down.
    - `wake.hold_seconds`: How long a request that is not a page waits for the service.
    - `wake.title`: Name of the service on the waiting page.
    - `idle`: Stops the service when it is not used.
    - `idle.after_seconds`: After how long without a request.
    - `idle.min_up_seconds`: Not before this time after it came up.
    - `idle.ignore_requests`: So many requests count as none.
    - `idle.long_connections`: True if connections stay open without requests.
    - `lease_seconds`: How long a start requests the service for.
    - `subnets`: Subnets of the tasks.
    - `security_groups`: Security groups of the tasks.
    - `assign_public_ip`: Whether the tasks get a public IP address.
    - `launch_type`: FARGATE (the default), EC2, or CLUSTER_DEFAULT for the cluster's default capacity provider strategy.
    - `capacity_provider_strategy`: Capacity providers instead of a launch type.
    - `capacity_provider_strategy.capacity_provider`: Name of the capacity provider.
    - `capacity_provider_strategy.weight`: Relative share of the tasks.
    - `capacity_provider_strategy.base`: Number of tasks to place on this provider first.
    - `container_name`: Container that receives `environment`. Default: the container that exposes the port, or else the first
      essential container.
    - `environment`: Environment variables of the container, added to the defaults.
    - `wait`: What a start waits for: running, healthy or none.
    - `start_timeout_seconds`: How long a start waits for the task to run.
    - `healthy_timeout_seconds`: How long a start waits for a healthy target.
    - `drain_seconds`: How long a deregistered task keeps running.
    - `depends_on`: Services that a start of several services starts before this one.
    - `tags`: Tags of the tasks, added to the defaults.
    - `propagate_tags`: TASK_DEFINITION copies the task definition's tags to the tasks; NONE does not.
    - `enable_ecs_managed_tags`: Whether ECS tags the tasks with their cluster.
    - `enable_execute_command`: Whether ECS Exec can open a shell in the containers.
    - `platform_version`: Fargate platform version.
    - `exclusive_target_group`: False if something else also registers targets in the service's target groups.
    - `allow_overrides`: Permitted values of each override in an event, with `*` for any characters.
  EOT
  type = map(object({
    cluster         = string
    task_definition = string
    task_role_arns  = optional(list(string), [])
    port            = number
    priority        = optional(number)
    additional_target_groups = optional(list(object({
      arn               = string
      port              = optional(number)
      listener_rule_arn = optional(string)
    })), [])
    path_prefix = optional(string)
    wake = optional(object({
      ignore_paths       = optional(list(string), [])
      ignore_user_agents = optional(list(string), [])
      allow_origins      = optional(list(string), [])
      hold_seconds       = optional(number)
      title              = optional(string)
    }))
    idle = optional(object({
      after_seconds    = number
      min_up_seconds   = optional(number)
      ignore_requests  = optional(number)
      long_connections = optional(bool)
    }))
    lease_seconds    = optional(number)
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
    condition     = alltrue([for name in keys(var.services) : can(regex(local.contract.service_name_pattern, name)) && !contains(local.contract.reserved_names, name)])
    error_message = "A service name must be 1 to 24 characters of a-z, 0-9 and -, start with a letter, and be neither all nor defaults."
  }

  validation {
    condition     = alltrue([for service in var.services : service.launch_type == null || length(service.capacity_provider_strategy) == 0])
    error_message = "A service takes launch_type or capacity_provider_strategy, not both."
  }

  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override in keys(service.allow_overrides) :
        contains(["cluster", "task_definition", "target_group_arn", "subnets", "security_groups", "container_name", "port", "environment", "start_timeout_seconds"], override)
      ]
    ]))
    error_message = "allow_overrides takes the keys cluster, task_definition, target_group_arn, subnets, security_groups, container_name, port, environment and start_timeout_seconds."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the mappings. Default: none, so the mappings are Strings."
  type        = string
  default     = null
}
