# The contents of Parameter Store at plan time. Operators own the mappings, so the resources of a live mapping stay permitted
# even if the variables have changed: an edit of services never takes a permission away from a running service.
data "aws_ssm_parameters_by_path" "mappings" {
  path = "${local.parameter_path}${local.contract.parameters.services}"
}

# The workspace's defaults.
data "aws_ssm_parameters_by_path" "defaults" {
  path = local.parameter_path
}

# The records of the last apply for each service: the values it wrote, the roles and the priority.
data "aws_ssm_parameters_by_path" "deployed" {
  path = "${local.parameter_path}${local.contract.parameters.deployed}"
}

locals {
  stored = {
    for kind, parameters in {
      services = data.aws_ssm_parameters_by_path.mappings
      deployed = data.aws_ssm_parameters_by_path.deployed
    } : kind => { for index, name in parameters.names : basename(name) => try(jsondecode(nonsensitive(parameters.values[index])), {}) }
  }

  deployed = local.stored.deployed

  # Excludes the mappings that this apply removes: those of services that Terraform created and that are no longer in services.
  live_mappings = {
    for name, document in local.stored.services : name => document
    if contains(keys(var.services), name) || !contains(keys(local.deployed), name)
  }

  live_defaults = try([
    for index, name in data.aws_ssm_parameters_by_path.defaults.names : jsondecode(nonsensitive(data.aws_ssm_parameters_by_path.defaults.values[index]))
    if endswith(name, local.contract.parameters.defaults)
  ][0], {})

  live_documents = concat(values(local.live_mappings), [local.live_defaults])

  live = {
    clusters    = flatten([for document in local.live_documents : concat(try([tostring(document.cluster)], []), try([for name in document.allowOverrides.cluster : tostring(name)], []))])
    definitions = flatten([for document in local.live_documents : concat(try([tostring(document.taskDefinition)], []), try([for name in document.allowOverrides.taskDefinition : tostring(name)], []))])
    target_groups = flatten([
      for document in local.live_documents : concat(
        try([tostring(document.targetGroupArn)], []),
        try([for group in document.targetGroups : tostring(group.arn)], []),
        try([for arn in document.allowOverrides.targetGroupArn : tostring(arn)], []),
      )
    ])
    ports = {
      for name, document in local.live_mappings : name => distinct(concat(
        try([tonumber(document.port)], []),
        try([for group in document.targetGroups : tonumber(group.port) if can(group.port)], []),
        try([for port in document.allowOverrides.port : tonumber(port)], []),
      ))
    }
  }

  # Roles of a task definition that the live mapping still names and the variables no longer do.
  retained_roles = {
    for name, service in var.services : name => (
      try(split(":", reverse(split("/", local.live_mappings[name].taskDefinition))[0])[0], "") == split(":", reverse(split("/", service.task_definition))[0])[0]
      ? []
      : try([for arn in local.deployed[name].taskRoleArns : tostring(arn)], [])
    )
  }

  # Keys in which live mappings differ from Terraform's documents, except the keys that Terraform updates itself.
  replaced_keys = ["subnets", "securityGroups", "assignPublicIp", "targetGroupArn", "listenerRuleArn"]
  differences = {
    for name, live in merge(
      { for name, document in local.live_mappings : "services/${name}" => document if contains(keys(var.services), name) },
      length(local.live_defaults) == 0 ? {} : { defaults = local.live_defaults },
      ) : name => [
      for key in sort(distinct(concat(keys(live), keys(jsondecode(module.service_mappings.documents[name]))))) : key
      if !contains(local.replaced_keys, key) && try(jsonencode(live[key]), "") != try(jsonencode(jsondecode(module.service_mappings.documents[name])[key]), "")
    ]
  }
}

check "mappings" {
  assert {
    condition     = alltrue([for keys in local.differences : length(keys) == 0])
    error_message = "Mappings in Parameter Store differ from the variables and are kept: ${join("; ", [for name, keys in local.differences : "${trimprefix(name, "services/")} differs in ${join(", ", keys)}" if length(keys) > 0])}. To replace them with Terraform's documents, as new versions of the parameters, run npm run deploy ${var.workspace} -- --replace-mapping ${join(" --replace-mapping ", [for name, keys in local.differences : trimprefix(name, "services/") if length(keys) > 0])}"
  }
}
