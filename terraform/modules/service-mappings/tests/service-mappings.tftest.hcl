mock_provider "aws" {}

variables {
  parameter_path    = "/start-engines/dev"
  target_group_arns = { auth = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef" }
  envelope = {
    clusters          = ["auth-cluster"]
    task_families     = ["auth-*"]
    task_role_arns    = ["arn:aws:iam::123456789012:role/auth-task"]
    target_group_arns = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef"]
  }
  defaults = { subnets = ["subnet-0a1b2c3d"], security_groups = ["sg-0a1b2c3d"] }
  services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080 } }
}

run "writes_only_the_given_keys" {
  command = plan

  assert {
    condition     = { for name, parameter in aws_ssm_parameter.this : parameter.name => parameter.type } == { "/start-engines/dev/defaults" = "String", "/start-engines/dev/services/auth" = "String" }
    error_message = "There must be one parameter for the defaults and one for each service."
  }
  assert {
    condition     = jsondecode(aws_ssm_parameter.this["defaults"].insecure_value) == { subnets = ["subnet-0a1b2c3d"], securityGroups = ["sg-0a1b2c3d"] }
    error_message = "The defaults must contain the network: ${aws_ssm_parameter.this["defaults"].insecure_value}"
  }
  assert {
    condition = jsondecode(aws_ssm_parameter.this["services/auth"].insecure_value) == {
      cluster        = "auth-cluster"
      taskDefinition = "auth-api-task"
      port           = 8080
      targetGroupArn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef"
    }
    error_message = "Keys that were not given must not be in the document: ${aws_ssm_parameter.this["services/auth"].insecure_value}"
  }
}

run "publishes_the_envelope" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.envelope.name == "/start-engines/dev/envelope" && aws_ssm_parameter.envelope.tier == "Standard"
    error_message = "The envelope must be next to the mappings."
  }
  assert {
    condition = jsondecode(aws_ssm_parameter.envelope.insecure_value) == {
      clusters        = ["auth-cluster"]
      taskFamilies    = ["auth-*"]
      taskRoleArns    = ["arn:aws:iam::123456789012:role/auth-task"]
      targetGroupArns = ["arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef"]
    }
    error_message = "The envelope must have the format that the CLI reads: ${aws_ssm_parameter.envelope.insecure_value}"
  }
}

run "compresses_an_envelope_over_the_limit" {
  command = plan
  variables {
    envelope = {
      clusters          = [for number in range(400) : "a-cluster-with-number-${number}"]
      task_families     = ["auth-*"]
      task_role_arns    = []
      target_group_arns = []
    }
  }

  assert {
    condition     = aws_ssm_parameter.envelope.insecure_value == base64gzip(jsonencode({ clusters = var.envelope.clusters, taskFamilies = ["auth-*"], taskRoleArns = [], targetGroupArns = [] })) && length(aws_ssm_parameter.envelope.insecure_value) < 4096 && aws_ssm_parameter.envelope.tier == "Standard"
    error_message = "400 clusters exceed 8192 characters: ${aws_ssm_parameter.envelope.insecure_value}"
  }
}

run "refuses_an_envelope_over_the_limit_after_compression" {
  command = plan
  variables {
    envelope = {
      clusters          = [for number in range(400) : sha256("cluster ${number}")]
      task_families     = []
      task_role_arns    = []
      target_group_arns = []
    }
  }
  expect_failures = [aws_ssm_parameter.envelope]
}

run "writes_every_key" {
  command = plan
  variables {
    defaults = {
      subnets                 = ["subnet-0a1b2c3d"]
      assign_public_ip        = true
      wait                    = "healthy"
      start_timeout_seconds   = 60
      healthy_timeout_seconds = 30
      drain_seconds           = 0
      environment             = { LOG_LEVEL = "info" }
      tags                    = { team = "engines" }
      propagate_tags          = "TASK_DEFINITION"
      enable_ecs_managed_tags = true
      enable_execute_command  = true
      platform_version        = "1.4.0"
    }
    services = {
      auth = {
        cluster                    = "auth-cluster"
        task_definition            = "auth-api-task:3"
        port                       = 8080
        additional_target_groups   = [{ arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/theirs/0123456789abcdef", port = 8081 }]
        subnets                    = ["subnet-0b1c2d3e"]
        security_groups            = ["sg-0b1c2d3e"]
        assign_public_ip           = false
        capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT", weight = 2 }]
        container_name             = "api"
        environment                = { TRACE = "" }
        tags                       = { "cost centre" = "" }
        propagate_tags             = "NONE"
        enable_ecs_managed_tags    = false
        enable_execute_command     = false
        platform_version           = "LATEST"
        wait                       = "running"
        start_timeout_seconds      = 90
        healthy_timeout_seconds    = 45
        drain_seconds              = 5
        depends_on                 = ["users"]
        exclusive_target_group     = false
        allow_overrides            = { task_definition = ["auth-api-task:*"], port = [8082], environment = ["TRACE"] }
      }
    }
  }

  assert {
    condition = jsondecode(aws_ssm_parameter.this["defaults"].insecure_value) == {
      subnets               = ["subnet-0a1b2c3d"]
      assignPublicIp        = "ENABLED"
      wait                  = "healthy"
      startTimeoutSeconds   = 60
      healthyTimeoutSeconds = 30
      drainSeconds          = 0
      environment           = { LOG_LEVEL = "info" }
      tags                  = { team = "engines" }
      propagateTags         = "TASK_DEFINITION"
      enableECSManagedTags  = true
      enableExecuteCommand  = true
      platformVersion       = "1.4.0"
    }
    error_message = "Every default must be in the document: ${aws_ssm_parameter.this["defaults"].insecure_value}"
  }
  assert {
    condition = jsondecode(aws_ssm_parameter.this["services/auth"].insecure_value) == {
      cluster        = "auth-cluster"
      taskDefinition = "auth-api-task:3"
      port           = 8080
      targetGroups = [
        { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth-dev/0123456789abcdef" },
        { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/theirs/0123456789abcdef", port = 8081 },
      ]
      subnets                  = ["subnet-0b1c2d3e"]
      securityGroups           = ["sg-0b1c2d3e"]
      assignPublicIp           = "DISABLED"
      capacityProviderStrategy = [{ capacityProvider = "FARGATE_SPOT", weight = 2 }]
      containerName            = "api"
      environment              = { TRACE = "" }
      tags                     = { "cost centre" = "" }
      propagateTags            = "NONE"
      enableECSManagedTags     = false
      enableExecuteCommand     = false
      platformVersion          = "LATEST"
      wait                     = "running"
      startTimeoutSeconds      = 90
      healthyTimeoutSeconds    = 45
      drainSeconds             = 5
      dependsOn                = ["users"]
      exclusiveTargetGroup     = false
      allowOverrides           = { taskDefinition = ["auth-api-task:*"], port = [8082], environment = ["TRACE"] }
    }
    error_message = "Every key must be in the document: ${aws_ssm_parameter.this["services/auth"].insecure_value}"
  }
}

run "refuses_launch_type_and_strategy_together" {
  command = plan
  variables {
    services = {
      auth = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080, launch_type = "FARGATE", capacity_provider_strategy = [{ capacity_provider = "FARGATE_SPOT" }] }
    }
  }
  expect_failures = [var.services]
}

run "refuses_a_service_named_all" {
  command = plan
  variables {
    services = { all = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080 } }
  }
  expect_failures = [var.services]
}

run "refuses_defaults_without_a_subnet" {
  command = plan
  variables {
    defaults = { subnets = [] }
  }
  expect_failures = [var.defaults]
}

run "refuses_double_braces" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080, environment = { TEMPLATE = "{{name}}" } } }
  }
  expect_failures = [aws_ssm_parameter.this]
}

run "refuses_a_document_over_4096_characters" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080, environment = { LONG = join("", [for number in range(500) : "123456789"]) } } }
  }
  expect_failures = [aws_ssm_parameter.this]
}

run "refuses_another_parameter_path" {
  command = plan
  variables {
    parameter_path = "/start-engines/"
  }
  expect_failures = [var.parameter_path]
}

run "refuses_an_unknown_override" {
  command = plan
  variables {
    services = { auth = { cluster = "auth-cluster", task_definition = "auth-api-task", port = 8080, allow_overrides = { command = ["sh"] } } }
  }
  expect_failures = [var.services]
}

run "encrypts_the_mappings_with_a_given_key" {
  command = plan
  variables {
    kms_key_arn = "arn:aws:kms:us-east-2:123456789012:key/parameters"
  }

  assert {
    condition     = alltrue([for parameter in aws_ssm_parameter.this : parameter.type == "SecureString" && parameter.key_id == "arn:aws:kms:us-east-2:123456789012:key/parameters"])
    error_message = "The mappings and the defaults must be SecureStrings."
  }
  assert {
    condition     = jsondecode(nonsensitive(aws_ssm_parameter.this["services/auth"].value)).port == 8080
    error_message = "The value must be the same document."
  }
}
