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
  description = "ID of the VPC."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, in which its endpoints are."
  type        = string
}

variable "private_subnets" {
  description = "Private subnets of the load balancer, the tasks and the function, in at least two Availability Zones."
  type        = list(string)
}

variable "certificate_arn" {
  description = "ARN of the load balancer's certificate, from ACM or a private CA."
  type        = string
}

variable "client_security_groups" {
  description = "Security groups that may connect to the load balancer, such as that of a VPN."
  type        = list(string)
  default     = []
}

variable "client_prefix_lists" {
  description = "IDs of prefix lists that may connect to the load balancer."
  type        = list(string)
  default     = []
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
