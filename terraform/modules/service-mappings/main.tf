locals {
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
      exclusiveTargetGroup  = service.exclusive_target_group ? null : false
      allowOverrides = {
        for key, value in {
          cluster             = service.allow_overrides.cluster
          taskDefinition      = service.allow_overrides.task_definition
          targetGroupArn      = service.allow_overrides.target_group_arn
          subnets             = service.allow_overrides.subnets
          securityGroups      = service.allow_overrides.security_groups
          containerName       = service.allow_overrides.container_name
          port                = service.allow_overrides.port
          environment         = service.allow_overrides.environment
          startTimeoutSeconds = service.allow_overrides.start_timeout_seconds
        } : key => value if length(value) > 0
      }
    }
  }

  documents = merge(
    { defaults = jsonencode({ for key, value in local.raw_defaults : key => value if !contains(["null", "[]", "{}"], jsonencode(value)) }) },
    {
      for name, service in local.raw_services :
      "services/${name}" => jsonencode({ for key, value in service : key => value if !contains(["null", "[]", "{}"], jsonencode(value)) })
    },
  )
}

resource "aws_ssm_parameter" "this" {
  for_each = local.documents

  name        = "${var.parameter_path}/${each.key}"
  description = each.key == "defaults" ? "What the services of this workspace have in common." : "How start-engines runs ${trimprefix(each.key, "services/")}."
  type        = "String"
  # Not `value`: that one is hidden in plans, and there is no secret here.
  insecure_value = each.value

  lifecycle {
    # Made once. From then on Parameter Store has the last word, so that an edit there outlives the next apply.
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
