variable "region" {
  description = "Region of the field test."
  type        = string
}

variable "package" {
  description = "Path of the zip with the function of the field test."
  type        = string
}

variable "image" {
  description = "Image of the tasks: it answers 200 for / on port 80."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:stable-alpine"
}

variable "availability_zones" {
  description = "Two zones of the Region. Default: the first two that are available."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null || try(length(var.availability_zones) == 2, false)
    error_message = "Name exactly two zones."
  }
}
