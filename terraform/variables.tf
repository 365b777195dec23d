variable "region" {
  description = "Where everything is made."
  type        = string
  default     = "us-east-2"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be an AWS Region, such as us-east-2."
  }
}

variable "tags" {
  description = "Tags for everything, beside `project` and `workspace`."
  type        = map(string)
  default     = {}
}

variable "vpc_id" {
  description = "The VPC of load balancer and tasks."
  type        = string

  validation {
    condition     = can(regex("^vpc-[a-z0-9]+$", var.vpc_id))
    error_message = "vpc_id must be the id of a VPC, vpc-…"
  }
}

variable "task_subnets" {
  description = "Subnets of the tasks. Without a way out (NAT or endpoints) a task cannot fetch its image."
  type        = list(string)

  validation {
    condition     = length(var.task_subnets) >= 1 && length(var.task_subnets) <= 16 && alltrue([for subnet in var.task_subnets : can(regex("^subnet-[a-z0-9]+$", subnet))])
    error_message = "task_subnets must be 1 to 16 ids of subnets, subnet-…"
  }
}

variable "assign_public_ip" {
  description = "Whether tasks get a public address: in public subnets they need one to fetch their image."
  type        = bool
  default     = false
}

variable "load_balancer" {
  description = "The load balancer: its subnets and certificate, who may reach it, access logs, and whether it is protected from deletion (it is in the workspace prod unless said). Or a listener that is there already."
  type = object({
    subnets          = optional(list(string), [])
    certificate_arn  = optional(string)
    allow_plain_http = optional(bool, false)
    tls_policy       = optional(string, "ELBSecurityPolicy-TLS13-1-2-2021-06")
    internal         = optional(bool, false)
    ingress_cidrs    = optional(list(string), ["0.0.0.0/0"])
    access_logs = optional(object({
      bucket = string
      prefix = optional(string)
    }))
    deletion_protection   = optional(bool)
    existing_listener_arn = optional(string)
  })

  validation {
    condition     = var.load_balancer.existing_listener_arn == null || var.load_balancer.certificate_arn == null
    error_message = "An existing listener has its own certificate: leave certificate_arn out."
  }
}

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
    condition     = alltrue([for service in var.services : service.launch_type == null ? true : contains(["FARGATE", "EC2"], service.launch_type)])
    error_message = "launch_type must be FARGATE or EC2."
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
  description = "What services have in common beside the network: what a start waits for and how long, how long a task drains, and variables of the container."
  type = object({
    wait                    = optional(string)
    start_timeout_seconds   = optional(number)
    healthy_timeout_seconds = optional(number)
    drain_seconds           = optional(number)
    environment             = optional(map(string), {})
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
}

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

variable "function" {
  description = "The function: runtime (provider 5.100 knows nodejs22.x only), memory, log, how long mappings are kept, and the version to go back to. The zip is that of npm run build unless said."
  type = object({
    runtime              = optional(string, "nodejs24.x")
    memory_mb            = optional(number, 256)
    log_retention_days   = optional(number, 30)
    log_level            = optional(string, "INFO")
    reserved_concurrency = optional(number)
    tracing              = optional(bool, false)
    config_ttl_seconds   = optional(number, 30)
    live_version         = optional(string)
    package_path         = optional(string)
  })
  default = {}

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.function.log_level)
    error_message = "log_level must be DEBUG, INFO, WARN or ERROR."
  }

  validation {
    condition     = var.function.config_ttl_seconds >= 0 && var.function.config_ttl_seconds <= 3600 && floor(var.function.config_ttl_seconds) == var.function.config_ttl_seconds
    error_message = "config_ttl_seconds must be a whole number from 0 to 3600."
  }
}

variable "event_bus" {
  description = "The bus on which services are asked for: the default one, another that is there, or one that is made here with who may put events on it. And which sources may ask."
  type = object({
    name        = optional(string, "default")
    create      = optional(bool, false)
    sender_arns = optional(list(string), [])
    sources     = optional(list(string), [])
  })
  default = {}
}

variable "reconcile_schedule" {
  description = "When everything is reconciled, as rate(…) or cron(…); null for never."
  type        = string
  default     = "rate(5 minutes)"
}

variable "warm_windows" {
  description = "When services are to be up, by a name for each window: the services, when they start and stop as cron(…), and the time zone of both."
  type = map(object({
    services = list(string)
    start    = string
    stop     = string
    timezone = optional(string, "UTC")
  }))
  default = {}

  validation {
    condition     = alltrue(flatten([for window in var.warm_windows : [for name in window.services : contains(keys(var.services), name)]]))
    error_message = "A warm window names a service that is not in services."
  }
}

variable "http_api" {
  description = "An HTTP API for the contract's routes: who may call, AWS_IAM or JWT, and how often. None unless said."
  type = object({
    authorization = object({
      type      = string
      issuer    = optional(string)
      audiences = optional(list(string), [])
      scopes = optional(object({
        read    = optional(string, "start-engines/read")
        start   = optional(string, "start-engines/start")
        stop    = optional(string, "start-engines/stop")
        restart = optional(string, "start-engines/restart")
      }), {})
    })
    throttling = optional(object({
      requests_per_second = optional(number, 10)
      burst               = optional(number, 20)
    }), {})
  })
  default = null
}

variable "sequences" {
  description = "State machines that start several services in order, by a name for each: the services, and whether each is to be running or healthy before the next one."
  type = map(object({
    services = list(string)
    wait     = optional(string, "healthy")
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.sequences) : can(regex("^[a-z][a-z0-9-]{0,23}$", name)) && !contains(["scheduler", "lambda", "api"], name)])
    error_message = "The name of a sequence must be 1 to 24 of a-z, 0-9 and -, a letter first, and none of scheduler, lambda, api, whose roles have these names."
  }

  validation {
    condition     = alltrue(flatten([for sequence in var.sequences : [for name in sequence.services : contains(keys(var.services), name)]]))
    error_message = "A sequence names a service that is not in services."
  }
}

variable "alarms" {
  description = "Who gets the alarms, how long a start may take, and how long nothing may be reconciled before somebody is told."
  type = object({
    email_addresses           = optional(list(string), [])
    slow_start_seconds        = optional(number, 120)
    reconcile_silence_seconds = optional(number, 3600)
  })
  default = {}
}
