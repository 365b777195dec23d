locals {
  # The scope that each route needs, by its key.
  routes = merge([for scope, routes in local.contract.routes : { for route in routes : route => scope }]...)

  uses_jwt = var.authorization.type == "JWT"
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  description   = "Starts, stops and restarts services, and returns their status."
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = local.uses_jwt ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.authorization.issuer
    audience = var.authorization.audiences
  }
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = var.function_invoke_arn
  credentials_arn        = aws_iam_role.this.arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000 # The maximum.
}

resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id               = aws_apigatewayv2_api.this.id
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type   = var.authorization.type
  authorizer_id        = one(aws_apigatewayv2_authorizer.jwt[*].id)
  authorization_scopes = local.uses_jwt ? [var.authorization.scopes[each.value]] : null
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttling.requests_per_second
    throttling_burst_limit = var.throttling.burst
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      requestId        = "$context.requestId"
      requestTime      = "$context.requestTime"
      sourceIp         = "$context.identity.sourceIp"
      routeKey         = "$context.routeKey"
      path             = "$context.path"
      status           = "$context.status"
      responseLatency  = "$context.responseLatency"
      integrationError = "$context.integrationErrorMessage"
      authorizerError  = "$context.authorizer.error"
      caller           = "$context.identity.userArn"
      subject          = "$context.authorizer.claims.sub"
    })
  }
}

resource "aws_cloudwatch_log_group" "access" {
  # Log groups below /aws/vendedlogs do not add to the account's log delivery policy, whose size is limited.
  name              = "/aws/vendedlogs/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Role of the start-engines HTTP API."
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "apigateway.amazonaws.com" }
        Action    = "sts:AssumeRole"
        # Without aws:SourceAccount: API Gateway is not documented to send it with this role, and without it every request
        # would fail with 500. Another account cannot use the role in an integration, which needs iam:PassRole.
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "start-engines"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "InvokeFunction"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = [var.function_arn]
      },
    ]
  })
}
