variable "name" {
  description = "Name of the load balancer, and the beginning of the security groups' names."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name must be 2 to 32 letters, digits and -, which it neither begins nor ends with."
  }
}

variable "workspace" {
  description = "The workspace: the end of the target groups' names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", var.workspace))
    error_message = "workspace must be 1 to 12 of a-z, 0-9 and -, a letter first."
  }
}

variable "vpc_id" {
  description = "The VPC of load balancer and tasks."
  type        = string
}

variable "subnets" {
  description = "Subnets of the load balancer, in two zones or more. Not needed with an existing listener."
  type        = list(string)
  default     = []
}

variable "services" {
  description = "What runs behind the load balancer, by the service's name: its port and others that it may get, its path and the priority of its rule, its health check, and security groups of its own."
  type = map(object({
    port            = number
    further_ports   = optional(list(number), [])
    path_prefix     = string
    priority        = number
    drain_seconds   = optional(number, 15)
    security_groups = optional(list(string), [])
    health_check = optional(object({
      path                = optional(string, "/health")
      matcher             = optional(string, "200-299")
      interval_seconds    = optional(number, 5)
      timeout_seconds     = optional(number, 3)
      unhealthy_threshold = optional(number, 3)
    }), {})
  }))

  validation {
    condition     = alltrue([for name in keys(var.services) : length("${name}-${var.workspace}") <= 32])
    error_message = "The name of a target group, <service>-<workspace>, would pass 32 characters: ${join(", ", [for name in keys(var.services) : "${name}-${var.workspace}" if length("${name}-${var.workspace}") > 32])}. Shorten the service's name or the workspace's."
  }

  validation {
    condition     = alltrue([for service in var.services : service.port >= 1 && service.port <= 65535 && floor(service.port) == service.port])
    error_message = "port must be a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for service in var.services : can(regex("^(/[A-Za-z0-9_.$~@:&=-]+)+$", service.path_prefix)) && length(service.path_prefix) <= 126])
    error_message = "path_prefix must be a path such as /api/auth, without * and without a slash at the end."
  }

  validation {
    condition     = length(distinct(values(var.services)[*].path_prefix)) == length(var.services)
    error_message = "Two services have the same path_prefix."
  }

  validation {
    condition     = alltrue([for service in var.services : service.priority >= 1 && service.priority <= 50000 && floor(service.priority) == service.priority])
    error_message = "priority must be a whole number from 1 to 50000."
  }

  validation {
    condition     = length(distinct(values(var.services)[*].priority)) == length(var.services)
    error_message = "Two services have the same priority."
  }

  validation {
    condition = alltrue(flatten([
      for outer in var.services : [
        for inner in var.services : inner.priority < outer.priority if startswith(inner.path_prefix, "${outer.path_prefix}/")
      ]
    ]))
    error_message = "A path_prefix below another service's needs the lower priority number, or its requests go to the other one."
  }

  validation {
    condition = alltrue([
      for service in var.services : (
        service.health_check.interval_seconds >= 5 && service.health_check.interval_seconds <= 300 &&
        service.health_check.timeout_seconds >= 2 && service.health_check.timeout_seconds <= 120 && service.health_check.timeout_seconds < service.health_check.interval_seconds &&
        service.health_check.unhealthy_threshold >= 2 && service.health_check.unhealthy_threshold <= 10 &&
        startswith(service.health_check.path, "/")
      )
    ])
    error_message = "health_check must have a path from /, an interval from 5 to 300 s, a time-out from 2 s and under the interval, and a threshold from 2 to 10."
  }
}

variable "previous_priorities" {
  description = "The priority that each service's rule has had until now."
  type        = map(number)
  default     = {}
}

variable "further_ports" {
  description = "Ports beside the services' own that the load balancer may reach on tasks."
  type        = list(number)
  default     = []
}

variable "certificate_arn" {
  description = "The certificate of the HTTPS listener."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:[a-z-]+:(acm|iam):", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate in ACM or IAM."
  }
}

variable "allow_plain_http" {
  description = "Whether the load balancer may serve without a certificate."
  type        = bool
  default     = false
}

variable "tls_policy" {
  description = "Which versions of TLS and which ciphers the HTTPS listener takes."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.tls_policy))
    error_message = "tls_policy must be one of ELB's policies with TLS 1.3 and nothing before 1.2."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only."
  type        = bool
  default     = false
}

variable "ingress_cidrs" {
  description = "From where clients may come."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for cidr in var.ingress_cidrs : can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs must be blocks of IPv4 addresses, such as 10.0.0.0/8."
  }
}

variable "access_logs" {
  description = "Bucket and prefix for the load balancer's access logs; none unless said. The bucket must let ELB write."
  type = object({
    bucket = string
    prefix = optional(string)
  })
  default = null
}

variable "deletion_protection" {
  description = "Whether nobody can delete the load balancer before this is taken back."
  type        = bool
  default     = false
}

variable "existing_listener_arn" {
  description = "A listener that is there already, instead of a load balancer of our own. Its security groups must let it reach the tasks."
  type        = string
  default     = null

  validation {
    condition     = var.existing_listener_arn == null ? true : can(regex("^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/", var.existing_listener_arn))
    error_message = "existing_listener_arn must be the ARN of a listener of an Application Load Balancer."
  }
}
