provider "aws" {
  alias               = "staging"
  region              = var.region
  allowed_account_ids = [var.environments.staging.account_id]

  assume_role {
    role_arn = "arn:aws:iam::${var.environments.staging.account_id}:role/${var.deployer_role}"
  }
}

provider "aws" {
  alias               = "prod"
  region              = var.region
  allowed_account_ids = [var.environments.prod.account_id]

  assume_role {
    role_arn = "arn:aws:iam::${var.environments.prod.account_id}:role/${var.deployer_role}"
  }
}

locals {
  services = {
    for name, environment in var.environments : name => {
      reports = {
        cluster         = "reports"
        task_definition = "reports"
        task_role_arns  = ["arn:aws:iam::${environment.account_id}:role/reports-execution"]
        port            = 8080
        priority        = 100
      }
    }
  }

  roles = {
    for name, environment in var.environments : name => {
      permissions_boundary = "arn:aws:iam::${environment.account_id}:policy/${var.permissions_boundary_name}"
      path                 = "/platform/"
    }
  }

  function = { runtime = var.runtime, package_s3 = var.package }
}

module "staging" {
  source    = "../../modules/start-engines"
  providers = { aws = aws.staging }

  workspace     = "staging"
  vpc_id        = var.environments.staging.vpc_id
  task_subnets  = var.environments.staging.task_subnets
  load_balancer = { existing_listener_arn = var.environments.staging.listener_arn }
  services      = local.services.staging
  roles         = local.roles.staging
  function      = local.function
}

module "prod" {
  source    = "../../modules/start-engines"
  providers = { aws = aws.prod }

  workspace     = "prod"
  vpc_id        = var.environments.prod.vpc_id
  task_subnets  = var.environments.prod.task_subnets
  load_balancer = { existing_listener_arn = var.environments.prod.listener_arn }
  services      = local.services.prod
  roles         = local.roles.prod
  function      = local.function
}
