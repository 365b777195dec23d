provider "aws" {
  region              = var.region
  allowed_account_ids = var.account_id == null ? null : [var.account_id]

  default_tags {
    tags = merge({ project = "start-engines", workspace = terraform.workspace }, var.tags)
  }
}

data "aws_region" "current" {
  lifecycle {
    precondition {
      condition     = terraform.workspace != "default"
      error_message = "The workspace \"default\" is not a deployment. Select one with terraform workspace select -or-create dev, or run npm run deploy dev."
    }
  }
}

module "start_engines" {
  source = "./modules/start-engines"

  workspace                 = terraform.workspace
  vpc_id                    = var.vpc_id
  task_subnets              = var.task_subnets
  assign_public_ip          = var.assign_public_ip
  load_balancer             = var.load_balancer
  services                  = var.services
  mapping_defaults          = var.mapping_defaults
  allowed_clusters          = var.allowed_clusters
  allowed_task_families     = var.allowed_task_families
  allowed_task_role_arns    = var.allowed_task_role_arns
  allowed_target_group_arns = var.allowed_target_group_arns
  allowed_ports             = var.allowed_ports
  managed_policies          = var.managed_policies
  function                  = var.function
  activator                 = var.activator
  event_bus                 = var.event_bus
  reconcile_schedule        = var.reconcile_schedule
  warm_windows              = var.warm_windows
  http_api                  = var.http_api
  sequences                 = var.sequences
  alarms                    = var.alarms
  name_prefix               = var.name_prefix
  roles                     = var.roles
  kms_keys                  = var.kms_keys
}
