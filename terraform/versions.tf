terraform {
  # 1.11: the S3 backend locks with a file of its own (`use_lockfile`), without a DynamoDB table.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is the last 5.x; what is used here is in 6.x as well. 7 may break it.
      version = ">= 5.100, < 7.0"
    }
  }
}
