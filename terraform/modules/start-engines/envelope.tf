# The envelope: what the function's role may use. Within it a mapping can be edited without an apply. It is what the services
# say, what their overrides may say, what the allowed_* variables add, and what live mappings still name.
locals {
  arn_prefix = {
    for service in ["ecs", "elasticloadbalancing"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }

  overrides = values(var.services)[*].allow_overrides

  cluster_names = sort(distinct([
    for cluster in concat(values(var.services)[*].cluster, flatten([for allowed in local.overrides : lookup(allowed, "cluster", [])]), var.allowed_clusters, local.live.clusters) :
    replace(cluster, "/^arn:.*:cluster\\//", "")
  ]))

  cluster_arns = [for name in local.cluster_names : "${local.arn_prefix["ecs"]}:cluster/${name}"]

  # Without the revision: a new one needs no apply.
  task_families = sort(distinct([
    for definition in concat(
      values(var.services)[*].task_definition,
      flatten([for allowed in local.overrides : lookup(allowed, "task_definition", [])]),
      var.allowed_task_families,
      local.live.definitions,
    ) : replace(replace(definition, "/^arn:.*:task-definition\\//", ""), "/:[0-9*]*$/", "")
  ]))

  task_role_arns = sort(distinct(concat(flatten(values(var.services)[*].task_role_arns), var.allowed_task_role_arns, flatten(values(local.retained_roles)))))

  # Those made here by their names, of which an account has one each: their ARNs are not known at plan.
  target_group_arns = concat(
    [for name in sort(keys(var.services)) : "${local.arn_prefix["elasticloadbalancing"]}:targetgroup/${module.alb.target_group_names[name]}/*"],
    sort(distinct(concat(
      flatten(values(var.services)[*].additional_target_groups[*].arn),
      flatten([for allowed in local.overrides : lookup(allowed, "target_group_arn", [])]),
      var.allowed_target_group_arns,
      # Those made here are in the list by their names.
      [for arn in local.live.target_groups : arn if !anytrue([for name in values(module.alb.target_group_names) : strcontains(arn, ":targetgroup/${name}/")])],
    ))),
  )

  envelope = {
    clusters          = local.cluster_names
    task_families     = local.task_families
    task_role_arns    = local.task_role_arns
    target_group_arns = local.target_group_arns
  }

  # By the number of services, for how long the lists of roles and the like are may not be known before the apply. Up to 20
  # fit into the inline policy, and 14 into a managed one, with a cluster each and names of some 40 characters.
  managed_policies = coalesce(var.managed_policies, length(var.services) <= 20 ? 0 : min(10, ceil(length(var.services) / 14)))

  # The longest that a start of each service may take, and to take it back; by its live mapping too.
  start_seconds = {
    for name, service in var.services : name => sum([
      max(concat([coalesce(service.start_timeout_seconds, var.mapping_defaults.start_timeout_seconds, 300)], [for value in lookup(service.allow_overrides, "start_timeout_seconds", []) : tonumber(value)], try([tonumber(local.live_mappings[name].startTimeoutSeconds)], []))...),
      max(concat([coalesce(service.healthy_timeout_seconds, var.mapping_defaults.healthy_timeout_seconds, 120)], try([tonumber(local.live_mappings[name].healthyTimeoutSeconds)], []))...),
      # coalesce takes 0 as it is: only null is passed over.
      coalesce(service.drain_seconds, var.mapping_defaults.drain_seconds, 15),
    ])
  }

  # A start of several services starts each after those that it depends on, in one invocation. Terraform has no recursion, so
  # each step adds one more level of dependencies.
  chains_1 = local.start_seconds
  chains_2 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : local.chains_1[other]]...) }
  chains_3 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : local.chains_2[other]]...) }
  chains_4 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : local.chains_3[other]]...) }
  chains_5 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : local.chains_4[other]]...) }

  # And a minute. Lambda's own limit is 900 seconds.
  longest_chain_seconds = 60 + max(values(local.chains_5)...)
  timeout_seconds       = max(60 + max(values(local.start_seconds)...), min(900, local.longest_chain_seconds))
}

# What is left of a start of several continues with Lambda's retry, so this is a warning.
check "dependency_chains" {
  assert {
    condition     = local.longest_chain_seconds <= 900
    error_message = "A start of several services may take longer than the 900 seconds that Lambda permits: ${join(", ", [for name, seconds in local.chains_5 : "${name} with what it depends on takes up to ${seconds} s" if seconds > 840])}. Lambda then retries and finds the first services up. Shorter start_timeout_seconds or healthy_timeout_seconds avoid that."
  }
}
