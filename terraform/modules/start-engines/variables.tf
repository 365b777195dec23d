variable "workspace" {
  description = "Name of this deployment, such as dev or prod. Part of every name, of the parameter path and of the mark on every task."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.workspace))
    error_message = "workspace must be 1 to 12 characters of a-z, 0-9 and -, and start with a letter: it is part of every name."
  }
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

  # What would be dropped without a word: a load balancer that is there already is its owner's.
  validation {
    condition = var.load_balancer.existing_listener_arn == null ? true : (
      var.load_balancer.certificate_arn == null && var.load_balancer.access_logs == null && var.load_balancer.deletion_protection == null &&
      length(var.load_balancer.subnets) == 0 && !var.load_balancer.internal && !var.load_balancer.allow_plain_http &&
      jsonencode(var.load_balancer.ingress_cidrs) == jsonencode(["0.0.0.0/0"]) && var.load_balancer.tls_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    )
    error_message = "An existing listener has a load balancer of its own, whose settings are not made here: leave everything but existing_listener_arn out of load_balancer."
  }
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

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.function.log_level)
    error_message = "log_level must be DEBUG, INFO, WARN or ERROR."
  }

  validation {
    condition     = var.function.config_ttl_seconds >= 0 && var.function.config_ttl_seconds <= 3600 && floor(var.function.config_ttl_seconds) == var.function.config_ttl_seconds
    error_message = "config_ttl_seconds must be a whole number from 0 to 3600."
  }

  validation {
    condition     = var.function.package_path == null || var.function.package_s3 == null
    error_message = "function takes package_path or package_s3, not both."
  }
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
