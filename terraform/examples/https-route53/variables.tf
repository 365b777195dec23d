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

variable "zone_name" {
  description = "Name of the public hosted zone."
  type        = string
}

variable "host_name" {
  description = "Host name of the load balancer, in that zone."
  type        = string
}

variable "vpc_id" {
  description = "ID of the VPC of the load balancer and the tasks."
  type        = string
}

variable "task_subnets" {
  description = "Subnets of the tasks, with a route to the image registry."
  type        = list(string)
}

variable "load_balancer_subnets" {
  description = "Public subnets of the load balancer, in at least two Availability Zones."
  type        = list(string)
}

variable "client_cidrs" {
  description = "IPv4 ranges that may connect. To admit everyone, use 0.0.0.0/0."
  type        = list(string)
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "task_role_arns" {
  description = "ARNs of the execution role of the task definition `reports`, and of its task role if it has one."
  type        = list(string)
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"
}
