locals {
  override_keys = {
    cluster               = "cluster"
    task_definition       = "taskDefinition"
    target_group_arn      = "targetGroupArn"
    subnets               = "subnets"
    security_groups       = "securityGroups"
    container_name        = "containerName"
    port                  = "port"
    environment           = "environment"
    start_timeout_seconds = "startTimeoutSeconds"
  }

  # allow_overrides is a map of lists of strings, so numbers arrive as strings.
  numeric_overrides = ["port", "start_timeout_seconds"]

  # Keys of the JSON Schema (packages/config/schema). Null and empty values are left out of the documents.
  raw_defaults = {
    subnets               = var.defaults.subnets
    securityGroups        = var.defaults.security_groups
    assignPublicIp        = var.defaults.assign_public_ip ? "ENABLED" : null
    wait                  = var.defaults.wait
    startTimeoutSeconds   = var.defaults.start_timeout_seconds
    healthyTimeoutSeconds = var.defaults.healthy_timeout_seconds
    drainSeconds          = var.defaults.drain_seconds
    environment           = var.defaults.environment
    tags                  = var.defaults.tags
    propagateTags         = var.defaults.propagate_tags
    enableECSManagedTags  = var.defaults.enable_ecs_managed_tags
    enableExecuteCommand  = var.defaults.enable_execute_command
    platformVersion       = var.defaults.platform_version
  }

  raw_services = {
    for name, service in var.services : name => {
      cluster         = service.cluster
      taskDefinition  = service.task_definition
      port            = service.port
      targetGroupArn  = length(service.additional_target_groups) == 0 ? var.target_group_arns[name] : null
      listenerRuleArn = length(service.additional_target_groups) == 0 && service.wake != null ? var.listener_rule_arns[name] : null
      targetGroups = length(service.additional_target_groups) == 0 ? null : concat(
        [merge({ arn = var.target_group_arns[name] }, service.wake == null ? {} : { listenerRuleArn = var.listener_rule_arns[name] })],
        [
          for group in service.additional_target_groups : {
            for key, value in { arn = group.arn, port = group.port, listenerRuleArn = group.listener_rule_arn } : key => value if value != null
          }
        ],
      )
      wake = service.wake == null ? null : {
        for key, value in {
          paths            = [coalesce(service.path_prefix, "/api/${name}")]
          ignorePaths      = service.wake.ignore_paths
          ignoreUserAgents = service.wake.ignore_user_agents
          allowOrigins     = service.wake.allow_origins
          holdSeconds      = service.wake.hold_seconds
          title            = service.wake.title
        } : key => value if !contains(["null", "[]"], jsonencode(value))
      }
      idle = service.idle == null ? null : {
        for key, value in {
          afterSeconds    = service.idle.after_seconds
          minUpSeconds    = service.idle.min_up_seconds
          ignoreRequests  = service.idle.ignore_requests
          longConnections = service.idle.long_connections
        } : key => value if value != null
      }
      leaseSeconds   = service.lease_seconds
      subnets        = service.subnets
      securityGroups = service.security_groups
      assignPublicIp = service.assign_public_ip == null ? null : service.assign_public_ip ? "ENABLED" : "DISABLED"
      launchType     = service.launch_type
      capacityProviderStrategy = [
        for item in service.capacity_provider_strategy : {
          for key, value in { capacityProvider = item.capacity_provider, weight = item.weight, base = item.base } : key => value if value != null
        }
      ]
      containerName         = service.container_name
      environment           = service.environment
      wait                  = service.wait
      startTimeoutSeconds   = service.start_timeout_seconds
      healthyTimeoutSeconds = service.healthy_timeout_seconds
      drainSeconds          = service.drain_seconds
      dependsOn             = service.depends_on
      tags                  = service.tags
      propagateTags         = service.propagate_tags
      enableECSManagedTags  = service.enable_ecs_managed_tags
      enableExecuteCommand  = service.enable_execute_command
      platformVersion       = service.platform_version
      exclusiveTargetGroup  = service.exclusive_target_group ? null : false
      allowOverrides = merge(
        {
          for override, values in service.allow_overrides : local.override_keys[override] => values
          if !contains(local.numeric_overrides, override) && length(values) > 0
        },
        {
          for override, values in service.allow_overrides : local.override_keys[override] => [for value in values : tonumber(value)]
          if contains(local.numeric_overrides, override) && length(values) > 0
        },
      )
    }
  }

  envelope_json = jsonencode({
    clusters        = var.envelope.clusters
    taskFamilies    = var.envelope.task_families
    taskRoleArns    = var.envelope.task_role_arns
    targetGroupArns = var.envelope.target_group_arns
  })
  # With about 50 services the JSON exceeds Parameter Store's limit. packages/cli reads both forms.
  envelope = length(local.envelope_json) <= 8192 ? local.envelope_json : base64gzip(local.envelope_json)

  documents = merge(
    { defaults = jsonencode({ for key, value in local.raw_defaults : key => value if !contains(["null", "[]", "{}"], jsonencode(value)) }) },
    {
      for name, service in local.raw_services :
      "services/${name}" => jsonencode({ for key, value in service : key => value if !contains(["null", "[]", "{}"], jsonencode(value)) })
    },
  )
}

locals {
  # Lists are joined with commas, so that two values can be compared.
  deployed = {
    for name, service in var.services : name => {
      subnets        = join(",", sort(length(service.subnets) > 0 ? service.subnets : var.defaults.subnets))
      securityGroups = join(",", sort(length(service.security_groups) > 0 ? service.security_groups : var.defaults.security_groups))
      targetGroupArn = var.target_group_arns[name]
    }
  }

  # A rule is replaced when wake is switched on or off, or with its target group. Recorded also without wake, so that a mapping
  # from an earlier time with wake gets the current rule.
  deployed_rules = { for name, arn in var.listener_rule_arns : name => { listenerRuleArn = arn } }

  deployed_documents = {
    for name, values in local.deployed : name => jsonencode(merge(
      {
        for key, now in merge(values, lookup(local.deployed_rules, name, {})) : key => {
          now = now
          # The latest few: a value in a mapping that no operator has edited is one of these.
          before = [
            for value in slice(distinct(concat(try([var.previous[name][key].now], []), try(var.previous[name][key].before, []))), 0, min(6, length(distinct(concat(try([var.previous[name][key].now], []), try(var.previous[name][key].before, [])))))) :
            value if value != now
          ]
        }
      },
      {
        assignPublicIp = coalesce(var.services[name].assign_public_ip, var.defaults.assign_public_ip) ? "ENABLED" : "DISABLED"
        taskRoleArns   = sort(distinct(concat(var.services[name].task_role_arns, lookup(var.retained_role_arns, name, []))))
        priority       = var.services[name].priority
      },
    ))
  }
}

# Values that only Terraform knows. packages/config replaces an earlier value in a mapping with the current one, so that the
# next start uses it without an edit of the mapping.
resource "aws_ssm_parameter" "deployed" {
  for_each = var.services

  name           = "${var.parameter_path}${local.contract.parameters.deployed}/${each.key}"
  description    = "Resources that Terraform created for ${each.key}. Written by Terraform."
  type           = "String"
  insecure_value = local.deployed_documents[each.key]

  lifecycle {
    precondition {
      condition     = length(local.deployed_documents[each.key]) <= 4096
      error_message = "The parameter deployed/${each.key} has ${length(local.deployed_documents[each.key])} characters, and Parameter Store allows 4096. Use fewer subnets, security groups or roles."
    }
  }
}

resource "aws_ssm_parameter" "this" {
  for_each = local.documents

  name        = "${var.parameter_path}/${each.key}"
  description = each.key == "defaults" ? "Defaults of this workspace's service mappings." : "Service mapping of ${trimprefix(each.key, "services/")}."
  type        = var.kms_key_arn == null ? "String" : "SecureString"
  key_id      = var.kms_key_arn
  # Without a key not `value`, which plans would hide: a mapping contains no secret.
  insecure_value = var.kms_key_arn == null ? each.value : null
  value          = var.kms_key_arn == null ? null : each.value

  lifecycle {
    # Terraform writes the value once. Later edits in Parameter Store survive every apply (docs/adr/0010).
    ignore_changes = [insecure_value, value]

    precondition {
      condition     = length(each.value) <= 4096
      error_message = "The mapping ${each.key} has ${length(each.value)} characters, and Parameter Store allows 4096."
    }

    precondition {
      condition     = !strcontains(each.value, "{{")
      error_message = "The mapping ${each.key} contains {{, which Parameter Store does not allow."
    }
  }
}

# The envelope, for checks of a mapping before it is written (docs/adr/0011). Unlike a mapping, only Terraform changes it.
resource "aws_ssm_parameter" "envelope" {
  name           = "${var.parameter_path}${local.contract.parameters.envelope}"
  description    = "Resources that mappings of this workspace may name without another apply. Written by Terraform."
  type           = "String"
  tier           = length(local.envelope) > 4096 ? "Advanced" : "Standard"
  insecure_value = local.envelope

  lifecycle {
    precondition {
      condition     = length(local.envelope) <= 8192
      error_message = "The envelope has ${length(local.envelope)} characters after compression, and Parameter Store allows 8192. Split the services over several workspaces."
    }
  }
}
