# Sample values. Replace the VPC, subnets, certificate, clusters, task definitions and roles with yours.
vpc_id       = "vpc-0a1b2c3d4e5f60718"
task_subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728"]

load_balancer = {
  subnets         = ["subnet-0c1d2e3f405162738", "subnet-0d1e2f30415263748"]
  certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
  ingress_cidrs   = ["0.0.0.0/0"] # Everyone. Restrict it to your clients if you can.
}

# One invocation starts users and then fa, and Lambda's limit for both is 900 seconds. The default of 300 s would exceed it.
mapping_defaults = { start_timeout_seconds = 240 }

services = {
  auth = {
    cluster         = "auth-cluster"
    task_definition = "auth-api-task"
    task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/auth-task"]
    port            = 8080
    priority        = 10
    allow_overrides = { task_definition = ["auth-api-task:*"] }
  }

  pdf = {
    cluster         = "pdf-cluster"
    task_definition = "pdf-creator-task"
    task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/pdf-task"]
    port            = 9080
    priority        = 20
    wait            = "healthy"
  }

  fa = {
    cluster         = "fa-cluster"
    task_definition = "fa-engine-task"
    task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/fa-task"]
    port            = 2531
    priority        = 30
    depends_on      = ["users"]
  }

  users = {
    cluster         = "users-cluster"
    task_definition = "users-api-task"
    task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/users-task"]
    port            = 8081
    priority        = 40
  }

  batch = {
    cluster         = "batch-cluster"
    task_definition = "batch-job-task"
    task_role_arns  = ["arn:aws:iam::123456789012:role/ecs-task-execution", "arn:aws:iam::123456789012:role/batch-task"]
    port            = 8090
    priority        = 50
  }
}

function = {
  log_retention_days = 365
}

# dev handles events without detail.workspace. Only one workspace per event bus can.
event_bus = { accept_unaddressed = false }
