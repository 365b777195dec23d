provider "aws" {
  region = var.region
}

module "start_engines" {
  source = "../../modules/start-engines"

  workspace     = var.workspace
  vpc_id        = var.vpc_id
  task_subnets  = var.task_subnets
  load_balancer = { existing_listener_arn = var.listener_arn }

  services = {
    reports = {
      cluster         = var.cluster
      task_definition = "reports"
      task_role_arns  = var.task_role_arns
      port            = 8080
      path_prefix     = "/reports"
      priority        = var.priority
      wait            = "healthy"
    }
  }

  function = { runtime = var.runtime }
}
