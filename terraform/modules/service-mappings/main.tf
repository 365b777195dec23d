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

  # A map of lists of strings has them as strings.
  numeric_overrides = ["port", "start_timeout_seconds"]

  # In the words of the JSON Schema (packages/config/schema). What is null or empty is not said at all.
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
      cluster        = service.cluster
      taskDefinition = service.task_definition
      port           = service.port
      targetGroupArn = length(service.additional_target_groups) == 0 ? var.target_group_arns[name] : null
      targetGroups = length(service.additional_target_groups) == 0 ? null : concat(
        [{ arn = var.target_group_arns[name] }],
        [for group in service.additional_target_groups : { for key, value in group : key => value if value != null }],
      )
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
  # Of some 50 services it is more than Parameter Store takes. What reads it, packages/cli, takes both.
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
  # Lists with commas, so that one compares with another.
  deployed = {
    for name, service in var.services : name => {
      subnets        = join(",", sort(length(service.subnets) > 0 ? service.subnets : var.defaults.subnets))
      securityGroups = join(",", sort(length(service.security_groups) > 0 ? service.security_groups : var.defaults.security_groups))
      targetGroupArn = var.target_group_arns[name]
    }
  }

  deployed_documents = {
    for name, values in local.deployed : name => jsonencode(merge(
      {
        for key, now in values : key => {
          now = now
          # The last few: whatever an operator has not touched is one of these.
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

# What only Terraform knows. A mapping that still names an earlier value gets the one of now (packages/config), so that it
# reaches the next start without an edit.
resource "aws_ssm_parameter" "deployed" {
  for_each = var.services

  name           = "${var.parameter_path}/deployed/${each.key}"
  description    = "What Terraform made for ${each.key}. Written by Terraform."
  type           = "String"
  insecure_value = local.deployed_documents[each.key]

  lifecycle {
    precondition {
      condition     = length(local.deployed_documents[each.key]) <= 4096
      error_message = "What Terraform made for ${each.key} has ${length(local.deployed_documents[each.key])} characters, and Parameter Store takes 4096: name fewer subnets, security groups or roles."
    }
  }
}

resource "aws_ssm_parameter" "this" {
  for_each = local.documents

  name        = "${var.parameter_path}/${each.key}"
  description = each.key == "defaults" ? "What the services of this workspace have in common." : "How start-engines runs ${trimprefix(each.key, "services/")}."
  type        = "String"
  # Not `value`: that one is hidden in plans, and there is no secret here.
  insecure_value = each.value

  lifecycle {
    # Made once. From then on Parameter Store has the last word, so that an edit there outlives the next
    # apply (docs/adr/0010).
    ignore_changes = [insecure_value]

    precondition {
      condition     = length(each.value) <= 4096
      error_message = "The mapping ${each.key} has ${length(each.value)} characters, and Parameter Store takes 4096."
    }

    precondition {
      condition     = !strcontains(each.value, "{{")
      error_message = "The mapping ${each.key} contains {{, which Parameter Store does not take."
    }
  }
}

# What the role may touch, for those who check a mapping before they write it (docs/adr/0011). Unlike a mapping it is
# Terraform's alone.
resource "aws_ssm_parameter" "envelope" {
  name           = "${var.parameter_path}/envelope"
  description    = "What mappings of this workspace may name without another apply. Written by Terraform."
  type           = "String"
  tier           = length(local.envelope) > 4096 ? "Advanced" : "Standard"
  insecure_value = local.envelope

  lifecycle {
    precondition {
      condition     = length(local.envelope) <= 8192
      error_message = "The envelope has ${length(local.envelope)} characters even when it is compressed, and Parameter Store takes 8192: spread the services over several workspaces."
    }
  }
}
