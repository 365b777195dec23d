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

variable "vpc_id" {
  description = "The VPC of the load balancer and the tasks."
  type        = string
}

variable "task_subnets" {
  description = "Subnets of the tasks, with a way to their image."
  type        = list(string)
}

variable "listener_arn" {
  description = "The listener that gets the rule. The load balancer's own security group must let it out to port 8080."
  type        = string
}

variable "priority" {
  description = "A priority that no other rule of the listener has."
  type        = number
  default     = 100
}

variable "cluster" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "task_role_arns" {
  description = "The execution role of the task definition `reports`, and its task role if it has one."
  type        = list(string)
}

variable "runtime" {
  description = "Lambda's runtime. Provider 5.100 knows nodejs22.x only."
  type        = string
  default     = "nodejs24.x"
}
