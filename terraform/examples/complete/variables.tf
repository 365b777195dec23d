variable "workspace" {
  description = "Name of the deployment."
  type        = string
  default     = "demo"
}

variable "region" {
  description = "AWS Region of the deployment."
  type        = string
  default     = "us-east-2"
}

variable "certificate_arn" {
  description = "ARN of a certificate for the load balancer. Without one it serves plain HTTP."
  type        = string
  default     = null
}

variable "image" {
  description = "Image of both services. Its command must answer every path, as the default's does."
  type        = string
  default     = "public.ecr.aws/docker/library/caddy:2"
}

variable "alarm_addresses" {
  description = "E-mail addresses that receive the alarms."
  type        = list(string)
  default     = []
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"
}

variable "with_state_machine" {
  description = "Whether to create a state machine that starts users and then auth."
  type        = bool
  default     = true
}
