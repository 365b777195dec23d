# Unlike in the other tests, values from AWS are unknown here: everything asserted is known at plan time.
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

# terraform test -filter=tests/many-services.tftest.hcl
variables {
  workspace     = "dev"
  vpc_id        = "vpc-0a1b2c3d"
  task_subnets  = ["subnet-0a1b2c3d"]
  load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  function      = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
  services = {
    for number in range(100) : "service-${number}" => {
      cluster         = "service-${number}-cluster"
      task_definition = "service-${number}-task"
      task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/service-${number}-task"]
      port            = 8080
      priority        = number + 1
    }
  }
}

run "a_hundred_services_fit" {
  command = plan

  assert {
    condition     = length(module.iam.policies) == 9 && length(module.iam.policies[0]) <= 10240 && max([for policy in slice(module.iam.policies, 1, 9) : length(policy)]...) <= 6144
    error_message = "The role's policies have ${jsonencode([for policy in module.iam.policies : length(policy)])} characters."
  }
  assert {
    condition     = strcontains(module.iam.policies[1], "\"arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-0-dev/*\"")
    error_message = "A target group must be allowed by its name: ${module.iam.policies[1]}"
  }
  assert {
    condition     = contains(output.envelope.target_group_arns, "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/service-99-dev/*")
    error_message = "The envelope must match the role's permissions."
  }
}

run "keeps_twenty_services_in_the_inline_policy" {
  command = plan
  variables {
    services = {
      for number in range(20) : "service-${number}" => {
        cluster         = "service-${number}-cluster"
        task_definition = "service-${number}-task"
        task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/service-${number}-task"]
        port            = 8080
        priority        = number + 1
      }
    }
  }

  assert {
    condition     = length(module.iam.policies) == 1 && length(module.iam.policies[0]) <= 10240
    error_message = "The role's policies have ${jsonencode([for policy in module.iam.policies : length(policy)])} characters."
  }
}
