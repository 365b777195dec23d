mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_apigatewayv2_authorizer" {
    defaults = { id = "authorizer" }
  }
  mock_resource "aws_apigatewayv2_integration" {
    defaults = { id = "integration" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/start-engines-api-role-dev" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-2:123456789012:log-group:/aws/vendedlogs/apigateway/start-engines-dev" }
  }
}

variables {
  name                = "start-engines-dev"
  role_name           = "start-engines-api-role-dev"
  function_arn        = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"
  function_invoke_arn = "arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live/invocations"
  authorization       = { type = "AWS_IAM" }
}

run "has_the_five_routes" {
  command = plan

  assert {
    condition     = sort(keys(aws_apigatewayv2_route.this)) == tolist(["GET /services", "GET /services/{name}", "POST /services/{name}/restart", "POST /services/{name}/start", "POST /services/{name}/stop"])
    error_message = "There must be five routes and no default route."
  }
  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "AWS_IAM" && route.target == "integrations/integration"])
    error_message = "Every route must require authorization."
  }
  assert {
    condition     = length(aws_apigatewayv2_authorizer.jwt) == 0
    error_message = "IAM needs no authorizer."
  }
}

run "invokes_the_alias_with_its_own_role" {
  command = plan

  assert {
    condition     = aws_apigatewayv2_integration.function.integration_uri == "arn:aws:apigateway:us-east-2:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live/invocations" && aws_apigatewayv2_integration.function.payload_format_version == "2.0" && aws_apigatewayv2_integration.function.credentials_arn == "arn:aws:iam::123456789012:role/start-engines-api-role-dev"
    error_message = "The integration must invoke the alias with the API's role."
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : [statement.Action, statement.Resource]] == [[["lambda:InvokeFunction"], ["arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"]]]
    error_message = "The role must have only this permission."
  }
}

run "requires_a_scope_for_each_route" {
  command = plan
  variables {
    authorization = { type = "JWT", issuer = "https://issuer.example.com", audiences = ["engines"], scopes = { stop = "operators" } }
  }

  assert {
    condition = { for route, resource in aws_apigatewayv2_route.this : route => one(resource.authorization_scopes) } == {
      "GET /services"                 = "start-engines/read"
      "GET /services/{name}"          = "start-engines/read"
      "POST /services/{name}/start"   = "start-engines/start"
      "POST /services/{name}/stop"    = "operators"
      "POST /services/{name}/restart" = "start-engines/restart"
    }
    error_message = "Each route must have its scope."
  }
  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "JWT" && route.authorizer_id == "authorizer"]) && aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == "https://issuer.example.com"
    error_message = "Every route must require a token of the issuer."
  }
}

run "throttles_and_logs" {
  command = plan

  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 10 && aws_apigatewayv2_stage.default.default_route_settings[0].throttling_burst_limit == 20
    error_message = "The limits must be 10 requests per second and a burst of 20."
  }
  assert {
    condition     = aws_apigatewayv2_stage.default.access_log_settings[0].destination_arn == "arn:aws:logs:us-east-2:123456789012:log-group:/aws/vendedlogs/apigateway/start-engines-dev" && jsondecode(aws_apigatewayv2_stage.default.access_log_settings[0].format).status == "$context.status"
    error_message = "Every request must be logged in JSON."
  }
}

run "refuses_an_api_without_authorization" {
  command = plan
  variables {
    authorization = { type = "NONE" }
  }
  expect_failures = [var.authorization]
}

run "refuses_jwt_without_an_issuer" {
  command = plan
  variables {
    authorization = { type = "JWT", issuer = "https://issuer.example.com" }
  }
  expect_failures = [var.authorization]
}

run "refuses_a_route_without_a_scope" {
  command = plan
  variables {
    authorization = { type = "JWT", issuer = "https://issuer.example.com", audiences = ["engines"], scopes = { stop = "" } }
  }
  expect_failures = [var.authorization]
}

# Terraform review, finding 10.
run "gives_its_role_the_boundary_and_the_path" {
  command = plan
  variables {
    permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
    role_path            = "/platform/"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this.path == "/platform/"
    error_message = "The role must have the boundary and the path."
  }
}
