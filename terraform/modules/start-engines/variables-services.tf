variable "services" {
  description = <<-EOT
    The services, by name. Target groups, listener rules, mappings and permissions are derived from them.
    - `cluster`: Name or ARN of the ECS cluster.
    - `task_definition`: Family (its newest revision), family:revision or ARN.
    - `task_role_arns`: ARNs of the task definition's execution role and task role.
    - `port`: Port that the service listens on.
    - `path_prefix`: Path that the load balancer routes to the service, without changing it. `/` routes every path. Default
      `/api/<name>`.
    - `host_headers`: Host names that the load balancer routes to the service, with `*` and `?`. Default: every host.
    - `priority`: Priority of the listener rule, 1 to 50000, unique for each service. A priority cannot move from one service
      to another in one apply.
    - `protocol`: Protocol to the tasks: HTTP or HTTPS. A change of `protocol`, `protocol_version` or `ip_address_type`
      replaces the target group. The service must then be restarted.
    - `protocol_version`: HTTP1, HTTP2 or GRPC.
    - `ip_address_type`: Address type of the targets: ipv4 or ipv6.
    - `stickiness_seconds`: How long a cookie binds a client to its task, 1 to 604800. Default: no cookie.
    - `health_check`: Health check of the target group.
    - `health_check.path`: Path of the check.
    - `health_check.matcher`: HTTP status codes of a healthy target.
    - `health_check.interval_seconds`: Time between two checks, 5 to 300.
    - `health_check.timeout_seconds`: Timeout of a check, at least 2 and below the interval.
    - `health_check.healthy_threshold`: Successful checks in a row before a target is healthy, 2 to 10.
    - `health_check.unhealthy_threshold`: Failed checks in a row before a target is unhealthy, 2 to 10.
    - `health_check.port`: Port of the check. Default: the service's port.
    - `health_check.protocol`: Protocol of the check: HTTP or HTTPS. Default: `protocol`.
    - `additional_target_groups`: Existing target groups that also receive the service's tasks.
    - `additional_target_groups.arn`: ARN of the target group.
    - `additional_target_groups.port`: Port to register. Default: the service's port.
    - `additional_target_groups.listener_rule_arn`: Rule that forwards to the target group and to the activator. Required with
      `wake`.
    - `exclusive_target_group`: False if something else also registers targets in the service's target groups.
    - `subnets`: Subnets of the tasks. Default: `task_subnets`.
    - `security_groups`: Security groups of the tasks. Default: the group that this module creates.
    - `assign_public_ip`: Whether the tasks get a public IP address. Default: `assign_public_ip` of the deployment.
    - `launch_type`: FARGATE (the default), EC2, or CLUSTER_DEFAULT for the cluster's default capacity provider strategy.
    - `capacity_provider_strategy`: Capacity providers instead of a launch type.
    - `capacity_provider_strategy.capacity_provider`: Name of the capacity provider.
    - `capacity_provider_strategy.weight`: Relative share of the tasks.
    - `capacity_provider_strategy.base`: Number of tasks to place on this provider first.
    - `container_name`: Container that receives `environment`. Default: the container that exposes the port, or else the first
      essential container.
    - `environment`: Environment variables of the container, added to those of `mapping_defaults`.
    - `wait`: What a start waits for: running, healthy or none. Default: `mapping_defaults.wait`, or running.
    - `start_timeout_seconds`: How long a start waits for the task to run, 10 to 840. Default: `mapping_defaults`, or 300.
    - `healthy_timeout_seconds`: How long a start waits for a healthy target, 5 to 840. Default: `mapping_defaults`, or 120.
    - `drain_seconds`: How long a deregistered task keeps running, 0 to 300. Default: `mapping_defaults`, or 15.
    - `depends_on`: Services that a start of several services starts before this one.
    - `tags`: Tags of the tasks, added to those of `mapping_defaults`. At most 10 together.
    - `propagate_tags`: TASK_DEFINITION copies the task definition's tags to the tasks; NONE does not. Default NONE.
    - `enable_ecs_managed_tags`: Whether ECS tags the tasks with their cluster. Default false.
    - `enable_execute_command`: Whether ECS Exec can open a shell in the containers. Default false.
    - `platform_version`: Fargate platform version. Default LATEST.
    - `wake`: Requests start the service when it is down. Until then the activator answers them.
    - `wake.ignore_paths`: Paths that never wake the service, with `*`, in addition to the built-in list.
    - `wake.ignore_user_agents`: User agents that never wake the service, with `*`, in addition to the built-in list.
    - `wake.allow_origins`: Origins that may send cross-origin requests while the service is down.
    - `wake.hold_seconds`: How long a request that is not a page waits for the service, 0 to 25. Default 0.
    - `wake.title`: Name of the service on the waiting page.
    - `idle`: Stops the service when it is not used. Needs `wake`.
    - `idle.after_seconds`: After how long without a request, 300 to 604800.
    - `idle.min_up_seconds`: Not before this time after it came up. Default 600.
    - `idle.ignore_requests`: So many requests count as none. Default 0.
    - `idle.long_connections`: True if connections stay open without requests, such as WebSockets.
    - `lease_seconds`: How long a start requests the service for, 60 to 604800. Default: no end.
    - `allow_overrides`: Permitted values of each override in an event, with `*` for any characters. Keys: cluster,
      task_definition, target_group_arn, subnets, security_groups, container_name, port, environment (names of variables) and
      start_timeout_seconds.
  EOT
  type = map(object({
    cluster            = string
    task_definition    = string
    task_role_arns     = list(string)
    port               = number
    path_prefix        = optional(string)
    host_headers       = optional(list(string), [])
    priority           = number
    protocol           = optional(string, "HTTP")
    protocol_version   = optional(string, "HTTP1")
    ip_address_type    = optional(string, "ipv4")
    stickiness_seconds = optional(number)
    health_check = optional(object({
      path                = optional(string, "/health")
      matcher             = optional(string, "200-299")
      interval_seconds    = optional(number, 5)
      timeout_seconds     = optional(number, 3)
      healthy_threshold   = optional(number, 2)
      unhealthy_threshold = optional(number, 3)
      port                = optional(number)
      protocol            = optional(string)
    }), {})
    additional_target_groups = optional(list(object({
      arn               = string
      port              = optional(number)
      listener_rule_arn = optional(string)
    })), [])
    exclusive_target_group = optional(bool, true)
    subnets                = optional(list(string), [])
    security_groups        = optional(list(string), [])
    assign_public_ip       = optional(bool)
    launch_type            = optional(string)
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
    lease_seconds   = optional(number)
    allow_overrides = optional(map(list(string)), {})
  }))

  validation {
    condition     = length(var.services) > 0
    error_message = "services must contain at least one service."
  }

  validation {
    condition     = alltrue([for name in keys(var.services) : can(regex(local.contract.service_name_pattern, name)) && !contains(local.contract.reserved_names, name)])
    error_message = "A service name must be 1 to 24 characters of a-z, 0-9 and -, start with a letter, and be neither all nor defaults."
  }

  validation {
    condition     = alltrue([for service in var.services : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}$", service.cluster))])
    error_message = "cluster must be the name or ARN of a cluster."
  }

  validation {
    condition     = alltrue([for service in var.services : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?[A-Za-z0-9_-]{1,255}(:[1-9][0-9]*)?$", service.task_definition))])
    error_message = "task_definition must be a family, family:revision or an ARN."
  }

  validation {
    condition     = alltrue([for service in var.services : service.port >= 1 && service.port <= 65535 && floor(service.port) == service.port])
    error_message = "port must be a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for service in var.services : service.launch_type == null || length(service.capacity_provider_strategy) == 0])
    error_message = "A service takes launch_type or capacity_provider_strategy, not both."
  }

  validation {
    condition     = alltrue([for service in var.services : service.launch_type == null ? true : contains(["FARGATE", "EC2", "CLUSTER_DEFAULT"], service.launch_type)])
    error_message = "launch_type must be FARGATE, EC2, or CLUSTER_DEFAULT for the cluster's default capacity provider strategy."
  }

  validation {
    condition     = alltrue([for service in var.services : length(distinct([for item in service.capacity_provider_strategy : contains(["FARGATE", "FARGATE_SPOT"], item.capacity_provider)])) <= 1])
    error_message = "capacity_provider_strategy cannot combine FARGATE or FARGATE_SPOT with other capacity providers."
  }

  validation {
    condition = alltrue([
      for service in var.services : service.platform_version == null && var.mapping_defaults.platform_version == null ? true : (
        service.launch_type != "EC2" && alltrue([for item in service.capacity_provider_strategy : contains(["FARGATE", "FARGATE_SPOT"], item.capacity_provider)])
      )
    ])
    error_message = "platform_version, in the service or in mapping_defaults, is for Fargate only."
  }

  validation {
    condition     = alltrue([for service in var.services : service.platform_version == null ? true : can(regex("^(LATEST|[0-9]+[.][0-9]+[.][0-9]+)$", service.platform_version))])
    error_message = "platform_version must be LATEST or a version such as 1.4.0."
  }

  validation {
    condition     = alltrue([for service in var.services : service.propagate_tags == null ? true : contains(["TASK_DEFINITION", "NONE"], service.propagate_tags)])
    error_message = "propagate_tags must be TASK_DEFINITION or NONE."
  }

  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for key, value in service.tags :
        can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value)) && !can(regex("^((?i:aws:)|start-engines:)", key)) && !can(regex("^(?i:aws:)", value))
      ]
    ]))
    error_message = "tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, without the prefix aws: or, for a key, start-engines:."
  }

  validation {
    condition     = alltrue([for service in var.services : length(merge(var.mapping_defaults.tags, service.tags)) <= local.contract.most_task_tags])
    error_message = "A task can have at most ${local.contract.most_task_tags} tags, including those of mapping_defaults: start-engines reserves 40 of the 50 for its own."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for value in values(service.environment) : value != null]]))
    error_message = "Values of environment must be strings. An empty string is allowed, null is not."
  }

  validation {
    condition     = alltrue([for service in var.services : service.wait == null ? true : contains(["running", "healthy", "none"], service.wait)])
    error_message = "wait must be running, healthy or none."
  }

  validation {
    condition = alltrue([
      for service in var.services : alltrue([
        for name in ["start_timeout_seconds", "healthy_timeout_seconds", "drain_seconds"] :
        service[name] == null ? true : service[name] >= local.contract.bounds[name].least && service[name] <= local.contract.bounds[name].most && floor(service[name]) == service[name]
      ])
    ])
    error_message = "Out of bounds: ${join(", ", [for name in ["start_timeout_seconds", "healthy_timeout_seconds", "drain_seconds"] : "${name} must be from ${local.contract.bounds[name].least} to ${local.contract.bounds[name].most}"])}."
  }

  validation {
    condition     = alltrue([for name, service in var.services : alltrue([for other in service.depends_on : other != name && contains(keys(var.services), other)])])
    error_message = "depends_on must name other services of the same workspace."
  }

  validation {
    condition     = alltrue([for service in var.services : service.wake == null || service.stickiness_seconds == null])
    error_message = "A service with wake cannot have stickiness_seconds: the cookie would bind clients to a task that is down."
  }

  validation {
    condition     = alltrue([for service in var.services : service.wake == null || alltrue([for group in service.additional_target_groups : group.listener_rule_arn != null])])
    error_message = "additional_target_groups of a service with wake need listener_rule_arn."
  }

  validation {
    condition     = alltrue([for service in var.services : service.idle == null || service.wake != null])
    error_message = "idle needs wake: an idle stop sends requests to the activator first."
  }

  validation {
    condition = alltrue([
      for service in var.services : service.idle == null ? true : (
        service.idle.after_seconds >= 300 && service.idle.after_seconds <= 604800 &&
        (coalesce(service.idle.ignore_requests, 0) == 0 || try(length(service.wake.ignore_paths) + length(service.wake.ignore_user_agents), 0) > 0)
      )
    ])
    error_message = "idle.after_seconds must be from 300 to 604800, and idle.ignore_requests needs wake.ignore_paths or wake.ignore_user_agents: otherwise the requests that it ignores wake the service."
  }

  validation {
    condition     = alltrue([for service in var.services : service.lease_seconds == null ? true : service.lease_seconds >= 60 && service.lease_seconds <= 604800 && floor(service.lease_seconds) == service.lease_seconds])
    error_message = "lease_seconds must be a whole number from 60 to 604800."
  }

  validation {
    condition     = alltrue([for service in var.services : try(service.wake.hold_seconds == null ? true : service.wake.hold_seconds >= 0 && service.wake.hold_seconds <= 25, true)])
    error_message = "wake.hold_seconds must be from 0 to 25."
  }

  # allow_overrides is a map because Terraform silently drops unknown attributes of an object.
  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override in keys(service.allow_overrides) :
        contains(local.contract.overrides, override)
      ]
    ]))
    error_message = "allow_overrides takes the keys ${join(", ", local.contract.overrides)}. Roles and commands cannot be overridden."
  }

  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override in ["port", "start_timeout_seconds"] : [
          for value in lookup(service.allow_overrides, override, []) :
          try(tonumber(value) >= local.contract.bounds[override].least && tonumber(value) <= local.contract.bounds[override].most && floor(tonumber(value)) == tonumber(value), false)
        ]
      ]
    ]))
    error_message = "Out of bounds: ${join(", ", [for name in ["port", "start_timeout_seconds"] : "allow_overrides.${name} must contain whole numbers from ${local.contract.bounds[name].least} to ${local.contract.bounds[name].most}"])}."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for cluster in lookup(service.allow_overrides, "cluster", []) : !strcontains(cluster, "*")]]))
    error_message = "allow_overrides.cluster must list each cluster, without wildcards: reconcile reads all of them."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for definition in lookup(service.allow_overrides, "task_definition", []) : !startswith(definition, "*")]]))
    error_message = "allow_overrides.task_definition must not begin with *: an event could then run any task."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for arn in lookup(service.allow_overrides, "target_group_arn", []) : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+", arn))]]))
    error_message = "allow_overrides.target_group_arn must contain ARNs of target groups, which may end with *."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for name in concat(keys(service.environment), lookup(service.allow_overrides, "environment", [])) : name != "START_ENGINES_LAUNCH_FACTS"]]))
    error_message = "A mapping cannot set or allow START_ENGINES_LAUNCH_FACTS: start-engines stores a task's launch facts in it."
  }

  validation {
    condition = alltrue([for value in flatten([
      for service in var.services : concat(
        [service.cluster, service.task_definition],
        service.task_role_arns,
        service.additional_target_groups[*].arn,
        flatten([for override in ["cluster", "task_definition", "target_group_arn"] : lookup(service.allow_overrides, override, [])]),
      )
    ]) : can(regex(local.local_pattern, value))])
    error_message = "Clusters, task definitions, roles and target groups must be in ${local.here}."
  }
}

variable "mapping_defaults" {
  description = <<-EOT
    Defaults for all services. A service's own value takes precedence.
    - `wait`: What a start waits for: running, healthy or none. Default running.
    - `start_timeout_seconds`: How long a start waits for the task to run, 10 to 840. Default 300.
    - `healthy_timeout_seconds`: How long a start waits for a healthy target, 5 to 840. Default 120.
    - `drain_seconds`: How long a deregistered task keeps running, 0 to 300. Default 15.
    - `environment`: Environment variables of every service's container.
    - `tags`: Tags of every task.
    - `propagate_tags`: TASK_DEFINITION copies the task definition's tags to the tasks; NONE does not. Default NONE.
    - `enable_ecs_managed_tags`: Whether ECS tags the tasks with their cluster. Default false.
    - `enable_execute_command`: Whether ECS Exec can open a shell in the containers. Default false.
    - `platform_version`: Fargate platform version. Default LATEST.
  EOT
  type = object({
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
  default = {}

  validation {
    condition     = var.mapping_defaults.wait == null ? true : contains(["running", "healthy", "none"], var.mapping_defaults.wait)
    error_message = "wait must be running, healthy or none."
  }

  validation {
    condition = alltrue([
      for name in ["start_timeout_seconds", "healthy_timeout_seconds", "drain_seconds"] :
      var.mapping_defaults[name] == null ? true : var.mapping_defaults[name] >= local.contract.bounds[name].least && var.mapping_defaults[name] <= local.contract.bounds[name].most && floor(var.mapping_defaults[name]) == var.mapping_defaults[name]
    ])
    error_message = "Out of bounds: ${join(", ", [for name in ["start_timeout_seconds", "healthy_timeout_seconds", "drain_seconds"] : "${name} must be from ${local.contract.bounds[name].least} to ${local.contract.bounds[name].most}"])}."
  }

  validation {
    condition     = var.mapping_defaults.platform_version == null ? true : can(regex("^(LATEST|[0-9]+[.][0-9]+[.][0-9]+)$", var.mapping_defaults.platform_version))
    error_message = "platform_version must be LATEST or a version such as 1.4.0."
  }

  validation {
    condition     = var.mapping_defaults.propagate_tags == null ? true : contains(["TASK_DEFINITION", "NONE"], var.mapping_defaults.propagate_tags)
    error_message = "propagate_tags must be TASK_DEFINITION or NONE."
  }

  validation {
    condition = alltrue([
      for key, value in var.mapping_defaults.tags :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{0,256}$", value)) && !can(regex("^((?i:aws:)|start-engines:)", key)) && !can(regex("^(?i:aws:)", value))
    ])
    error_message = "tags must have keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, without the prefix aws: or, for a key, start-engines:."
  }

  validation {
    condition     = alltrue([for value in values(var.mapping_defaults.environment) : value != null])
    error_message = "Values of environment must be strings. An empty string is allowed, null is not."
  }
}
