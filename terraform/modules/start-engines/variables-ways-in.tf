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
