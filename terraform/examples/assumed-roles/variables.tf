variable "region" {
  description = "AWS Region of both environments."
  type        = string
  default     = "us-east-2"
}

variable "environments" {
  description = <<-EOT
    The environments staging and prod.
    - `account_id`: ID of the account.
    - `vpc_id`: ID of the VPC.
    - `task_subnets`: Subnets of the tasks.
    - `listener_arn`: ARN of the listener that receives the rules.
  EOT
  type = map(object({
    account_id   = string
    vpc_id       = string
    task_subnets = list(string)
    listener_arn = string
  }))
}

variable "deployer_role" {
  description = "Name of the role that Terraform assumes in each account."
  type        = string
  default     = "deployer"
}

variable "permissions_boundary_name" {
  description = "Name of the permissions boundary in each account."
  type        = string
  default     = "boundary"
}

variable "package" {
  description = <<-EOT
    The released zip in S3.
    - `bucket`: Bucket of the zip.
    - `key`: Key of the zip.
    - `sha256`: SHA-256 of the zip, in base64.
  EOT
  type = object({
    bucket = string
    key    = string
    sha256 = string
  })
}

variable "runtime" {
  description = "Lambda runtime: nodejs24.x or nodejs22.x. nodejs24.x needs AWS provider 6.19 or later."
  type        = string
  default     = "nodejs24.x"
}
