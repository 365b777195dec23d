terraform {
  # The same versions as the root module of the deployment.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # The field test passes the paths, so that the state of a run is in the folder of the run.
  backend "local" {}
}
