terraform {
  # 1.11: as in the root module, whose versions.tf has the reason.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is the last 5.x, and 6.x supports everything used here. 7.0 may break it.
      version = ">= 5.100, < 7.0"
    }
  }
}
