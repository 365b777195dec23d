mock_provider "aws" {}

mock_provider "aws" {
  alias = "workload"

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-2" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_ssm_parameters_by_path" {
    defaults = { names = [], values = [] }
  }
}

variables {
  package_path = "./main.tf" # Any file works: nothing is uploaded.
}

# Without override_during = plan, IDs and ARNs of the planned resources are unknown, as in a real first plan.
run "plans_everything_in_one_go" {
  command = plan

  assert {
    condition     = sort(keys(module.engines)) == tolist(["blue", "green"])
    error_message = "The plan must contain both instances."
  }
}
