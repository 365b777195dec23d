# The envelope: the resources that the function's role may use. A mapping can be edited within it without an apply. It covers
# the services, their permitted overrides, the allowed_* variables, and everything that live mappings still name.
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

  # Without the revision, so that a new revision needs no apply.
  task_families = sort(distinct([
    for definition in concat(
      values(var.services)[*].task_definition,
      flatten([for allowed in local.overrides : lookup(allowed, "task_definition", [])]),
      var.allowed_task_families,
      local.live.definitions,
    ) : replace(replace(definition, "/^arn:.*:task-definition\\//", ""), "/:[0-9*]*$/", "")
  ]))

  task_role_arns = sort(distinct(concat(flatten(values(var.services)[*].task_role_arns), var.allowed_task_role_arns, flatten(values(local.retained_roles)))))

  # Target groups created here are listed by name, which is unique in an account: their ARNs are unknown at plan time.
  target_group_arns = concat(
    [for name in sort(keys(var.services)) : "${local.arn_prefix["elasticloadbalancing"]}:targetgroup/${module.alb.target_group_names[name]}/*"],
    sort(distinct(concat(
      flatten(values(var.services)[*].additional_target_groups[*].arn),
      flatten([for allowed in local.overrides : lookup(allowed, "target_group_arn", [])]),
      var.allowed_target_group_arns,
      # Target groups created here are already in the list.
      [for arn in local.live.target_groups : arn if !anytrue([for name in values(module.alb.target_group_names) : strcontains(arn, ":targetgroup/${name}/")])],
    ))),
  )

  # All rules of the load balancer that is created here. On an existing listener, only those of the services.
  wakes = anytrue([for service in var.services : service.wake != null])
  # A live mapping may be ahead of the variables. Its own request counts are then read as well.
  reads_metrics = anytrue([for service in var.services : service.idle != null]) || anytrue([for mapping in values(local.live_mappings) : can(mapping.idle.afterSeconds)])
  listener_rule_arns = !local.wakes ? [] : concat(
    length(var.load_balancer.subnets) > 0
    ? ["${local.arn_prefix["elasticloadbalancing"]}:listener-rule/app/${local.name}/*"]
    : [for name, service in var.services : module.alb.listener_rule_arns[name] if service.wake != null],
    flatten([for service in var.services : [for group in service.additional_target_groups : group.listener_rule_arn if group.listener_rule_arn != null]]),
  )

  envelope = {
    clusters          = local.cluster_names
    task_families     = local.task_families
    task_role_arns    = local.task_role_arns
    target_group_arns = local.target_group_arns
  }

  # Based on the number of services, because the lengths of the lists may be unknown before the apply. With a cluster for each
  # service and names of about 40 characters, 20 services fit into the inline policy and 14 into a managed one.
  managed_policies = coalesce(var.managed_policies, length(var.services) <= 20 ? 0 : min(10, ceil(length(var.services) / 14)))

  # Maximum duration of a start of each service and the cleanup after it, also for the values of its live mapping.
  start_seconds = {
    for name, service in var.services : name => sum([
      max(concat([coalesce(service.start_timeout_seconds, var.mapping_defaults.start_timeout_seconds, local.contract.defaults.start_timeout_seconds)], [for value in lookup(service.allow_overrides, "start_timeout_seconds", []) : tonumber(value)], try([tonumber(local.live_mappings[name].startTimeoutSeconds)], []))...),
      max(concat([coalesce(service.healthy_timeout_seconds, var.mapping_defaults.healthy_timeout_seconds, local.contract.defaults.healthy_timeout_seconds)], try([tonumber(local.live_mappings[name].healthyTimeoutSeconds)], []))...),
      # coalesce skips null, but not 0.
      coalesce(service.drain_seconds, var.mapping_defaults.drain_seconds, local.contract.defaults.drain_seconds),
    ])
  }

  # One invocation starts several services, each after the services it depends on. Terraform has no recursion, so each step
  # adds one more level of dependencies. Unknown services are refused elsewhere.
  chains_1  = local.start_seconds
  chains_2  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_1, other, 0)]...) }
  chains_3  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_2, other, 0)]...) }
  chains_4  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_3, other, 0)]...) }
  chains_5  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_4, other, 0)]...) }
  chains_6  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_5, other, 0)]...) }
  chains_7  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_6, other, 0)]...) }
  chains_8  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_7, other, 0)]...) }
  chains_9  = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_8, other, 0)]...) }
  chains_10 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_9, other, 0)]...) }
  chains_11 = { for name, service in var.services : name => local.start_seconds[name] + max(0, [for other in service.depends_on : lookup(local.chains_10, other, 0)]...) }

  # One more step makes only these chains longer.
  endless_chains = [for name, seconds in local.chains_11 : name if seconds != local.chains_10[name]]

  # Plus a minute. Lambda's limit is 900 seconds.
  longest_chain_seconds = 60 + max(values(local.chains_10)...)
  timeout_seconds       = max(60 + max(values(local.start_seconds)...), min(900, local.longest_chain_seconds))

  # Lambda counts earlier attempts too: three attempts of maximum length and the pauses between them.
  maximum_event_age_seconds = min(3600, 3 * local.timeout_seconds + 180)
}

# Permissions are built from names in this account and Region. With an ARN of another one, every start would fail with
# AwsAccessDenied. Variables may have names instead of ARNs.
locals {
  here          = "the account ${data.aws_caller_identity.current.account_id} and the Region ${data.aws_region.current.id}"
  local_pattern = "^(arn:[^:]*:[^:]*:(${data.aws_region.current.id})?:${data.aws_caller_identity.current.account_id}:.*|[^:]*(:[^:]*)?)$"
}

# Only a warning, because Lambda's retry continues a start of several services.
check "dependency_chains" {
  assert {
    condition     = local.longest_chain_seconds <= 900
    error_message = "A start of several services may exceed Lambda's limit of 900 seconds: ${join(", ", [for name, seconds in local.chains_10 : "${name} with its dependencies takes up to ${seconds} s" if seconds > 840])}. Lambda then retries, and the first services are already running. To avoid the retry, shorten start_timeout_seconds or healthy_timeout_seconds."
  }
}
