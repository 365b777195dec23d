# Generated from modules/start-engines: node scripts/terraform/write-tables.ts
variable "vpc_id" {
  description = "ID of the VPC for the load balancer and the tasks."
  type        = string
}

variable "task_subnets" {
  description = "Subnets of the tasks. They need a route to the image registry: NAT, VPC endpoints or public addresses."
  type        = list(string)
}

variable "assign_public_ip" {
  description = "Whether tasks get a public IP address. In public subnets they need one to pull their image."
  type        = bool
  default     = false
}

variable "load_balancer" {
  description = <<-EOT
    A new load balancer, or an existing listener.
    - `subnets`: Subnets of the load balancer, in at least two Availability Zones.
    - `certificate_arn`: Certificate of the HTTPS listener, in ACM or IAM.
    - `allow_plain_http`: Permits a load balancer without a certificate, which serves plain HTTP.
    - `tls_policy`: Security policy of the HTTPS listener. It must require TLS 1.2 or later. Default
      ELBSecurityPolicy-TLS13-1-2-2021-06.
    - `http_listener`: Whether port 80 redirects to HTTPS. False closes port 80. Default true.
    - `internal`: Whether the load balancer has private addresses only.
    - `ingress_cidrs`: IPv4 ranges that may connect to the load balancer. Nothing is open by default: a new load balancer
      needs at least one of the four kinds of sources.
    - `ingress_ipv6_cidrs`: IPv6 ranges that may connect to the load balancer.
    - `ingress_prefix_lists`: IDs of prefix lists that may connect to the load balancer.
    - `ingress_security_groups`: Security groups that may connect to the load balancer.
    - `ip_address_type`: ipv4, dualstack, or dualstack-without-public-ipv4. Default ipv4.
    - `idle_timeout_seconds`: How long a connection may stay without data, 1 to 4000. A response that takes longer to begin
      ends with status 504. Default 60.
    - `access_logs`: Enables access logs.
    - `access_logs.bucket`: S3 bucket for the logs. Its policy must let ELB write.
    - `access_logs.prefix`: Prefix of the log objects in the bucket.
    - `web_acl`: Web ACL of AWS WAF.
    - `web_acl.arn`: ARN of the web ACL.
    - `deletion_protection`: Whether the load balancer is protected from deletion. Default true in workspaces that begin
      with prod, prd or live, false elsewhere.
    - `existing_listener_arn`: Adds the rules to this listener and creates no load balancer. Excludes all other attributes
      except `security_groups` and `vpc_id`.
    - `security_groups`: Security groups of the existing listener's load balancer. Default: read from that load balancer,
      which must then exist at plan time.
    - `vpc_id`: VPC of the load balancer, if the tasks are in another one. Default: `vpc_id` of the deployment.
  EOT
  type = object({
    subnets                 = optional(list(string), [])
    certificate_arn         = optional(string)
    allow_plain_http        = optional(bool, false)
    tls_policy              = optional(string)
    http_listener           = optional(bool)
    internal                = optional(bool, false)
    ingress_cidrs           = optional(list(string), [])
    ingress_ipv6_cidrs      = optional(list(string), [])
    ingress_prefix_lists    = optional(list(string), [])
    ingress_security_groups = optional(list(string), [])
    ip_address_type         = optional(string)
    idle_timeout_seconds    = optional(number)
    access_logs = optional(object({
      bucket = string
      prefix = optional(string)
    }))
    web_acl = optional(object({
      arn = string
    }))
    deletion_protection   = optional(bool)
    existing_listener_arn = optional(string)
    security_groups       = optional(list(string), [])
    vpc_id                = optional(string)
  })
}

variable "function" {
  description = <<-EOT
    The Lambda function.
    - `runtime`: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later.
    - `memory_mb`: Memory in MB.
    - `log_retention_days`: How many days CloudWatch keeps the logs of the function and of the HTTP API.
    - `log_level`: DEBUG, INFO, WARN or ERROR.
    - `reserved_concurrency`: Reserved concurrent executions. Default: none reserved, so the account's limit applies.
    - `tracing`: Whether X-Ray traces every invocation.
    - `config_ttl_seconds`: How long the function caches service mappings.
    - `log_format`: Format of Lambda's own log lines: Text or JSON. The function's lines are always JSON. A change from JSON
      back to Text has no effect: the provider keeps the format.
    - `vpc`: Network of the function. Default: none, so it calls AWS through the public endpoints.
    - `vpc.subnets`: Subnets of the function.
    - `vpc.security_groups`: Security groups of the function.
    - `live_version`: The version that the alias serves, for a rollback. Default: the newest.
    - `package_path`: Path of the function's zip. Default: the zip that `npm run build` writes in this repository.
    - `package_s3`: The function's zip in S3. Excludes `package_path`.
    - `package_s3.bucket`: Bucket of the zip.
    - `package_s3.key`: Key of the zip.
    - `package_s3.version`: Object version of the zip. Default: the newest.
    - `package_s3.sha256`: SHA-256 of the zip, in base64.
  EOT
  type = object({
    runtime              = optional(string, "nodejs24.x")
    memory_mb            = optional(number, 256)
    log_retention_days   = optional(number, 30)
    log_level            = optional(string, "INFO")
    reserved_concurrency = optional(number)
    tracing              = optional(bool, false)
    config_ttl_seconds   = optional(number, 30)
    log_format           = optional(string, "Text")
    vpc = optional(object({
      subnets         = list(string)
      security_groups = list(string)
    }))
    live_version = optional(string)
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
  description = <<-EOT
    CloudWatch alarms and the dashboard.
    - `enabled`: Whether to create the alarms and their topic.
    - `dashboard`: Whether to create the dashboard.
    - `topic`: An existing SNS topic that receives the alarms, instead of a new one. Its policy must permit
      cloudwatch.amazonaws.com.
    - `topic.arn`: ARN of the topic.
    - `email_addresses`: E-mail addresses that receive the alarms. Each recipient must confirm the subscription.
    - `slow_start_seconds`: Alarms when a task takes longer than this to reach RUNNING.
    - `reconcile_silence_seconds`: Alarms when no reconcile has run for this long; 0 disables the alarm. Default: an hour or
      three `rate(…)` intervals of `reconcile_schedule`, whichever is longer; 25 hours with `cron(…)`.
  EOT
  type = object({
    enabled   = optional(bool, true)
    dashboard = optional(bool, true)
    topic = optional(object({
      arn = string
    }))
    email_addresses           = optional(list(string), [])
    slow_start_seconds        = optional(number, 120)
    reconcile_silence_seconds = optional(number)
  })
  default = {}
}

variable "activator" {
  description = <<-EOT
    The Lambda function that answers requests to services with `wake` while they are down. Without such a service it is not
    created.
    - `memory_mb`: Memory in MB.
    - `reserved_concurrency`: Reserved concurrent executions, at least 100. Default: none reserved, so the account's limit applies.
    - `most_wakes_per_hour`: Alarms when requests wake services more often than this in an hour.
    - `settle_seconds`: How long the nodes of the load balancer may take to apply a changed rule, 0 to 120. A stop waits so long
      before it deregisters the task.
    - `package_path`: Path of the function's zip. Default: the zip that `npm run build` writes in this repository.
    - `package_s3`: The function's zip in S3. Excludes `package_path`.
    - `package_s3.bucket`: Bucket of the zip.
    - `package_s3.key`: Key of the zip.
    - `package_s3.version`: Object version of the zip. Default: the newest.
    - `package_s3.sha256`: SHA-256 of the zip, in base64.
  EOT
  type = object({
    memory_mb            = optional(number, 256)
    reserved_concurrency = optional(number)
    most_wakes_per_hour  = optional(number, 60)
    settle_seconds       = optional(number, 20)
    package_path         = optional(string)
    package_s3 = optional(object({
      bucket  = string
      key     = string
      version = optional(string)
      sha256  = string
    }))
  })
  default = {}
}

variable "name_prefix" {
  description = "Prefix of all names except the parameter path. With another prefix than the default, target groups have it too."
  type        = string
  default     = "start-engines"
}

variable "roles" {
  description = <<-EOT
    The IAM roles of the deployment.
    - `permissions_boundary`: ARN of the policy that limits the permissions of each role. Default: none.
    - `path`: Path of the roles and of their managed policies.
  EOT
  type = object({
    permissions_boundary = optional(string)
    path                 = optional(string, "/")
  })
  default = {}
}

variable "kms_keys" {
  description = <<-EOT
    ARNs of customer-managed KMS keys. Their policies must permit the services that docs/terraform.md names.
    - `queues`: Key of the two queues. Default: SQS's own key.
    - `topic`: Key of the topic for alarms. Default: none, so the topic is not encrypted.
    - `logs`: Key of the log groups. Default: CloudWatch's own key.
    - `environment`: Key of the function's environment variables. Default: Lambda's own key.
    - `parameters`: Key of the mappings, which become SecureStrings, and of the function's key for launch facts. Default:
      mappings are not encrypted, and the account's aws/ssm key encrypts the key for launch facts.
  EOT
  type = object({
    queues      = optional(string)
    topic       = optional(string)
    logs        = optional(string)
    environment = optional(string)
    parameters  = optional(string)
  })
  default = {}
}

variable "allowed_clusters" {
  description = "Further clusters that a mapping may name without another apply, besides those of the services."
  type        = list(string)
  default     = []
}

variable "allowed_task_families" {
  description = "Further task definition families that a mapping may name without another apply. `*` matches any characters."
  type        = list(string)
  default     = []
}

variable "allowed_task_role_arns" {
  description = "Further roles that tasks may have without another apply, besides those of the services."
  type        = list(string)
  default     = []
}

variable "allowed_target_group_arns" {
  description = "Further target groups that a mapping may name without another apply, besides those created here. `*` matches any characters."
  type        = list(string)
  default     = []
}

variable "allowed_ports" {
  description = "Further ports that a mapping may name without another apply, besides those of the services."
  type        = list(number)
  default     = []
}

variable "managed_policies" {
  description = "Number of managed policies for the envelope in the function's role, 0 to 10. 0 keeps it in the inline policy. Default: depends on the number of services."
  type        = number
  default     = null
}

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
}

variable "event_bus" {
  description = <<-EOT
    The event bus for requests and outcomes.
    - `name`: Name of the bus.
    - `create`: Whether to create the bus. False uses an existing one.
    - `sender_arns`: Accounts, users and roles that may put events on a new bus. Default: this account.
    - `sources`: Event sources to accept. Default: every source except AWS's own.
    - `accept_unaddressed`: Whether this workspace handles events without `detail.workspace`. Only one workspace per bus can.
  EOT
  type = object({
    name               = optional(string, "default")
    create             = optional(bool, false)
    sender_arns        = optional(list(string), [])
    sources            = optional(list(string), [])
    accept_unaddressed = optional(bool, true)
  })
  default = {}
}

variable "reconcile_schedule" {
  description = "Schedule of the reconcile, as rate(…) or cron(…). Null disables it."
  type        = string
  default     = "rate(5 minutes)"
}

variable "warm_windows" {
  description = <<-EOT
    Times at which services start and stop, by name of the window. Windows of one service may overlap.
    - `services`: Names of the services.
    - `start`: When they start, as cron(…).
    - `stop`: When they stop, as cron(…).
    - `timezone`: Time zone of both, such as America/New_York.
    - `pause_outside`: Whether requests do not wake the services after a stop, until the next start.
  EOT
  type = map(object({
    services      = list(string)
    start         = string
    stop          = string
    timezone      = optional(string, "UTC")
    pause_outside = optional(bool, false)
  }))
  default = {}
}

variable "http_api" {
  description = <<-EOT
    An HTTP API for status, start, stop and restart. Null creates none.
    - `authorization`: Who may call the API.
    - `authorization.type`: AWS_IAM or JWT.
    - `authorization.issuer`: Issuer of the tokens, `https://…`. Required with JWT.
    - `authorization.audiences`: Accepted audiences of the tokens. At least one with JWT.
    - `authorization.scopes`: Token scopes that the routes require. With JWT only.
    - `authorization.scopes.read`: Scope for status.
    - `authorization.scopes.start`: Scope for a start.
    - `authorization.scopes.stop`: Scope for a stop.
    - `authorization.scopes.restart`: Scope for a restart.
    - `throttling`: Request limits of the API.
    - `throttling.requests_per_second`: Sustained requests per second.
    - `throttling.burst`: Requests in a burst.
  EOT
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
  description = <<-EOT
    Step Functions state machines that start services in order, by name.
    - `services`: Names of the services, in the order of their starts.
    - `wait`: What each start waits for before the next one: running or healthy.
  EOT
  type = map(object({
    services = list(string)
    wait     = optional(string, "healthy")
  }))
  default = {}
}
