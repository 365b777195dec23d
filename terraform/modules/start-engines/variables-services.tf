variable "services" {
  description = "Every service once, by its name: what starts it, where it answers, and what events may change. Target groups, listener rules, mappings and permissions follow from it."
  type = map(object({
    # What runs, and where. Roles are the task definition's execution and task role.
    cluster         = string
    task_definition = string
    task_role_arns  = list(string)
    port            = number

    # How the load balancer finds it. The prefix is /api/<name> unless said; the priority is its rule's, for good.
    path_prefix = optional(string)
    priority    = number
    health_check = optional(object({
      path                = optional(string, "/health")
      matcher             = optional(string, "200-299")
      interval_seconds    = optional(number, 5)
      timeout_seconds     = optional(number, 3)
      unhealthy_threshold = optional(number, 3)
    }), {})
    additional_target_groups = optional(list(object({
      arn  = string
      port = optional(number)
    })), [])
    exclusive_target_group = optional(bool, true)

    # Over the workspace's defaults.
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

    # What else RunTask takes. Tags are added to the defaults'.
    tags                    = optional(map(string), {})
    propagate_tags          = optional(string)
    enable_ecs_managed_tags = optional(bool)
    enable_execute_command  = optional(bool)
    platform_version        = optional(string)

    # Override → permitted values, * for any run of characters; of the environment, names of variables.
    allow_overrides = optional(map(list(string)), {})
  }))

  validation {
    condition     = length(var.services) > 0
    error_message = "services must have at least one service."
  }

  validation {
    condition     = alltrue([for name in keys(var.services) : can(regex("^[a-z][a-z0-9-]{0,23}$", name)) && !contains(["all", "defaults"], name)])
    error_message = "A service's name must be 1 to 24 of a-z, 0-9 and -, a letter first, and neither all nor defaults."
  }

  validation {
    condition     = alltrue([for service in var.services : can(regex("^(arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}$", service.cluster))])
    error_message = "cluster must be a cluster's name or ARN."
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
    error_message = "A service has launch_type or capacity_provider_strategy, never both."
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
    error_message = "platform_version, the service's or that of mapping_defaults, is for Fargate only."
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
    condition     = alltrue([for service in var.services : length(merge(var.mapping_defaults.tags, service.tags)) <= 10])
    error_message = "A task can have 10 tags, those of mapping_defaults included: start-engines keeps up to 40 of its 50 for its own marks."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for value in values(service.environment) : value != null]]))
    error_message = "A variable of environment must be a string; an empty one is allowed, null is not."
  }

  validation {
    condition     = alltrue([for service in var.services : service.wait == null ? true : contains(["running", "healthy", "none"], service.wait)])
    error_message = "wait must be running, healthy or none."
  }

  validation {
    condition = alltrue([
      for service in var.services : alltrue([
        for seconds, bounds in {
          start   = [service.start_timeout_seconds, 10, 840]
          healthy = [service.healthy_timeout_seconds, 5, 840]
          drain   = [service.drain_seconds, 0, 300]
        } : bounds[0] == null ? true : bounds[0] >= bounds[1] && bounds[0] <= bounds[2] && floor(bounds[0]) == bounds[0]
      ])
    ])
    error_message = "start_timeout_seconds must be from 10 to 840, healthy_timeout_seconds from 5 to 840, drain_seconds from 0 to 300."
  }

  validation {
    condition     = alltrue([for name, service in var.services : alltrue([for other in service.depends_on : other != name && contains(keys(var.services), other)])])
    error_message = "depends_on must name other services of the same workspace."
  }

  # A map and no object, because Terraform drops the attributes of an object that it does not know without a word.
  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override in keys(service.allow_overrides) :
        contains(["cluster", "task_definition", "target_group_arn", "subnets", "security_groups", "container_name", "port", "environment", "start_timeout_seconds"], override)
      ]
    ]))
    error_message = "allow_overrides knows cluster, task_definition, target_group_arn, subnets, security_groups, container_name, port, environment and start_timeout_seconds. Roles and commands can never be overridden."
  }

  validation {
    condition = alltrue(flatten([
      for service in var.services : [
        for override, bounds in { port = [1, 65535], start_timeout_seconds = [10, 840] } : [
          for value in lookup(service.allow_overrides, override, []) :
          try(tonumber(value) >= bounds[0] && tonumber(value) <= bounds[1] && floor(tonumber(value)) == tonumber(value), false)
        ]
      ]
    ]))
    error_message = "allow_overrides.port must be ports, and allow_overrides.start_timeout_seconds whole numbers from 10 to 840."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for cluster in lookup(service.allow_overrides, "cluster", []) : !strcontains(cluster, "*")]]))
    error_message = "allow_overrides.cluster must name each cluster: reconcile looks at all of them."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for definition in lookup(service.allow_overrides, "task_definition", []) : !startswith(definition, "*")]]))
    error_message = "allow_overrides.task_definition must not begin with *: that would let an event run any task."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for arn in lookup(service.allow_overrides, "target_group_arn", []) : can(regex("^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/[A-Za-z0-9-]+", arn))]]))
    error_message = "allow_overrides.target_group_arn must be ARNs of target groups; * may stand for the end of one."
  }

  validation {
    condition     = alltrue(flatten([for service in var.services : [for name in concat(keys(service.environment), lookup(service.allow_overrides, "environment", [])) : name != "START_ENGINES_LAUNCH_FACTS"]]))
    error_message = "START_ENGINES_LAUNCH_FACTS is where start-engines keeps what a task was started with: no mapping may set or allow it."
  }
}

variable "mapping_defaults" {
  description = "What services have in common besides the network: what a start waits for and how long, how long a task drains, variables of the container, tags, and what else RunTask takes."
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
      for bounds in [
        [var.mapping_defaults.start_timeout_seconds, 10, 840],
        [var.mapping_defaults.healthy_timeout_seconds, 5, 840],
        [var.mapping_defaults.drain_seconds, 0, 300],
      ] : bounds[0] == null ? true : bounds[0] >= bounds[1] && bounds[0] <= bounds[2] && floor(bounds[0]) == bounds[0]
    ])
    error_message = "start_timeout_seconds must be from 10 to 840, healthy_timeout_seconds from 5 to 840, drain_seconds from 0 to 300."
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
    error_message = "A variable of environment must be a string; an empty one is allowed, null is not."
  }
}
