variable "workspace" {
  description = "Name of the deployment."
  type        = string
  default     = "demo"
}

variable "region" {
  description = "Where everything is made."
  type        = string
  default     = "us-east-2"
}

variable "certificate_arn" {
  description = "A certificate for the load balancer; without one it serves plain HTTP."
  type        = string
  default     = null
}

variable "image" {
  description = "The demo's image: Caddy, whose command answers every path."
  type        = string
  default     = "public.ecr.aws/docker/library/caddy:2"
}

variable "alarm_addresses" {
  description = "Who gets the alarms."
  type        = list(string)
  default     = []
}

variable "runtime" {
  description = "Lambda's runtime. Provider 5.100 knows nodejs22.x only."
  type        = string
  default     = "nodejs24.x"
}

variable "with_state_machine" {
  description = "Whether there is a state machine that starts users and then auth."
  type        = bool
  default     = true
}
