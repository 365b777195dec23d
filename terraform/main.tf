provider "aws" {
  region = var.region

  default_tags {
    tags = merge({ project = "start-engines", workspace = terraform.workspace }, var.tags)
  }
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

# Every name and the parameter path hang on the workspace, so it is looked at before anything else.
data "aws_region" "current" {
  lifecycle {
    precondition {
      condition     = terraform.workspace != "default"
      error_message = "The workspace \"default\" has no name for its resources. Select one: terraform workspace select -or-create dev, or npm run deploy dev."
    }

    precondition {
      condition     = can(regex("^[a-z][a-z0-9-]{0,11}$", terraform.workspace))
      error_message = "The workspace \"${terraform.workspace}\" must be 1 to 12 of a-z, 0-9 and -, a letter first: it is part of every name."
    }
  }
}

locals {
  workspace      = terraform.workspace
  name           = "start-engines-${local.workspace}"
  function_name  = "start-engines-lambda-${local.workspace}"
  parameter_path = "/start-engines/${local.workspace}"

  metrics_namespace = "StartEngines"
}

module "alb" {
  source = "./modules/alb"

  name      = local.name
  workspace = local.workspace
  vpc_id    = var.vpc_id
  subnets   = var.load_balancer.subnets
  services = {
    for name, service in var.services : name => merge(service, {
      path_prefix   = coalesce(service.path_prefix, "/api/${name}")
      drain_seconds = coalesce(service.drain_seconds, var.mapping_defaults.drain_seconds, 15)
      further_ports = [for port in lookup(service.allow_overrides, "port", []) : tonumber(port)]
    })
  }
  further_ports         = var.allowed_ports
  certificate_arn       = var.load_balancer.certificate_arn
  allow_plain_http      = var.load_balancer.allow_plain_http
  tls_policy            = var.load_balancer.tls_policy
  internal              = var.load_balancer.internal
  ingress_cidrs         = var.load_balancer.ingress_cidrs
  access_logs           = var.load_balancer.access_logs
  deletion_protection   = coalesce(var.load_balancer.deletion_protection, local.workspace == "prod")
  existing_listener_arn = var.load_balancer.existing_listener_arn
}

module "service_mappings" {
  source = "./modules/service-mappings"

  parameter_path    = local.parameter_path
  services          = var.services
  target_group_arns = module.alb.target_group_arns
  envelope          = local.envelope
  defaults = merge(var.mapping_defaults, {
    subnets          = var.task_subnets
    security_groups  = [module.alb.tasks_security_group_id]
    assign_public_ip = var.assign_public_ip
  })
}

module "iam" {
  source = "./modules/iam"

  name                = "start-engines-lambda-role-${local.workspace}"
  cluster_arns        = local.cluster_arns
  task_families       = local.task_families
  task_role_arns      = local.task_role_arns
  target_group_arns   = local.target_group_arns
  parameter_path      = local.parameter_path
  event_bus_name      = module.eventbridge.bus_name
  log_group_name      = module.lambda.log_group_name
  failures_queue_name = module.lambda.failures_queue_name
  tracing             = var.function.tracing
  managed_policies    = local.managed_policies
}

module "lambda" {
  source = "./modules/lambda"

  name                 = local.function_name
  failures_queue_name  = "start-engines-failures-${local.workspace}"
  role_arn             = module.iam.role_arn
  package_path         = coalesce(var.function.package_path, "${path.module}/../packages/handler/dist/start-engines-lambda.zip")
  runtime              = var.function.runtime
  memory_mb            = var.function.memory_mb
  timeout_seconds      = local.timeout_seconds
  log_retention_days   = var.function.log_retention_days
  reserved_concurrency = var.function.reserved_concurrency
  tracing              = var.function.tracing
  live_version         = var.function.live_version

  environment = {
    PARAMETER_PATH     = local.parameter_path
    CLUSTERS           = join(",", local.cluster_names)
    CONFIG_TTL_SECONDS = tostring(var.function.config_ttl_seconds)
    EVENT_BUS_NAME     = module.eventbridge.bus_name
    # Its dimension keeps the metrics of two workspaces in one account apart.
    POWERTOOLS_SERVICE_NAME      = local.name
    POWERTOOLS_METRICS_NAMESPACE = local.metrics_namespace
    POWERTOOLS_LOG_LEVEL         = var.function.log_level
  }
}

module "eventbridge" {
  source = "./modules/eventbridge"

  workspace              = local.workspace
  bus_name               = var.event_bus.name
  create_bus             = var.event_bus.create
  sender_arns            = var.event_bus.sender_arns
  sources                = var.event_bus.sources
  cluster_arns           = local.cluster_arns
  function_arn           = module.lambda.alias_arn
  function_name          = module.lambda.function_name
  function_alias         = module.lambda.alias_name
  undelivered_queue_name = "start-engines-undelivered-${local.workspace}"
}

module "scheduler" {
  source = "./modules/scheduler"

  name                  = local.name
  role_name             = "start-engines-scheduler-role-${local.workspace}"
  function_arn          = module.lambda.alias_arn
  undelivered_queue_arn = module.eventbridge.undelivered_queue_arn
  reconcile_schedule    = var.reconcile_schedule
  warm_windows          = var.warm_windows
}

module "http_api" {
  source = "./modules/http-api"
  count  = var.http_api == null ? 0 : 1

  name                = local.name
  role_name           = "start-engines-api-role-${local.workspace}"
  function_arn        = module.lambda.alias_arn
  function_invoke_arn = module.lambda.alias_invoke_arn
  authorization       = var.http_api.authorization
  throttling          = var.http_api.throttling
  log_retention_days  = var.function.log_retention_days
}

module "state_machine" {
  source   = "./modules/state-machine"
  for_each = var.sequences

  name            = "start-engines-${each.key}-${local.workspace}"
  role_name       = "start-engines-${each.key}-role-${local.workspace}"
  function_arn    = module.lambda.alias_arn
  services        = each.value.services
  wait            = each.value.wait
  timeout_seconds = local.timeout_seconds + 30
}

module "observability" {
  source = "./modules/observability"

  name                      = local.name
  email_addresses           = var.alarms.email_addresses
  slow_start_seconds        = var.alarms.slow_start_seconds
  reconcile_schedule        = var.reconcile_schedule
  reconcile_silence_seconds = var.alarms.reconcile_silence_seconds
  metrics_namespace         = local.metrics_namespace
  metrics_service           = local.name
  function_name             = module.lambda.function_name
  log_group_name            = module.lambda.log_group_name
  failures_queue_name       = module.lambda.failures_queue_name
  undelivered_queue_name    = module.eventbridge.undelivered_queue_name
  load_balancer_arn_suffix  = module.alb.load_balancer_arn_suffix
  target_group_arn_suffixes = module.alb.target_group_arn_suffixes
}
