# IAM policies for operators. Attach `read` to all operators, `operate` and `edit_mappings` in addition. The function's role does
# the work, so no operator needs permissions for tasks or target groups.
locals {
  operator_arns = {
    for service in ["events", "lambda", "logs", "ssm"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }
  parameter_arn = "${local.operator_arns["ssm"]}:parameter${local.parameter_path}"
  alias_arn     = "${local.operator_arns["lambda"]}:function:${local.function_name}:live"

  operator_statements = {
    read = concat([
      {
        # Not the whole path: a reader of the key for launch facts can forge them.
        Sid      = "ReadMappings"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters"]
        Resource = ["${local.parameter_arn}/defaults", "${local.parameter_arn}${local.contract.parameters.envelope}", "${local.parameter_arn}${local.contract.parameters.services}/*", "${local.parameter_arn}${local.contract.parameters.deployed}/*"]
      },
      {
        Sid      = "ListMappings"
        Effect   = "Allow"
        Action   = ["ssm:GetParametersByPath"]
        Resource = ["${local.parameter_arn}${local.contract.parameters.services}"]
      },
      {
        Sid      = "ReadHistory"
        Effect   = "Allow"
        Action   = ["ssm:GetParameterHistory"]
        Resource = ["${local.parameter_arn}/defaults", "${local.parameter_arn}${local.contract.parameters.services}/*"]
      },
      {
        Sid       = "ListTasks"
        Effect    = "Allow"
        Action    = ["ecs:ListTasks", "ecs:ListServices"]
        Resource  = ["*"] # Neither action has a resource that Fargate uses.
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arns } }
      },
      {
        Sid      = "ReadTasks"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks"]
        Resource = [for arn in local.cluster_arns : "${replace(arn, ":cluster/", ":task/")}/*"]
      },
      {
        Sid      = "ReadServices"
        Effect   = "Allow"
        Action   = ["ecs:DescribeServices"]
        Resource = [for arn in local.cluster_arns : "${replace(arn, ":cluster/", ":service/")}/*"]
      },
      {
        Sid      = "ReadClusters"
        Effect   = "Allow"
        Action   = ["ecs:DescribeClusters"]
        Resource = local.cluster_arns
      },
      {
        Sid    = "ReadNetwork"
        Effect = "Allow"
        Action = [
          "ecs:DescribeTaskDefinition",
          "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
          "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
        ]
        Resource = ["*"] # These actions support no resource.
      },
      {
        Sid      = "ReadFunction"
        Effect   = "Allow"
        Action   = ["lambda:GetFunctionConfiguration"]
        Resource = [local.alias_arn]
      },
      {
        Sid      = "ReadLog"
        Effect   = "Allow"
        Action   = ["logs:FilterLogEvents"]
        Resource = ["${local.operator_arns["logs"]}:log-group:/aws/lambda/${local.function_name}:*"]
      },
      ], [
      for arn in var.kms_keys.parameters[*] : {
        Sid       = "DecryptMappings"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [arn]
        Condition = { StringEquals = { "kms:ViaService" = "ssm.${data.aws_region.current.id}.amazonaws.com" } }
      }
    ])

    operate = [
      {
        Sid      = "InvokeFunction"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [local.alias_arn]
      },
      {
        Sid      = "SendEvents"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = ["${local.operator_arns["events"]}:event-bus/${var.event_bus.name}"]
      },
      {
        Sid      = "CheckBus"
        Effect   = "Allow"
        Action   = ["events:ListRules"]
        Resource = ["*"] # The action supports no resource.
      },
    ]

    edit_mappings = concat([
      {
        Sid      = "WriteMappings"
        Effect   = "Allow"
        Action   = ["ssm:PutParameter"]
        Resource = ["${local.parameter_arn}/defaults", "${local.parameter_arn}${local.contract.parameters.services}/*"]
      },
      {
        # No two operators write one version (docs/adr/0012).
        Sid      = "ClaimVersions"
        Effect   = "Allow"
        Action   = ["ssm:GetParameters", "ssm:PutParameter", "ssm:DeleteParameter"]
        Resource = ["${local.parameter_arn}${local.contract.parameters.claims}/*"]
      },
      ], [
      for statement in [
        {
          Sid      = "ReadKeyOfMapping"
          Effect   = "Allow"
          Action   = ["ssm:DescribeParameters"]
          Resource = ["*"] # The action supports no resource.
        },
        {
          Sid       = "EncryptMappings"
          Effect    = "Allow"
          Action    = ["kms:Encrypt"]
          Resource  = var.kms_keys.parameters[*]
          Condition = { StringEquals = { "kms:ViaService" = "ssm.${data.aws_region.current.id}.amazonaws.com" } }
        },
      ] : statement if var.kms_keys.parameters != null
    ])
  }

  operator_policies = { for name, statements in local.operator_statements : name => jsonencode({ Version = "2012-10-17", Statement = statements }) }
}
