terraform {
  # 1.11: the S3 backend can lock the state without a DynamoDB table (`use_lockfile`).
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is the last 5.x, and 6.x supports everything used here. 7.0 may break it.
      version = ">= 5.100, < 7.0"
    }
  }
}
