resource "aws_lb" "this" {
  name            = local.prefix
  internal        = true
  subnets         = aws_subnet.this[*].id
  security_groups = [aws_security_group.this.id]
}

resource "aws_lb_target_group" "ip" {
  for_each = {
    healthy    = "200"
    weightless = "200"
    failing    = "299"
    empty      = "200"
    unused     = "200"
  }

  name                 = "${local.prefix}-${each.key}"
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = 80
  vpc_id               = aws_vpc.this.id
  deregistration_delay = 5

  health_check {
    path                = "/"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 5
    unhealthy_threshold = 2
    matcher             = each.value
  }
}

resource "aws_lb_target_group" "function" {
  name        = "${local.prefix}-function"
  target_type = "lambda"
}

resource "aws_lb_target_group_attachment" "function" {
  target_group_arn = aws_lb_target_group.function.arn
  target_id        = aws_lambda_function.this.arn

  depends_on = [aws_lambda_permission.load_balancer]
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "field test"
    }
  }
}

locals {
  groups = merge({ for name, group in aws_lb_target_group.ip : name => group.arn }, { function = aws_lb_target_group.function.arn })

  # Which groups a path goes to, with their weights.
  routes = {
    "/healthy"    = { priority = 1, weights = { healthy = 1 } }
    "/failing"    = { priority = 2, weights = { failing = 1 } }
    "/empty"      = { priority = 3, weights = { empty = 1 } }
    "/weightless" = { priority = 4, weights = { weightless = 0, empty = 1 } }
    "/function/*" = { priority = 5, weights = { function = 1 } }
    "/switch"     = { priority = 8, weights = { empty = 1, function = 0 } }
  }
}

resource "aws_lb_listener_rule" "forward" {
  for_each = local.routes

  listener_arn = aws_lb_listener.this.arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = length(each.value.weights) == 1 ? local.groups[keys(each.value.weights)[0]] : null

    dynamic "forward" {
      for_each = length(each.value.weights) > 1 ? [each.value.weights] : []

      content {
        dynamic "target_group" {
          for_each = forward.value

          content {
            arn    = local.groups[target_group.key]
            weight = target_group.value
          }
        }
      }
    }
  }

  condition {
    path_pattern {
      values = [each.key]
    }
  }
}

# Two rules for the same path: the one with the lower number answers.
resource "aws_lb_listener_rule" "fixed" {
  for_each = { "6" = "202", "7" = "203" }

  listener_arn = aws_lb_listener.this.arn
  priority     = tonumber(each.key)

  action {
    type = "fixed-response"

    fixed_response {
      status_code  = each.value
      content_type = "text/plain"
      message_body = "field test"
    }
  }

  condition {
    path_pattern {
      values = ["/fixed/*"]
    }
  }
}
