# Before the function, which would otherwise create it, without the tag and without an end.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.prefix}"
  retention_in_days = 1
}

resource "aws_iam_role" "function" {
  name = "${local.prefix}-function"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      },
    ]
  })
}

# The function runs in the VPC, because the load balancer is internal. Lambda creates its network interfaces with this role.
resource "aws_iam_role_policy" "function" {
  name = "field-test"
  role = aws_iam_role.function.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      },
      {
        # These actions support no resource when Lambda uses them.
        Sid    = "NetworkInterfaces"
        Effect = "Allow"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_lambda_function" "this" {
  function_name    = local.prefix
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  role             = aws_iam_role.function.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  timeout          = 120
  memory_size      = 256

  vpc_config {
    subnet_ids         = aws_subnet.this[*].id
    security_group_ids = [aws_security_group.this.id]
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.function]
}

resource "aws_lambda_permission" "load_balancer" {
  statement_id  = "load-balancer"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "elasticloadbalancing.amazonaws.com"
  source_arn    = aws_lb_target_group.function.arn
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = {
    own = jsonencode({ source = [local.prefix] })
    tasks = jsonencode({
      source        = ["aws.ecs"]
      "detail-type" = ["ECS Task State Change"]
      detail        = { clusterArn = [aws_ecs_cluster.this.arn] }
    })
  }

  name          = "${local.prefix}-${each.key}"
  event_pattern = each.value
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this

  rule = each.value.name
  arn  = aws_lambda_function.this.arn
}

resource "aws_lambda_permission" "events" {
  for_each = aws_cloudwatch_event_rule.this

  statement_id  = "events-${each.key}"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = each.value.arn
}
