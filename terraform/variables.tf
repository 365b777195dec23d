# Generated from modules/start-engines: node scripts/terraform/write-tables.ts
variable "vpc_id" {
  description = "The VPC of load balancer and tasks."
  type        = string
}

variable "task_subnets" {
  description = "Subnets of the tasks. Without a way out (NAT or endpoints) a task cannot fetch its image."
  type        = list(string)
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
}

variable "function" {
  description = "The function: its zip, runtime (nodejs24.x needs provider 6.19), memory, log, how long it caches mappings, and the version to go back to."
  type = object({
    runtime              = optional(string, "nodejs24.x")
    memory_mb            = optional(number, 256)
    log_retention_days   = optional(number, 30)
    log_level            = optional(string, "INFO")
    reserved_concurrency = optional(number)
    tracing              = optional(bool, false)
    config_ttl_seconds   = optional(number, 30)
    # The version that the alias serves instead of the newest, to go back.
    live_version = optional(string)
    # The zip: a file, or an object in S3 with its SHA-256 in base64. Default: what npm run build writes in this repository.
    package_path = optional(string)
    package_s3 = optional(object({
      bucket  = string
      key     = string
      version = optional(string)
      sha256  = string
    }))
  })
  default = {}
}

variable "alarms" {
  description = "Who gets the alarms, how long a start may take, and how long nothing may be reconciled before somebody is told (by the schedule unless said, 0 for ever)."
  type = object({
    email_addresses           = optional(list(string), [])
    slow_start_seconds        = optional(number, 120)
    reconcile_silence_seconds = optional(number)
  })
  default = {}
}

variable "allowed_clusters" {
  description = "Clusters that a mapping may be moved to without an apply, beside those of the services."
  type        = list(string)
  default     = []
}

variable "allowed_task_families" {
  description = "Families of task definitions that a mapping may name without an apply, beside those of the services; `*` stands for any run of characters."
  type        = list(string)
  default     = []
}

variable "allowed_task_role_arns" {
  description = "Roles that tasks may have without an apply, beside those of the services."
  type        = list(string)
  default     = []
}

variable "allowed_target_group_arns" {
  description = "Target groups that a mapping may name without an apply, beside those made here; `*` stands for any run of characters."
  type        = list(string)
  default     = []
}

variable "allowed_ports" {
  description = "Ports that a mapping may name without an apply, beside those of the services."
  type        = list(number)
  default     = []
}

variable "managed_policies" {
  description = "Over how many managed policies of the function's role the envelope is spread, 0 to 10; by the number of services unless said. With 0 it is in the inline policy."
  type        = number
  default     = null
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

    # What else RunTask takes. Tags are added to the defaults'.
    tags                    = optional(map(string), {})
    propagate_tags          = optional(string)
    enable_ecs_managed_tags = optional(bool)
    enable_execute_command  = optional(bool)
    platform_version        = optional(string)

    # Override → permitted values, * for any run of characters; of the environment, names of variables.
    allow_overrides = optional(map(list(string)), {})
  }))
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
}

variable "event_bus" {
  description = "The event bus for requests and outcomes, who may send, and whether events that name no workspace are for this one."
  type = object({
    # An existing bus, or with `create` a new one.
    name   = optional(string, "default")
    create = optional(bool, false)
    # Who may put events on a new bus. Default: this account.
    sender_arns = optional(list(string), [])
    # Sources to accept. Default: every source except AWS's own.
    sources = optional(list(string), [])
    # Whether events without detail.workspace are for this workspace. Only one workspace of a bus can accept them.
    accept_unaddressed = optional(bool, true)
  })
  default = {}
}

variable "reconcile_schedule" {
  description = "When everything is reconciled, as rate(…) or cron(…); null for never."
  type        = string
  default     = "rate(5 minutes)"
}

variable "warm_windows" {
  description = "When services are up, by the name of the window: services, start and stop as cron(…), time zone. Windows of one service may overlap."
  type = map(object({
    services = list(string)
    start    = string
    stop     = string
    timezone = optional(string, "UTC")
  }))
  default = {}
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
}
