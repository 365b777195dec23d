variable "name" {
  description = "Name of the load balancer and prefix of the security groups' names."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name must be 2 to 32 letters, digits and -, and must not begin or end with -."
  }
}

variable "workspace" {
  description = "Name of the workspace, the suffix of the target groups' names."
  type        = string

  validation {
    condition     = can(regex(local.contract.workspace_name_pattern, var.workspace))
    error_message = "workspace must be 1 to 12 characters of a-z, 0-9 and -, and start with a letter."
  }
}

variable "vpc_id" {
  description = "ID of the VPC for the load balancer and the tasks."
  type        = string
}

variable "subnets" {
  description = "Subnets of the load balancer, in at least two Availability Zones. Empty with an existing listener."
  type        = list(string)
  default     = []
}

variable "services" {
  description = <<-EOT
    The services behind the load balancer, by name.
    - `port`: Port of the service.
    - `further_ports`: Other ports that its tasks may be registered with.
    - `path_prefix`: Path that the load balancer routes to the service. `/` routes every path.
    - `host_headers`: Host names that the load balancer routes to the service, with `*` and `?`. Default: every host.
    - `priority`: Priority of the listener rule.
    - `protocol`: Protocol to the targets: HTTP or HTTPS.
    - `protocol_version`: HTTP1, HTTP2 or GRPC.
    - `ip_address_type`: Address type of the targets: ipv4 or ipv6.
    - `stickiness_seconds`: How long a cookie binds a client to its target. Default: no cookie.
    - `wake`: Whether requests wake the service. Its rule then forwards to the service or to the activator.
    - `begins_at_service`: Whether a new rule of a service with wake forwards to the service at first.
    - `drain_seconds`: Deregistration delay of the target group.
    - `security_groups`: The service's own security groups, if its tasks do not use the group that this module creates.
    - `health_check`: Health check of the target group.
    - `health_check.path`: Path of the check.
    - `health_check.matcher`: HTTP status codes of a healthy target.
    - `health_check.interval_seconds`: Time between two checks.
    - `health_check.timeout_seconds`: Timeout of a check.
    - `health_check.healthy_threshold`: Successful checks in a row before a target is healthy.
    - `health_check.unhealthy_threshold`: Failed checks in a row before a target is unhealthy.
    - `health_check.port`: Port of the check. Default: the target's port.
    - `health_check.protocol`: Protocol of the check: HTTP or HTTPS. Default: the service's protocol.
  EOT
  type = map(object({
    port               = number
    further_ports      = optional(list(number), [])
    path_prefix        = string
    host_headers       = optional(list(string), [])
    priority           = number
    protocol           = optional(string, "HTTP")
    protocol_version   = optional(string, "HTTP1")
    ip_address_type    = optional(string, "ipv4")
    stickiness_seconds = optional(number)
    wake               = optional(bool, false)
    begins_at_service  = optional(bool, false)
    drain_seconds      = optional(number, 15)
    security_groups    = optional(list(string), [])
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
  }))

  validation {
    condition     = alltrue([for name in keys(var.services) : length("${name}-${var.workspace}") <= 32])
    error_message = "The name of a target group, <service>-<workspace>, would be longer than 32 characters: ${join(", ", [for name in keys(var.services) : "${name}-${var.workspace}" if length("${name}-${var.workspace}") > 32])}. Shorten the service or workspace name."
  }

  validation {
    condition     = alltrue([for service in var.services : service.port >= 1 && service.port <= 65535 && floor(service.port) == service.port])
    error_message = "port must be a whole number from 1 to 65535."
  }

  validation {
    condition     = alltrue([for service in var.services : can(regex("^(/|(/[A-Za-z0-9_.$~@:&=-]+)+)$", service.path_prefix)) && length(service.path_prefix) <= 126])
    error_message = "path_prefix must be / or a path such as /api/auth, without * and without a trailing slash."
  }

  validation {
    condition     = length(distinct([for service in var.services : jsonencode([service.path_prefix, sort(service.host_headers)])])) == length(var.services)
    error_message = "Two services have the same path_prefix and host_headers."
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
        for inner in var.services : inner.priority < outer.priority
        if inner != outer && startswith("${inner.path_prefix}/", "${trimsuffix(outer.path_prefix, "/")}/") && (
          length(outer.host_headers) == 0 ? inner.path_prefix != outer.path_prefix || length(inner.host_headers) > 0 :
          inner.path_prefix != outer.path_prefix && length(setintersection(inner.host_headers, outer.host_headers)) > 0
        )
      ]
    ]))
    error_message = "A service whose path_prefix is below another service's needs the lower priority number, and so does a service with host_headers if another one takes the same paths of every host. Otherwise its requests go to the other service."
  }

  validation {
    condition     = alltrue([for service in var.services : length(service.host_headers) <= (service.path_prefix == "/" ? 4 : 3) && alltrue([for host in service.host_headers : can(regex("^[A-Za-z0-9*?.-]{1,128}$", host))])])
    error_message = "host_headers must be host names such as api.example.com, with * and ?. ELB allows five values in a rule, and the path takes two of them, or one with path_prefix = \"/\"."
  }

  validation {
    condition     = alltrue([for service in var.services : contains(["HTTP", "HTTPS"], service.protocol) && contains(["HTTP1", "HTTP2", "GRPC"], service.protocol_version) && contains(["ipv4", "ipv6"], service.ip_address_type)])
    error_message = "protocol must be HTTP or HTTPS, protocol_version HTTP1, HTTP2 or GRPC, and ip_address_type ipv4 or ipv6."
  }

  validation {
    condition     = alltrue([for service in var.services : service.protocol_version == "HTTP1" || !var.allow_plain_http || var.certificate_arn != null])
    error_message = "protocol_version HTTP2 and GRPC need an HTTPS listener."
  }

  validation {
    condition     = alltrue([for service in var.services : service.stickiness_seconds == null ? true : service.stickiness_seconds >= 1 && service.stickiness_seconds <= 604800 && floor(service.stickiness_seconds) == service.stickiness_seconds])
    error_message = "stickiness_seconds must be a whole number from 1 to 604800."
  }

  validation {
    condition     = alltrue([for service in var.services : !service.wake || service.stickiness_seconds == null])
    error_message = "A service with wake cannot have stickiness_seconds: the cookie would bind clients to a task that is down."
  }

  validation {
    condition     = length(distinct([for service in var.services : service.path_prefix if service.wake])) == length([for service in var.services : service if service.wake])
    error_message = "Two services with wake have the same path_prefix: the activator does not distinguish hosts."
  }

  validation {
    condition     = alltrue([for service in var.services : !service.wake || !strcontains(service.path_prefix, "=")])
    error_message = "path_prefix of a service with wake cannot contain =."
  }

  validation {
    condition = alltrue([
      for service in var.services : (
        service.health_check.interval_seconds >= 5 && service.health_check.interval_seconds <= 300 &&
        service.health_check.timeout_seconds >= 2 && service.health_check.timeout_seconds <= 120 && service.health_check.timeout_seconds < service.health_check.interval_seconds &&
        service.health_check.healthy_threshold >= 2 && service.health_check.healthy_threshold <= 10 &&
        service.health_check.unhealthy_threshold >= 2 && service.health_check.unhealthy_threshold <= 10 &&
        (service.health_check.port == null ? true : service.health_check.port >= 1 && service.health_check.port <= 65535) &&
        (service.health_check.protocol == null ? true : contains(["HTTP", "HTTPS"], service.health_check.protocol)) &&
        startswith(service.health_check.path, "/")
      )
    ])
    error_message = "health_check needs a path that starts with /, an interval from 5 to 300 s, a timeout of at least 2 s that is shorter than the interval, thresholds from 2 to 10, a port from 1 to 65535, and the protocol HTTP or HTTPS."
  }
}

variable "previous_priorities" {
  description = "Priority of each service's rule as of the last apply."
  type        = map(number)
  default     = {}
}

variable "further_ports" {
  description = "Ports, besides the services' own, on which the load balancer may reach tasks."
  type        = list(number)
  default     = []
}

variable "certificate_arn" {
  description = "ARN of the HTTPS listener's certificate."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:[a-z-]+:(acm|iam):", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate in ACM or IAM."
  }
}

variable "allow_plain_http" {
  description = "Permits a load balancer without a certificate, which serves plain HTTP."
  type        = bool
  default     = false
}

variable "tls_policy" {
  description = "Security policy of the HTTPS listener: its TLS versions and ciphers."
  type        = string
  default     = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  validation {
    condition     = can(regex("^ELBSecurityPolicy-TLS13-1-[23]-", var.tls_policy))
    error_message = "tls_policy must be an ELB security policy with TLS 1.3 and nothing older than TLS 1.2."
  }
}

variable "internal" {
  description = "Whether the load balancer has private addresses only."
  type        = bool
  default     = false
}

variable "ingress_cidrs" {
  description = "IPv4 ranges that may connect to the load balancer."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.ingress_cidrs : can(cidrnetmask(cidr))])
    error_message = "ingress_cidrs must be IPv4 CIDR blocks, such as 10.0.0.0/8."
  }
}

variable "access_logs" {
  description = <<-EOT
    Enables access logs of the load balancer.
    - `bucket`: S3 bucket for the logs. Its policy must let ELB write.
    - `prefix`: Prefix of the log objects in the bucket.
  EOT
  type = object({
    bucket = string
    prefix = optional(string)
  })
  default = null
}

variable "deletion_protection" {
  description = "Whether the load balancer is protected from deletion."
  type        = bool
  default     = false
}

variable "existing_listener_arn" {
  description = "ARN of an existing listener to use instead of a new load balancer. Its load balancer's security groups must allow traffic to the tasks."
  type        = string
  default     = null

  validation {
    condition     = var.existing_listener_arn == null ? true : can(regex("^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener/app/", var.existing_listener_arn))
    error_message = "existing_listener_arn must be the ARN of an Application Load Balancer's listener."
  }
}

variable "security_groups" {
  description = "Security groups of the existing listener's load balancer. Default: read from that load balancer, which must then exist at plan time."
  type        = list(string)
  default     = []
}

variable "ingress_ipv6_cidrs" {
  description = "IPv6 ranges that may connect to the load balancer."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.ingress_ipv6_cidrs : can(cidrsubnet(cidr, 0, 0)) && strcontains(cidr, ":")])
    error_message = "ingress_ipv6_cidrs must be IPv6 CIDR blocks, such as 2001:db8::/32."
  }

  validation {
    condition     = length(var.ingress_ipv6_cidrs) == 0 || var.ip_address_type != "ipv4"
    error_message = "ingress_ipv6_cidrs needs ip_address_type = \"dualstack\"."
  }
}

variable "ingress_prefix_lists" {
  description = "IDs of prefix lists that may connect to the load balancer."
  type        = list(string)
  default     = []
}

variable "ingress_security_groups" {
  description = "Security groups that may connect to the load balancer."
  type        = list(string)
  default     = []
}

variable "http_listener" {
  description = "Whether port 80 redirects to HTTPS. False closes port 80."
  type        = bool
  default     = true
}

variable "idle_timeout_seconds" {
  description = "How long a connection may stay without data, 1 to 4000."
  type        = number
  default     = 60

  validation {
    condition     = var.idle_timeout_seconds >= 1 && var.idle_timeout_seconds <= 4000 && floor(var.idle_timeout_seconds) == var.idle_timeout_seconds
    error_message = "idle_timeout_seconds must be a whole number from 1 to 4000."
  }
}

variable "ip_address_type" {
  description = "Addresses of the load balancer: ipv4, dualstack, or dualstack-without-public-ipv4."
  type        = string
  default     = "ipv4"

  validation {
    condition     = contains(["ipv4", "dualstack", "dualstack-without-public-ipv4"], var.ip_address_type)
    error_message = "ip_address_type must be ipv4, dualstack or dualstack-without-public-ipv4."
  }

  validation {
    condition     = var.ip_address_type != "dualstack-without-public-ipv4" || !var.internal
    error_message = "An internal load balancer has no public addresses: use ip_address_type = \"dualstack\"."
  }
}

variable "load_balancer_vpc_id" {
  description = "ID of the load balancer's VPC, if the tasks are in another one. Default: the tasks' VPC."
  type        = string
  default     = null
}

variable "web_acl" {
  description = <<-EOT
    Web ACL of AWS WAF for the load balancer. An object, so that the same apply can create the web ACL.
    - `arn`: ARN of the web ACL.
  EOT
  type = object({
    arn = string
  })
  default = null
}

variable "activator_target_group_arn" {
  description = "ARN of the activator's target group, for services with wake."
  type        = string
  default     = null
}
variable "target_group_prefix" {
  description = "Prefix of the target groups' names. Longer names than 32 characters end with a hash."
  type        = string
  default     = ""
}
