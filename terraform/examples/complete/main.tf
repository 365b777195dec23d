provider "aws" {
  region = var.region
}

data "aws_partition" "current" {}

locals {
  name  = "engines-${var.workspace}"
  ports = { auth = 8080, users = 8081 }
}

module "start_engines" {
  source = "../../modules/start-engines"

  workspace = var.workspace
  # Read from the gateway, so that it exists first: ELB rejects a public load balancer in a VPC without an internet gateway.
  vpc_id           = aws_internet_gateway.this.vpc_id
  task_subnets     = aws_subnet.public[*].id
  assign_public_ip = true

  load_balancer = {
    subnets          = aws_subnet.public[*].id
    certificate_arn  = var.certificate_arn
    ingress_cidrs    = ["0.0.0.0/0"] # Everyone. Restrict it to your clients if you can.
    allow_plain_http = var.certificate_arn == null
  }

  services = {
    auth = {
      cluster         = aws_ecs_cluster.this.name
      task_definition = "${local.name}-auth"
      task_role_arns  = [aws_iam_role.execution.arn]
      port            = local.ports.auth
      priority        = 10
      depends_on      = ["users"]
      allow_overrides = { task_definition = ["${local.name}-auth:*"] }
    }
    users = {
      cluster                    = aws_ecs_cluster.this.name
      task_definition            = "${local.name}-users"
      task_role_arns             = [aws_iam_role.execution.arn]
      port                       = local.ports.users
      priority                   = 20
      capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT", weight = 1 }]
    }
  }

  mapping_defaults = { wait = "healthy", start_timeout_seconds = 180 }
  function         = { runtime = var.runtime }

  event_bus = { name = local.name, create = true, sources = ["custom.app"] }
  http_api  = { authorization = { type = "AWS_IAM" } }
  sequences = var.with_state_machine ? { morning = { services = ["users", "auth"] } } : {}
  alarms    = { email_addresses = var.alarm_addresses }
}
