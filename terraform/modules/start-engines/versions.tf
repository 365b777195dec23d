terraform {
  # 1.11: as the root module, which says why.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is the last 5.x; what is used here is in 6.x as well. 7 may break it.
      version = ">= 5.100, < 7.0"
    }
  }
}
