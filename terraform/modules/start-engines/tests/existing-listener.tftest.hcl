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
  mock_data "aws_lb_listener" {
    defaults = { load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/theirs/0123456789abcdef" }
  }
  mock_data "aws_lb" {
    defaults = { security_groups = ["sg-0e5f6071"] }
  }
  mock_data "aws_ssm_parameters_by_path" {
    defaults = { names = [], values = [] }
  }
}

# terraform test -filter=tests/existing-listener.tftest.hcl
variables {
  workspace    = "dev"
  vpc_id       = "vpc-0a1b2c3d"
  task_subnets = ["subnet-0a1b2c3d"]
  function     = { runtime = "nodejs22.x", package_path = "./versions.tf" } # Any file works: nothing is uploaded.
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

run "uses_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210" }
  }

  assert {
    condition     = contains(output.envelope.target_group_arns, "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/*")
    error_message = "The target groups must be created anyway."
  }
}

run "refuses_a_certificate_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_access_logs_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", access_logs = { bucket = "logs" } }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_subnets_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["10.0.0.0/8"] }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_deletion_protection_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", deletion_protection = true }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_internal_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", internal = true }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_plain_http_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", allow_plain_http = true }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_ingress_cidrs_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", ingress_cidrs = ["10.0.0.0/8"] }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_a_tls_policy_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", tls_policy = "ELBSecurityPolicy-TLS13-1-3-2021-06" }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_neither_subnets_nor_a_listener" {
  command = plan
  variables {
    load_balancer = {}
  }
  expect_failures = [var.load_balancer]
}

run "refuses_security_groups_without_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], ingress_cidrs = ["0.0.0.0/0"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d", security_groups = ["sg-0e5f6071"] }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_a_load_balancer_that_admits_no_client" {
  command = plan
  variables {
    load_balancer = { subnets = ["subnet-0b1c2d3e", "subnet-0c1d2e3f"], certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d" }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_an_idle_timeout_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", idle_timeout_seconds = 300 }
  }
  expect_failures = [var.load_balancer]
}

run "refuses_a_web_acl_with_an_existing_listener" {
  command = plan
  variables {
    load_balancer = { existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210", web_acl = { arn = "arn:aws:wafv2:us-east-2:123456789012:regional/webacl/engines/0a1b2c3d" } }
  }
  expect_failures = [var.load_balancer]
}
