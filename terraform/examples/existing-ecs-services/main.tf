provider "aws" {
  region = var.region
}

data "aws_ecs_task_definition" "reports" {
  task_definition = var.task_definition
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
      task_definition = var.task_definition
      # A definition without a task role has an empty string.
      task_role_arns           = [for arn in [data.aws_ecs_task_definition.reports.execution_role_arn, data.aws_ecs_task_definition.reports.task_role_arn] : arn if arn != ""]
      port                     = 8080
      path_prefix              = "/reports-on-demand"
      priority                 = var.priority
      additional_target_groups = [{ arn = var.target_group_arn }]
      exclusive_target_group   = false
    }
  }

  function = { runtime = var.runtime }
}
