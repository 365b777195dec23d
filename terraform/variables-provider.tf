# Variables of the root module only. variables.tf is generated from modules/start-engines.
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
  description = "The only account that Terraform may change. Default: the account of the credentials."
  type        = string
  default     = null

  validation {
    condition     = var.account_id == null ? true : can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "tags" {
  description = "Tags for every resource, in addition to project and workspace."
  type        = map(string)
  default     = {}
}
