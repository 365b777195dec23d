locals {
  # Target groups have names of up to 32 characters.
  full_names         = { for name in keys(var.services) : name => "${var.target_group_prefix}${name}-${var.workspace}" }
  target_group_names = { for name, full in local.full_names : name => length(full) <= 32 ? full : "${trimsuffix(substr(full, 0, 23), "-")}-${substr(sha1(full), 0, 8)}" }

  # Both must be known at plan time, also if the same apply creates the certificate or the listener.
  makes_listener = length(var.subnets) > 0
  serves_https   = local.makes_listener && (var.allow_plain_http ? var.certificate_arn != null : true)

  listener_arn = (
    !local.makes_listener ? var.existing_listener_arn :
    local.serves_https ? aws_lb_listener.https[0].arn : aws_lb_listener.http[0].arn
  )
  load_balancer_arn_suffix = local.makes_listener ? aws_lb.this[0].arn_suffix : data.aws_lb.existing[0].arn_suffix
  dns_name                 = local.makes_listener ? aws_lb.this[0].dns_name : data.aws_lb.existing[0].dns_name

  # Security groups that the tasks admit. The keys must be known at plan time: the ID of a group may not be.
  load_balancer_groups = (
    local.makes_listener ? { own = aws_security_group.load_balancer[0].id } :
    length(var.security_groups) > 0 ? { for index, id in var.security_groups : tostring(index) => id } :
    { for id in data.aws_lb.existing[0].security_groups : id => id }
  )

  # Sources of requests. The IDs of prefix lists and security groups may be unknown at plan time, so keys contain their index.
  clients = merge(
    { for cidr in var.ingress_cidrs : cidr => { cidr_ipv4 = cidr, cidr_ipv6 = null, prefix_list = null, group = null } },
    { for cidr in var.ingress_ipv6_cidrs : cidr => { cidr_ipv4 = null, cidr_ipv6 = cidr, prefix_list = null, group = null } },
    { for index, id in var.ingress_prefix_lists : "prefix-list-${index}" => { cidr_ipv4 = null, cidr_ipv6 = null, prefix_list = id, group = null } },
    { for index, id in var.ingress_security_groups : "security-group-${index}" => { cidr_ipv4 = null, cidr_ipv6 = null, prefix_list = null, group = id } },
  )

  # Port 80 redirects if there is an HTTPS listener. Otherwise it serves, which needs allow_plain_http.
  makes_http_listener = local.makes_listener && (var.http_listener || !local.serves_https)
  listener_ports      = concat(local.makes_http_listener ? [80] : [], local.serves_https ? [443] : [])

  dual_stack = var.ip_address_type != "ipv4"

  ports = toset([for port in distinct(concat(var.further_ports, flatten([for service in var.services : concat([service.port], service.further_ports)]))) : tostring(port)])

  # Ports of services whose tasks use security groups that this module does not create.
  foreign_ports = toset([
    for port in flatten([for service in var.services : concat([service.port], service.further_ports, var.further_ports) if length(service.security_groups) > 0]) : tostring(port)
  ])
}

data "aws_lb_listener" "existing" {
  count = local.makes_listener ? 0 : 1
  arn   = var.existing_listener_arn
}

data "aws_lb" "existing" {
  count = local.makes_listener ? 0 : 1
  arn   = data.aws_lb_listener.existing[0].load_balancer_arn
}

resource "aws_lb" "this" {
  count = local.makes_listener ? 1 : 0

  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.internal
  security_groups            = [aws_security_group.load_balancer[0].id]
  subnets                    = var.subnets
  ip_address_type            = var.ip_address_type
  idle_timeout               = var.idle_timeout_seconds
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true

  dynamic "access_logs" {
    for_each = var.access_logs == null ? [] : [var.access_logs]
    content {
      enabled = true
      bucket  = access_logs.value.bucket
      prefix  = access_logs.value.prefix
    }
  }

  lifecycle {
    precondition {
      condition     = var.certificate_arn != null || var.allow_plain_http
      error_message = "The load balancer has no certificate. Set certificate_arn, or allow_plain_http = true to serve unencrypted HTTP."
    }

    precondition {
      condition     = length(var.subnets) >= 2
      error_message = "A load balancer needs subnets in at least two Availability Zones."
    }

    precondition {
      condition     = length(local.clients) > 0
      error_message = "No client could reach the load balancer. Set ingress_cidrs, ingress_ipv6_cidrs, ingress_prefix_lists or ingress_security_groups. To admit everyone, set ingress_cidrs = [\"0.0.0.0/0\"]."
    }
  }
}

resource "aws_lb_listener" "https" {
  count = local.serves_https ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.tls_policy
  certificate_arn   = var.certificate_arn

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "application/json"
      message_body = jsonencode({ message = "no such service" })
    }
  }
}

resource "aws_lb_listener" "http" {
  count = local.makes_http_listener ? 1 : 0

  load_balancer_arn = aws_lb.this[0].arn
  port              = 80
  protocol          = "HTTP"

  dynamic "default_action" {
    for_each = local.serves_https ? [1] : []
    content {
      type = "redirect"

      redirect {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }
  }

  dynamic "default_action" {
    for_each = local.serves_https ? [] : [1]
    content {
      type = "fixed-response"

      fixed_response {
        status_code  = "404"
        content_type = "application/json"
        message_body = jsonencode({ message = "no such service" })
      }
    }
  }
}

resource "aws_lb_target_group" "this" {
  for_each = var.services

  name             = local.target_group_names[each.key]
  target_type      = "ip"
  protocol         = each.value.protocol
  protocol_version = each.value.protocol_version
  ip_address_type  = each.value.ip_address_type
  port             = each.value.port
  vpc_id           = coalesce(var.load_balancer_vpc_id, var.vpc_id)

  # Equals the mapping's drainSeconds, so that the task keeps running while it finishes its open requests.
  deregistration_delay = each.value.drain_seconds

  health_check {
    path                = each.value.health_check.path
    matcher             = each.value.health_check.matcher
    port                = each.value.health_check.port == null ? null : tostring(each.value.health_check.port)
    protocol            = coalesce(each.value.health_check.protocol, each.value.protocol)
    interval            = each.value.health_check.interval_seconds
    timeout             = each.value.health_check.timeout_seconds
    healthy_threshold   = each.value.health_check.healthy_threshold
    unhealthy_threshold = each.value.health_check.unhealthy_threshold
  }

  tags = each.value.wake ? { "start-engines:wake" = "true" } : null

  # Also without a cookie, because the provider keeps the setting of a block that is removed.
  stickiness {
    type            = "lb_cookie"
    enabled         = each.value.stickiness_seconds != null
    cookie_duration = coalesce(each.value.stickiness_seconds, 86400)
  }

  lifecycle {
    # Every target has its own port. A change here would replace the group, which is in use.
    ignore_changes = [port]
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = var.services

  listener_arn = local.listener_arn
  priority     = each.value.priority

  dynamic "action" {
    for_each = each.value.wake ? [] : [1]
    content {
      type             = "forward"
      target_group_arn = aws_lb_target_group.this[each.key].arn
    }
  }

  # The function moves the weights between the two groups. The rule begins at the activator, because a new service is down.
  dynamic "action" {
    for_each = each.value.wake ? [each.value.begins_at_service ? 1 : 0] : []
    content {
      type = "forward"

      forward {
        target_group {
          arn    = aws_lb_target_group.this[each.key].arn
          weight = action.value
        }
        target_group {
          arn    = var.activator_target_group_arn
          weight = 1 - action.value
        }
        stickiness {
          enabled  = false
          duration = 3600
        }
      }
    }
  }

  condition {
    path_pattern {
      # `/api/auth/*` alone does not match `/api/auth`, and `/api/auth*` would match `/api/authors`. AWS-041.
      values = each.value.path_prefix == "/" ? ["/*"] : [each.value.path_prefix, "${each.value.path_prefix}/*"]
    }
  }

  dynamic "condition" {
    for_each = length(each.value.host_headers) > 0 ? [each.value.host_headers] : []
    content {
      host_header {
        values = condition.value
      }
    }
  }

  tags = { Name = "start-engines-${each.key}-${var.workspace}" }

  lifecycle {
    # The function owns the weights.
    ignore_changes = [action]
    # ELB does not delete a target group that a rule still uses. The group's tags change when wake is switched on or off.
    replace_triggered_by = [aws_lb_target_group.this[each.key].id, aws_lb_target_group.this[each.key].tags]

    # Rules change one at a time, and ELB rejects a priority that another rule still has. A swap would fail in every apply.
    precondition {
      condition     = length([for other, priority in var.previous_priorities : other if other != each.key && priority == each.value.priority]) == 0
      error_message = "Priority ${each.value.priority} of ${each.key} still belongs to ${join(", ", [for other, priority in var.previous_priorities : other if other != each.key && priority == each.value.priority])}. Give ${each.key} an unused priority, or change the other priority in an apply of its own first."
    }
  }
}

resource "aws_security_group" "load_balancer" {
  count = local.makes_listener ? 1 : 0

  name        = "${var.name}-alb"
  description = "The load balancer of start-engines."
  vpc_id      = coalesce(var.load_balancer_vpc_id, var.vpc_id)
  tags        = { Name = "${var.name}-alb" }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = {
    for pair in setproduct(local.makes_listener ? keys(local.clients) : [], local.listener_ports) :
    "${pair[0]}:${pair[1]}" => merge(local.clients[pair[0]], { port = pair[1] })
  }

  security_group_id            = aws_security_group.load_balancer[0].id
  description                  = each.value.group == null && each.value.prefix_list == null ? "Clients" : null # A reference has a name of its own.
  cidr_ipv4                    = each.value.cidr_ipv4
  cidr_ipv6                    = each.value.cidr_ipv6
  prefix_list_id               = each.value.prefix_list
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  for_each = local.makes_listener ? local.ports : toset([])

  security_group_id            = aws_security_group.load_balancer[0].id
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = each.value
  to_port                      = each.value
}

# By port, not by group: the same apply may create the group, and after an edit the running task is still in the previous
# group. The load balancer connects only to registered targets.
resource "aws_vpc_security_group_egress_rule" "load_balancer_to_foreign_groups" {
  for_each = local.makes_listener ? local.foreign_ports : toset([])

  security_group_id = aws_security_group.load_balancer[0].id
  description       = "Targets in other security groups"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_security_group" "tasks" {
  name        = "${var.name}-tasks"
  description = "The tasks that start-engines starts."
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "tasks" {
  for_each = {
    for pair in setproduct(keys(local.load_balancer_groups), local.ports) :
    "${pair[0]}:${pair[1]}" => { group = local.load_balancer_groups[pair[0]], port = pair[1] }
  }

  security_group_id            = aws_security_group.tasks.id
  referenced_security_group_id = each.value.group
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# A task pulls its image and secrets before it starts, and may call any service afterwards.
resource "aws_vpc_security_group_egress_rule" "tasks" {
  security_group_id = aws_security_group.tasks.id
  description       = "Anywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "tasks_ipv6" {
  count = local.dual_stack || anytrue([for service in var.services : service.ip_address_type == "ipv6"]) ? 1 : 0

  security_group_id = aws_security_group.tasks.id
  description       = "Anywhere"
  cidr_ipv6         = "::/0"
  ip_protocol       = "-1"
}

# The load balancer connects to IPv6 targets in other security groups by port, as above.
resource "aws_vpc_security_group_egress_rule" "load_balancer_to_foreign_groups_ipv6" {
  for_each = local.makes_listener && local.dual_stack ? local.foreign_ports : toset([])

  security_group_id = aws_security_group.load_balancer[0].id
  description       = "Targets in other security groups"
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_wafv2_web_acl_association" "this" {
  count = local.makes_listener && var.web_acl != null ? 1 : 0

  resource_arn = aws_lb.this[0].arn
  web_acl_arn  = var.web_acl.arn
}
