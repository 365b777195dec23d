variable "workspace" {
  description = "Name of this deployment, such as dev or prod. Part of every resource name, the parameter path and each task's startedBy."
  type        = string

  validation {
    condition     = can(regex(local.contract.workspace_name_pattern, var.workspace))
    error_message = "workspace must be 1 to 12 characters of a-z, 0-9 and -, and start with a letter: it is part of every resource name."
  }
}

variable "vpc_id" {
  description = "ID of the VPC for the load balancer and the tasks."
  type        = string

  validation {
    condition     = can(regex("^vpc-[a-z0-9]+$", var.vpc_id))
    error_message = "vpc_id must be a VPC ID, vpc-…"
  }
}

variable "task_subnets" {
  description = "Subnets of the tasks. They need a route to the image registry: NAT, VPC endpoints or public addresses."
  type        = list(string)

  validation {
    condition     = length(var.task_subnets) >= 1 && length(var.task_subnets) <= 16 && alltrue([for subnet in var.task_subnets : can(regex("^subnet-[a-z0-9]+$", subnet))])
    error_message = "task_subnets must be 1 to 16 subnet IDs, subnet-…"
  }
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

  validation {
    condition     = length(var.load_balancer.subnets) > 0 || var.load_balancer.existing_listener_arn != null
    error_message = "load_balancer needs subnets for a new load balancer, or existing_listener_arn."
  }

  validation {
    condition     = length(var.load_balancer.subnets) == 0 || length(var.load_balancer.security_groups) == 0
    error_message = "load_balancer.security_groups belongs to existing_listener_arn: a new load balancer gets a group of its own."
  }

  validation {
    condition     = length(var.load_balancer.subnets) == 0 || length(var.load_balancer.ingress_cidrs) + length(var.load_balancer.ingress_ipv6_cidrs) + length(var.load_balancer.ingress_prefix_lists) + length(var.load_balancer.ingress_security_groups) > 0
    error_message = "No client could reach the load balancer. Set load_balancer.ingress_cidrs, ingress_ipv6_cidrs, ingress_prefix_lists or ingress_security_groups. To admit everyone, set ingress_cidrs = [\"0.0.0.0/0\"]."
  }

  # These settings would silently have no effect: this module does not manage the load balancer of an existing listener.
  validation {
    condition = length(var.load_balancer.subnets) > 0 || alltrue([
      for name, value in var.load_balancer : contains(["null", "false", "[]"], jsonencode(value))
      if !contains(["subnets", "existing_listener_arn", "security_groups", "vpc_id"], name)
    ])
    error_message = "With existing_listener_arn, load_balancer takes no other attribute except security_groups and vpc_id: the load balancer of an existing listener is not managed here."
  }

  validation {
    condition     = length(var.load_balancer.subnets) == 0 || var.load_balancer.existing_listener_arn == null
    error_message = "load_balancer takes subnets for a new load balancer, or existing_listener_arn, not both."
  }

  validation {
    condition     = alltrue([for value in compact([var.load_balancer.certificate_arn, var.load_balancer.existing_listener_arn]) : can(regex(local.local_pattern, value))])
    error_message = "Certificate and listener must be in ${local.here}."
  }
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

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.function.log_level)
    error_message = "log_level must be DEBUG, INFO, WARN or ERROR."
  }

  validation {
    condition     = var.function.config_ttl_seconds >= 0 && var.function.config_ttl_seconds <= local.contract.config_ttl_seconds.most && floor(var.function.config_ttl_seconds) == var.function.config_ttl_seconds
    error_message = "config_ttl_seconds must be a whole number from 0 to ${local.contract.config_ttl_seconds.most}."
  }

  validation {
    condition     = var.function.package_path == null || var.function.package_s3 == null
    error_message = "function takes package_path or package_s3, not both."
  }
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

  validation {
    condition     = var.activator.package_path == null || var.activator.package_s3 == null
    error_message = "activator takes package_path or package_s3, not both."
  }

  validation {
    condition     = var.activator.settle_seconds >= 0 && var.activator.settle_seconds <= 120 && floor(var.activator.settle_seconds) == var.activator.settle_seconds
    error_message = "settle_seconds must be a whole number from 0 to 120."
  }
}
