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

variable "vpc_id" {
  description = "ID of the VPC of the load balancer and the tasks."
  type        = string
}

variable "task_subnets" {
  description = "Subnets of the tasks, with a route to the image registry."
  type        = list(string)
}

variable "listener_arn" {
  description = "ARN of the listener with the rule of the ECS service."
  type        = string
}

variable "target_group_arn" {
  description = "ARN of the target group in which the ECS service registers its tasks."
  type        = string
}

variable "priority" {
  description = "Priority of the rule. No other rule of the listener may have it."
  type        = number
  default     = 100
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "task_definition" {
  description = "Family of the ECS service's task definition."
  type        = string
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"
}
