data "aws_partition" "current" {}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

resource "aws_iam_role" "this" {
  name                 = var.name
  description          = "Execution role of the start-engines function."
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary

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

resource "aws_iam_role_policy" "this" {
  name   = "start-engines"
  role   = aws_iam_role.this.id
  policy = local.inline_policy

  lifecycle {
    precondition {
      condition     = length(local.inline_policy) <= 10240
      error_message = "The role's inline policy has ${length(local.inline_policy)} characters, and IAM allows 10240. ${var.managed_policies == 0 ? "Split it into managed policies (managed_policies = ${ceil(length(local.inline_policy) / 6144)}), or split the services over several workspaces." : "Its list of ${length(var.cluster_arns)} clusters cannot move to managed policies: use fewer clusters, or split the services over several workspaces."}"
    }
  }

  # Statements that move to a managed policy must exist there before they are removed here.
  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_iam_policy" "this" {
  count = var.managed_policies

  name        = "${var.name}-${count.index + 1}"
  path        = var.role_path
  description = "A part of what the function of start-engines may do." # Without the number of policies: a changed description replaces the policy.
  policy      = local.managed_policies[count.index]

  lifecycle {
    precondition {
      condition     = length(local.managed_policies[count.index]) <= 6144
      error_message = "Managed policy ${count.index + 1} of ${var.managed_policies} of the role has ${length(local.managed_policies[count.index])} characters, and IAM allows 6144. ${var.managed_policies < 10 ? "Increase managed_policies (10 at most), or split the services over several workspaces." : "A role cannot have more of them: split the services over several workspaces, or allow fewer families, roles, clusters and target groups."}"
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  count = var.managed_policies

  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.this[count.index].arn
}
