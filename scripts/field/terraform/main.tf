provider "aws" {
  region = var.region

  # Everything that the field test creates has this tag.
  default_tags {
    tags = { "start-engines:field-test" = local.prefix }
  }
}

locals {
  # The workspace is the run.
  prefix = terraform.workspace
  zones  = coalesce(var.availability_zones, slice(data.aws_availability_zones.available.names, 0, 2))
}

data "aws_availability_zones" "available" {
  state = "available"
}

# Tasks have public addresses, because a NAT gateway costs more than everything else here. Nobody outside of the group reaches them.
resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = local.prefix }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "this" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index)
  availability_zone = local.zones[count.index]
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table_association" "this" {
  count = 2

  subnet_id      = aws_subnet.this[count.index].id
  route_table_id = aws_route_table.this.id
}

# One group for the load balancer, the tasks and the function, whose members reach each other.
resource "aws_security_group" "this" {
  name        = local.prefix
  description = "Field test of start-engines"
  vpc_id      = aws_vpc.this.id

  ingress {
    protocol  = "tcp"
    from_port = 80
    to_port   = 80
    self      = true
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_ecs_cluster" "this" {
  name = local.prefix
}

resource "aws_ecs_task_definition" "this" {
  for_each = {
    web        = var.image
    unpullable = "${split(":", var.image)[0]}:missing-${local.prefix}"
  }

  family                   = "${local.prefix}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([
    {
      name         = "web"
      image        = each.value
      essential    = true
      portMappings = [{ containerPort = 80 }]
    },
  ])
}
