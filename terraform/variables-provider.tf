# The root's own variables. Those in variables.tf are the module's (node scripts/terraform/write-tables.ts).
variable "region" {
  description = "AWS Region of the deployment."
  type        = string
  default     = "us-east-2"

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be an AWS Region, such as us-east-2."
  }
}

variable "account_id" {
  description = "The only account that Terraform may change. Null permits the account of the credentials."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null ? true : can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must have 12 digits."
  }
}

variable "tags" {
  description = "Tags for every resource, in addition to project and workspace."
  type        = map(string)
  default     = {}
}
