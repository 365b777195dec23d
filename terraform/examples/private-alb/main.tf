provider "aws" {
  region = var.region
}

resource "aws_security_group" "function" {
  name        = "start-engines-function-${var.workspace}"
  description = "The function of start-engines. It calls AWS and admits nothing."
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "function" {
  security_group_id = aws_security_group.function.id
  description       = "AWS through the endpoints of the VPC."
  cidr_ipv4         = var.vpc_cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

module "start_engines" {
  source = "../../modules/start-engines"

  workspace    = var.workspace
  vpc_id       = var.vpc_id
  task_subnets = var.private_subnets

  load_balancer = {
    subnets                 = var.private_subnets
    internal                = true
    certificate_arn         = var.certificate_arn
    http_listener           = false
    ingress_security_groups = var.client_security_groups
    ingress_prefix_lists    = var.client_prefix_lists
  }

  services = {
    reports = {
      cluster         = var.cluster
      task_definition = "reports"
      task_role_arns  = var.task_role_arns
      port            = 8080
      priority        = 100
      wait            = "healthy"
    }
  }

  function = {
    runtime = var.runtime
    vpc     = { subnets = var.private_subnets, security_groups = [aws_security_group.function.id] }
  }
}
