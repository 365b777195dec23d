mock_provider "aws" {
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
  vpc_id        = "vpc-0a1b2c3d"
  task_subnets  = ["subnet-0a1b2c3d"]
  load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  function      = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
  services = {
    auth = {
      cluster         = "auth-cluster"
      task_definition = "auth-api-task:3"
      task_role_arns  = ["arn:aws:iam::123456789012:role/auth-task"]
      port            = 8080
      priority        = 10
    }
  }
}

run "refuses_the_default_workspace" {
  command         = plan
  expect_failures = [data.aws_region.current]
}
