data "aws_partition" "current" {
  lifecycle {
    # Not a validation of services, because it needs values that are derived from services.
    postcondition {
      condition     = length(local.endless_chains) == 0
      error_message = "depends_on of ${join(", ", local.endless_chains)} has a cycle, or a chain of more than 10 services."
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  name           = "${var.name_prefix}-${var.workspace}"
  function_name  = "${var.name_prefix}-lambda-${var.workspace}"
  wake_name      = "${var.name_prefix}-wake-${var.workspace}"
  parameter_path = "${local.contract.parameter_path_prefix}${var.workspace}"

  metrics_namespace = "StartEngines"

  deletion_protection = coalesce(var.load_balancer.deletion_protection, can(regex("^(prod|prd|live)", var.workspace)))
}

module "alb" {
  source = "../alb"

  name      = local.name
  workspace = var.workspace
  # The default names have no prefix. A new name would replace the target groups of existing deployments.
  target_group_prefix = var.name_prefix == "start-engines" ? "" : "${var.name_prefix}-"
  vpc_id              = var.vpc_id
  subnets             = var.load_balancer.subnets
  services = {
    for name, service in var.services : name => merge(service, {
      path_prefix   = coalesce(service.path_prefix, "/api/${name}")
      drain_seconds = coalesce(service.drain_seconds, var.mapping_defaults.drain_seconds, local.contract.defaults.drain_seconds)
      wake          = service.wake != null
      # Requests to a service whose live mapping has no wake yet must go on reaching it.
      begins_at_service = contains(keys(local.live_mappings), name) && !can(local.live_mappings[name].wake.paths)
      further_ports     = concat([for port in lookup(service.allow_overrides, "port", []) : tonumber(port)], service.health_check.port[*], lookup(local.live.ports, name, []))
    })
  }
  further_ports              = concat(var.allowed_ports, flatten([for name, ports in local.live.ports : ports if !contains(keys(var.services), name)]))
  activator_target_group_arn = one(module.activator[*].target_group_arn)
  previous_priorities        = { for name, service in local.deployed : name => tonumber(service.priority) if can(tonumber(service.priority)) }
  certificate_arn            = var.load_balancer.certificate_arn
  allow_plain_http           = var.load_balancer.allow_plain_http
  tls_policy                 = coalesce(var.load_balancer.tls_policy, "ELBSecurityPolicy-TLS13-1-2-2021-06")
  http_listener              = coalesce(var.load_balancer.http_listener, true)
  internal                   = var.load_balancer.internal
  ip_address_type            = coalesce(var.load_balancer.ip_address_type, "ipv4")
  idle_timeout_seconds       = coalesce(var.load_balancer.idle_timeout_seconds, 60)
  web_acl                    = var.load_balancer.web_acl
  load_balancer_vpc_id       = var.load_balancer.vpc_id

  ingress_cidrs           = var.load_balancer.ingress_cidrs
  ingress_ipv6_cidrs      = var.load_balancer.ingress_ipv6_cidrs
  ingress_prefix_lists    = var.load_balancer.ingress_prefix_lists
  ingress_security_groups = var.load_balancer.ingress_security_groups

  access_logs           = var.load_balancer.access_logs
  deletion_protection   = local.deletion_protection
  existing_listener_arn = var.load_balancer.existing_listener_arn
  security_groups       = var.load_balancer.security_groups
}

module "service_mappings" {
  source = "../service-mappings"

  parameter_path     = local.parameter_path
  services           = var.services
  target_group_arns  = module.alb.target_group_arns
  listener_rule_arns = module.alb.listener_rule_arns
  envelope           = local.envelope
  defaults = merge(var.mapping_defaults, {
    subnets          = var.task_subnets
    security_groups  = [module.alb.tasks_security_group_id]
    assign_public_ip = var.assign_public_ip
  })
  previous = {
    for name, service in local.deployed : name => {
      for key in ["subnets", "securityGroups", "targetGroupArn", "listenerRuleArn"] : key => try({ now = tostring(service[key].now), before = [for value in service[key].before : tostring(value)] }, null)
    }
  }

  retained_role_arns = local.retained_roles
  kms_key_arn        = var.kms_keys.parameters

  # The records of what Terraform created are written after the resources exist.
  depends_on = [module.alb]
}

module "iam" {
  source = "../iam"

  name                = "${var.name_prefix}-lambda-role-${var.workspace}"
  cluster_arns        = local.cluster_arns
  task_families       = local.task_families
  task_role_arns      = local.task_role_arns
  target_group_arns   = local.target_group_arns
  listener_rule_arns  = local.listener_rule_arns
  reads_metrics       = local.reads_metrics
  parameter_path      = local.parameter_path
  event_bus_name      = module.eventbridge.bus_name
  log_group_name      = module.lambda.log_group_name
  failures_queue_name = module.lambda.failures_queue_name
  tracing             = var.function.tracing
  managed_policies    = local.managed_policies
  function_name       = local.function_name
  vpc                 = var.function.vpc != null

  permissions_boundary  = var.roles.permissions_boundary
  role_path             = var.roles.path
  queue_kms_key_arn     = var.kms_keys.queues
  parameter_kms_key_arn = var.kms_keys.parameters
}

module "lambda" {
  source = "../lambda"

  name                      = local.function_name
  failures_queue_name       = "${var.name_prefix}-failures-${var.workspace}"
  role_arn                  = module.iam.role_arn
  package_path              = coalesce(var.function.package_path, "${path.module}/../../../packages/handler/dist/start-engines-lambda.zip")
  package_s3                = var.function.package_s3
  runtime                   = var.function.runtime
  memory_mb                 = var.function.memory_mb
  timeout_seconds           = local.timeout_seconds
  maximum_event_age_seconds = local.maximum_event_age_seconds
  log_retention_days        = var.function.log_retention_days
  reserved_concurrency      = var.function.reserved_concurrency
  tracing                   = var.function.tracing
  live_version              = var.function.live_version
  log_format                = var.function.log_format
  log_level                 = var.function.log_level
  vpc                       = var.function.vpc
  queue_kms_key_arn         = var.kms_keys.queues
  log_kms_key_arn           = var.kms_keys.logs
  environment_kms_key_arn   = var.kms_keys.environment

  environment = merge({ for arn in var.kms_keys.parameters[*] : "PARAMETER_KMS_KEY" => arn }, {
    PARAMETER_PATH     = local.parameter_path
    CLUSTERS           = join(",", local.cluster_names)
    CONFIG_TTL_SECONDS = tostring(var.function.config_ttl_seconds)
    EVENT_BUS_NAME     = module.eventbridge.bus_name
    ACCEPT_UNADDRESSED = tostring(var.event_bus.accept_unaddressed)
    # The metrics' dimension, which separates two workspaces in one account.
    POWERTOOLS_SERVICE_NAME      = local.name
    POWERTOOLS_METRICS_NAMESPACE = local.metrics_namespace
    POWERTOOLS_LOG_LEVEL         = var.function.log_level
    }, local.wakes ? {
    ACTIVATOR_TARGET_GROUP_ARN = module.activator[0].target_group_arn
    ROUTE_SETTLE_SECONDS       = tostring(var.activator.settle_seconds)
  } : {})
}

module "eventbridge" {
  source = "../eventbridge"

  workspace              = var.workspace
  bus_name               = var.event_bus.name
  create_bus             = var.event_bus.create
  sender_arns            = var.event_bus.sender_arns
  sources                = var.event_bus.sources
  accept_unaddressed     = var.event_bus.accept_unaddressed
  wake                   = local.wakes
  cluster_arns           = local.cluster_arns
  function_arn           = module.lambda.alias_arn
  function_name          = module.lambda.function_name
  function_alias         = module.lambda.alias_name
  undelivered_queue_name = "${var.name_prefix}-undelivered-${var.workspace}"
  name_prefix            = var.name_prefix
  queue_kms_key_arn      = var.kms_keys.queues
}

module "activator" {
  source = "../activator"
  count  = local.wakes ? 1 : 0

  name                 = "${local.name}-activator"
  role_name            = "${var.name_prefix}-activator-role-${var.workspace}"
  target_group_name    = length(local.wake_name) <= 32 ? local.wake_name : "${trimsuffix(substr(local.wake_name, 0, 23), "-")}-${substr(sha1(local.wake_name), 0, 8)}"
  workspace            = var.workspace
  parameter_path       = local.parameter_path
  event_bus_name       = module.eventbridge.bus_name
  wake_rule_name       = local.wake_name
  package_path         = coalesce(var.activator.package_path, "${path.module}/../../../packages/activator/dist/start-engines-activator.zip")
  package_s3           = var.activator.package_s3
  runtime              = var.function.runtime
  memory_mb            = var.activator.memory_mb
  reserved_concurrency = var.activator.reserved_concurrency
  log_retention_days   = var.function.log_retention_days
  alarm_prefix         = local.name
  alarm_topic_arns     = module.observability.topic_arn[*]
  alarms_enabled       = var.alarms.enabled
  role_path            = var.roles.path
  permissions_boundary = var.roles.permissions_boundary
  log_kms_key_arn      = var.kms_keys.logs
  most_wakes_per_hour  = var.activator.most_wakes_per_hour
}

module "scheduler" {
  source = "../scheduler"

  name                  = local.name
  role_name             = "${var.name_prefix}-scheduler-role-${var.workspace}"
  role_path             = var.roles.path
  permissions_boundary  = var.roles.permissions_boundary
  queue_kms_key_arn     = var.kms_keys.queues
  function_arn          = module.lambda.alias_arn
  undelivered_queue_arn = module.eventbridge.undelivered_queue_arn
  reconcile_schedule    = var.reconcile_schedule
  warm_windows          = var.warm_windows
  workspace             = var.workspace
}

module "http_api" {
  source = "../http-api"
  count  = var.http_api == null ? 0 : 1

  name                 = local.name
  role_name            = "${var.name_prefix}-api-role-${var.workspace}"
  role_path            = var.roles.path
  permissions_boundary = var.roles.permissions_boundary
  log_kms_key_arn      = var.kms_keys.logs
  function_arn         = module.lambda.alias_arn
  function_invoke_arn  = module.lambda.alias_invoke_arn
  authorization        = var.http_api.authorization
  throttling           = var.http_api.throttling
  log_retention_days   = var.function.log_retention_days
}

module "state_machine" {
  source   = "../state-machine"
  for_each = var.sequences

  name                 = "${var.name_prefix}-${each.key}-${var.workspace}"
  role_name            = "${var.name_prefix}-${each.key}-role-${var.workspace}"
  role_path            = var.roles.path
  permissions_boundary = var.roles.permissions_boundary
  function_arn         = module.lambda.alias_arn
  services             = each.value.services
  wait                 = each.value.wait
  workspace            = var.workspace
  timeout_seconds      = local.timeout_seconds + 30
}

module "observability" {
  source = "../observability"

  name                      = local.name
  alarms_enabled            = var.alarms.enabled
  dashboard                 = var.alarms.dashboard
  topic                     = var.alarms.topic
  topic_kms_key_arn         = var.kms_keys.topic
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
