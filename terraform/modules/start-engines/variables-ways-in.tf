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

  validation {
    condition = !anytrue([for service in var.services : service.idle != null]) || (
      var.reconcile_schedule != null && try(tonumber(regex("^rate\\((\\d+) minutes?\\)$", var.reconcile_schedule)[0]) <= 10, startswith(coalesce(var.reconcile_schedule, "-"), "cron("))
    )
    error_message = "A service with idle needs a reconcile_schedule of at most rate(10 minutes): two reconciles in a row decide about an idle stop."
  }
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

  validation {
    condition     = alltrue(flatten([for window in var.warm_windows : [for name in window.services : contains(keys(var.services), name)]]))
    error_message = "A warm window names a service that is not in services."
  }
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

  validation {
    condition     = alltrue([for name in keys(var.sequences) : can(regex("^[a-z][a-z0-9-]{0,23}$", name)) && !contains(["scheduler", "lambda", "api"], name)])
    error_message = "A sequence name must be 1 to 24 characters of a-z, 0-9 and -, start with a letter, and not be scheduler, lambda or api: roles already have these names."
  }

  validation {
    condition     = alltrue(flatten([for sequence in var.sequences : [for name in sequence.services : contains(keys(var.services), name)]]))
    error_message = "A sequence names a service that is not in services."
  }
}
