# A platform's own configuration: no workspaces, a provider with an alias and an assumed role, and two instances of the module
# that share an account, a VPC and a bus. Everything that the module needs is created by the same apply.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "package_path" {
  description = "Path of the function's zip."
  type        = string
}

# Nothing may be created with this provider.
provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "workload"
  region = "us-east-2"

  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/deployer"
  }
}

locals {
  listeners = {
    blue = {
      subnets         = values(aws_subnet.this)[*].id
      certificate_arn = aws_acm_certificate.this.arn
      internal        = true

      ingress_security_groups = [aws_security_group.pdf.id]
      ingress_prefix_lists    = [aws_ec2_managed_prefix_list.office.id]
    }
    green = {
      existing_listener_arn = aws_lb_listener.platform.arn
      security_groups       = [aws_security_group.platform.id]
    }
  }
}

module "engines" {
  source    = "../../../../terraform/modules/start-engines"
  for_each  = local.listeners
  providers = { aws = aws.workload }

  workspace     = each.key
  vpc_id        = aws_vpc.this.id
  task_subnets  = values(aws_subnet.this)[*].id
  load_balancer = each.value
  function      = { runtime = "nodejs22.x", package_path = var.package_path }
  event_bus     = { accept_unaddressed = each.key == "blue" }
  http_api      = { authorization = { type = "AWS_IAM" } }

  services = {
    pdf = {
      cluster         = aws_ecs_cluster.this.arn
      task_definition = aws_ecs_task_definition.pdf.arn
      task_role_arns  = [aws_iam_role.task.arn]
      port            = 9080
      priority        = 10
      security_groups = [aws_security_group.pdf.id]
    }
    auth = {
      cluster         = aws_ecs_cluster.this.name
      task_definition = "auth-api-task"
      task_role_arns  = [aws_iam_role.task.arn]
      port            = 8080
      priority        = 20
    }
  }
}

resource "aws_vpc" "this" {
  provider   = aws.workload
  cidr_block = "10.0.0.0/16"
}

resource "aws_ec2_managed_prefix_list" "office" {
  provider       = aws.workload
  name           = "office"
  address_family = "IPv4"
  max_entries    = 1

  entry {
    cidr = "192.0.2.0/24"
  }
}

resource "aws_subnet" "this" {
  provider = aws.workload
  for_each = { us-east-2a = "10.0.0.0/24", us-east-2b = "10.0.1.0/24" }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_acm_certificate" "this" {
  provider          = aws.workload
  domain_name       = "engines.example.org"
  validation_method = "DNS"
}

resource "aws_ecs_cluster" "this" {
  provider = aws.workload
  name     = "platform"
}

resource "aws_iam_role" "task" {
  provider = aws.workload
  name     = "pdf-task"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_ecs_task_definition" "pdf" {
  provider                 = aws.workload
  family                   = "pdf-creator-task"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.task.arn
  container_definitions    = jsonencode([{ name = "pdf", image = "pdf:1", essential = true, portMappings = [{ containerPort = 9080 }] }])
}

resource "aws_security_group" "pdf" {
  provider = aws.workload
  name     = "start-engines-green-pdf"
  vpc_id   = aws_vpc.this.id
}

resource "aws_security_group" "platform" {
  provider = aws.workload
  name     = "start-engines-green-platform"
  vpc_id   = aws_vpc.this.id
}

resource "aws_lb" "platform" {
  provider           = aws.workload
  name               = "start-engines-green"
  load_balancer_type = "application"
  internal           = true
  security_groups    = [aws_security_group.platform.id]
  subnets            = values(aws_subnet.this)[*].id
}

resource "aws_lb_listener" "platform" {
  provider          = aws.workload
  load_balancer_arn = aws_lb.platform.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.this.arn

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
    }
  }
}
