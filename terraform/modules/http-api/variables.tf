variable "name" {
  description = "Name of the API."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.name))
    error_message = "name must be 1 to 128 letters, digits, - and _."
  }
}

variable "role_name" {
  description = "Name of the API's role."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.role_name))
    error_message = "role_name must be 1 to 64 characters that IAM takes in the name of a role."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "function_invoke_arn" {
  description = "How API Gateway names that alias."
  type        = string
}

variable "authorization" {
  description = "Who may call: AWS_IAM, or JWT with an issuer, its audiences, and the scope that each kind of route asks for."
  type = object({
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

  validation {
    condition     = contains(["AWS_IAM", "JWT"], var.authorization.type)
    error_message = "authorization.type must be AWS_IAM or JWT: with NONE anybody on the internet could stop the services."
  }

  validation {
    condition     = var.authorization.type != "JWT" ? true : can(regex("^https://", var.authorization.issuer)) && length(var.authorization.audiences) > 0
    error_message = "JWT needs an issuer, https://…, and at least one audience."
  }

  validation {
    condition     = alltrue([for scope in values(var.authorization.scopes) : scope != ""])
    error_message = "Every kind of route needs a scope."
  }
}

variable "throttling" {
  description = "How many requests a second are let through, and how many at once."
  type = object({
    requests_per_second = optional(number, 10)
    burst               = optional(number, 20)
  })
  default = {}

  validation {
    condition     = var.throttling.requests_per_second >= 1 && var.throttling.burst >= 1
    error_message = "throttling must let at least one request through."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch keeps the access log."
  type        = number
  default     = 30
}
