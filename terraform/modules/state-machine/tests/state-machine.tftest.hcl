mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/start-engines-morning-role-dev" }
  }
}

variables {
  workspace       = "dev"
  name            = "start-engines-morning-dev"
  role_name       = "start-engines-morning-role-dev"
  function_arn    = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"
  services        = ["users", "auth"]
  timeout_seconds = 525
}

run "starts_services_in_order" {
  command = plan

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).StartAt == "Start users"
    error_message = "The first service must come first."
  }
  assert {
    condition = jsondecode(aws_sfn_state_machine.this.definition).States["Start users"].Parameters == {
      FunctionName = "arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"
      Payload      = { action = "start", service = "users", wait = "healthy", workspace = "dev", "asked.$" = "$$.Execution.StartTime" }
    }
    error_message = "A start must invoke the alias, wait until the service is healthy, and count as requested when the execution began."
  }
  assert {
    condition     = [for state in ["Was users stopped meanwhile?", "Was auth stopped meanwhile?"] : jsondecode(aws_sfn_state_machine.this.definition).States[state].Default] == ["Start auth", "Started"]
    error_message = "The second service must follow the first, and be the last."
  }
}

run "retries_and_catches_all_other_errors" {
  command = plan

  assert {
    condition     = alltrue([for state in ["Start users", "Start auth"] : contains(jsondecode(aws_sfn_state_machine.this.definition).States[state].Retry[0].ErrorEquals, "AwsThrottled") && contains(jsondecode(aws_sfn_state_machine.this.definition).States[state].Retry[1].ErrorEquals, "CapacityUnavailable")])
    error_message = "Transient errors must be retried."
  }
  assert {
    condition     = alltrue([for state in ["Start users", "Start auth"] : jsondecode(aws_sfn_state_machine.this.definition).States[state].Catch == [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]])
    error_message = "All other errors must lead to the state Failed."
  }
}

run "invokes_with_its_own_role" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : [statement.Action, statement.Resource]] == [[["lambda:InvokeFunction"], ["arn:aws:lambda:us-east-2:123456789012:function:start-engines-lambda-dev:live"]]]
    error_message = "The role must have only this permission."
  }
}

run "refuses_no_services" {
  command = plan
  variables {
    services = []
  }
  expect_failures = [var.services]
}

run "refuses_a_duplicate_service" {
  command = plan
  variables {
    services = ["auth", "auth"]
  }
  expect_failures = [var.services]
}

run "refuses_to_wait_for_none" {
  command = plan
  variables {
    wait = "none"
  }
  expect_failures = [var.wait]
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
