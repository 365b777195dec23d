# What stands in Parameter Store as of the plan. Mappings belong to their operators, so what a live mapping names stays
# permitted although the variables name something else by now: an edit of services takes nothing away from what runs.
data "aws_ssm_parameters_by_path" "mappings" {
  path = "${local.parameter_path}/services"
}

# The defaults, beside the envelope.
data "aws_ssm_parameters_by_path" "defaults" {
  path = local.parameter_path
}

# What the last apply wrote for each service: the values that it gave, its roles and its priority.
data "aws_ssm_parameters_by_path" "deployed" {
  path = "${local.parameter_path}/deployed"
}

locals {
  stored = {
    for kind, parameters in {
      services = data.aws_ssm_parameters_by_path.mappings
      deployed = data.aws_ssm_parameters_by_path.deployed
    } : kind => { for index, name in parameters.names : basename(name) => try(jsondecode(nonsensitive(parameters.values[index])), {}) }
  }

  deployed = local.stored.deployed

  # Without the mappings that this apply removes: those of services that Terraform made and that are no longer in services.
  live_mappings = {
    for name, document in local.stored.services : name => document
    if contains(keys(var.services), name) || !contains(keys(local.deployed), name)
  }

  live_defaults = try([
    for index, name in data.aws_ssm_parameters_by_path.defaults.names : jsondecode(nonsensitive(data.aws_ssm_parameters_by_path.defaults.values[index]))
    if endswith(name, "/defaults")
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

  # The roles of a task definition that the live mapping still names and the variables do not.
  retained_roles = {
    for name, service in var.services : name => (
      try(split(":", reverse(split("/", local.live_mappings[name].taskDefinition))[0])[0], "") == split(":", reverse(split("/", service.task_definition))[0])[0]
      ? []
      : try([for arn in local.deployed[name].taskRoleArns : tostring(arn)], [])
    )
  }

  # Keys of live mappings that differ from what Terraform would write. What Terraform replaces by itself is not among them.
  replaced_keys = ["subnets", "securityGroups", "assignPublicIp", "targetGroupArn"]
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
    error_message = "Parameter Store has other mappings than the variables. They stay: ${join("; ", [for name, keys in local.differences : "${trimprefix(name, "services/")} differs in ${join(", ", keys)}" if length(keys) > 0])}. To take Terraform's version of one, as a new version of the parameter: npm run deploy ${var.workspace} -- --replace-mapping ${join(" --replace-mapping ", [for name, keys in local.differences : trimprefix(name, "services/") if length(keys) > 0])}"
  }
}
