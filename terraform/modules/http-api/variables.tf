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
    error_message = "role_name must be 1 to 64 letters, digits and _+=,.@-."
  }
}

variable "function_arn" {
  description = "ARN of the function's alias."
  type        = string
}

variable "function_invoke_arn" {
  description = "Invoke ARN of that alias, for API Gateway."
  type        = string
}

variable "authorization" {
  description = <<-EOT
    Who may call the API.
    - `type`: AWS_IAM or JWT.
    - `issuer`: Issuer of the tokens, `https://…`. Required with JWT.
    - `audiences`: Accepted audiences of the tokens. At least one with JWT.
    - `scopes`: Token scopes that the routes require. With JWT only.
    - `scopes.read`: Scope for status.
    - `scopes.start`: Scope for a start.
    - `scopes.stop`: Scope for a stop.
    - `scopes.restart`: Scope for a restart.
  EOT
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
    error_message = "authorization.type must be AWS_IAM or JWT: with NONE anyone on the internet could stop the services."
  }

  validation {
    condition     = var.authorization.type != "JWT" ? true : can(regex("^https://", var.authorization.issuer)) && length(var.authorization.audiences) > 0
    error_message = "JWT needs an issuer (https://…) and at least one audience."
  }

  validation {
    condition     = alltrue([for scope in values(var.authorization.scopes) : scope != ""])
    error_message = "authorization.scopes must not contain an empty scope."
  }
}

variable "throttling" {
  description = <<-EOT
    Request limits of the API.
    - `requests_per_second`: Sustained requests per second.
    - `burst`: Requests in a burst.
  EOT
  type = object({
    requests_per_second = optional(number, 10)
    burst               = optional(number, 20)
  })
  default = {}

  validation {
    condition     = var.throttling.requests_per_second >= 1 && var.throttling.burst >= 1
    error_message = "throttling must allow at least one request per second and a burst of at least one."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the access log."
  type        = number
  default     = 30
}

variable "permissions_boundary" {
  description = "ARN of the policy that limits the role's permissions. Default: none."
  type        = string
  default     = null
}

variable "role_path" {
  description = "Path of the role."
  type        = string
  default     = "/"
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the access log. Default: CloudWatch's own key."
  type        = string
  default     = null
}
