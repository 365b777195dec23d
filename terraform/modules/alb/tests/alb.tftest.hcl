mock_provider "aws" {
  override_during = plan

  mock_resource "aws_lb_listener" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/start-engines-dev/0123456789abcdef/0123456789abcdef" }
  }
  mock_resource "aws_lb" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/start-engines-dev/0123456789abcdef" }
  }
  mock_resource "aws_lb_target_group" {
    defaults = { arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/some-dev/0123456789abcdef" }
  }
  mock_resource "aws_security_group" {
    defaults = { id = "sg-0a1b2c3d" }
  }
  mock_data "aws_lb_listener" {
    defaults = { load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:loadbalancer/app/theirs/0123456789abcdef" }
  }
  mock_data "aws_lb" {
    defaults = { security_groups = ["sg-0e5f6071"], arn_suffix = "app/theirs/0123456789abcdef", dns_name = "theirs.example.com" }
  }
}

variables {
  name            = "start-engines-dev"
  workspace       = "dev"
  vpc_id          = "vpc-0a1b2c3d"
  subnets         = ["subnet-0a1b2c3d", "subnet-0b1c2d3e"]
  certificate_arn = "arn:aws:acm:us-east-2:123456789012:certificate/0a1b2c3d"
  ingress_cidrs   = ["0.0.0.0/0"]
  services = {
    auth = { port = 8080, path_prefix = "/api/auth", priority = 10 }
    pdf  = { port = 9080, path_prefix = "/api/pdf", priority = 20, further_ports = [9081] }
  }
}

run "serves_https_and_redirects_http" {
  command = plan

  assert {
    condition     = aws_lb_listener.https[0].port == 443 && aws_lb_listener.https[0].protocol == "HTTPS" && aws_lb_listener.https[0].ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    error_message = "The listener must serve HTTPS with TLS 1.2 and 1.3 only."
  }
  assert {
    condition     = aws_lb_listener.http[0].default_action[0].type == "redirect" && aws_lb_listener.http[0].default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.http[0].default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "HTTP must only redirect."
  }
  assert {
    condition     = aws_lb_listener.https[0].default_action[0].fixed_response[0].status_code == "404" && aws_lb_listener.https[0].default_action[0].fixed_response[0].content_type == "application/json" && jsondecode(aws_lb_listener.https[0].default_action[0].fixed_response[0].message_body).message == "no such service"
    error_message = "Requests that no rule matches must get a 404 in JSON."
  }
  assert {
    condition     = !aws_lb.this[0].enable_deletion_protection && length(aws_lb.this[0].access_logs) == 0 && aws_lb.this[0].drop_invalid_header_fields
    error_message = "By default there is no deletion protection and no access log."
  }
}

run "creates_a_rule_with_the_priority_of_each_service" {
  command = plan

  assert {
    condition     = { for name, rule in aws_lb_listener_rule.this : name => rule.priority } == { auth = 10, pdf = 20 }
    error_message = "Each rule must have its service's priority."
  }
  assert {
    condition     = toset(tolist(tolist(aws_lb_listener_rule.this["auth"].condition)[0].path_pattern)[0].values) == toset(["/api/auth", "/api/auth/*"])
    error_message = "Both the prefix and the paths below it must match."
  }
}

run "creates_a_target_group_for_each_service" {
  command = plan

  assert {
    condition     = aws_lb_target_group.this["auth"].name == "auth-dev" && aws_lb_target_group.this["auth"].target_type == "ip" && aws_lb_target_group.this["auth"].port == 8080
    error_message = "The group must have IP targets and the name <service>-<workspace>."
  }
  assert {
    condition     = aws_lb_target_group.this["auth"].deregistration_delay == "15"
    error_message = "The deregistration delay must equal the mapping's drainSeconds."
  }
  assert {
    condition     = aws_lb_target_group.this["auth"].health_check[0].interval == 5 && aws_lb_target_group.this["auth"].health_check[0].healthy_threshold == 2 && aws_lb_target_group.this["auth"].health_check[0].path == "/health"
    error_message = "The health check must find a task healthy within seconds."
  }
}

run "admits_clients_to_the_load_balancer_and_the_load_balancer_to_the_tasks" {
  command = plan
  variables {
    ingress_cidrs = ["10.0.0.0/8"]
  }

  assert {
    condition     = sort(keys(aws_vpc_security_group_ingress_rule.load_balancer)) == tolist(["10.0.0.0/8:443", "10.0.0.0/8:80"])
    error_message = "Ingress must be limited to ingress_cidrs on ports 443 and 80."
  }
  assert {
    condition     = sort(keys(aws_vpc_security_group_ingress_rule.tasks)) == tolist(["own:8080", "own:9080", "own:9081"]) && alltrue([for rule in aws_vpc_security_group_ingress_rule.tasks : rule.cidr_ipv4 == null && rule.referenced_security_group_id != null])
    error_message = "Tasks must admit only the load balancer, on the services' ports."
  }
  assert {
    condition     = sort(keys(aws_vpc_security_group_egress_rule.load_balancer)) == tolist(["8080", "9080", "9081"])
    error_message = "The load balancer must reach only those ports."
  }
}

run "reaches_tasks_in_other_security_groups" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/api/auth", priority = 10, drain_seconds = 120, security_groups = ["sg-0f607182"] }
      pdf  = { port = 8080, path_prefix = "/api/pdf", priority = 20, security_groups = ["sg-0f607182"] }
    }
    further_ports = [9090]
  }

  assert {
    condition     = { for name, rule in aws_vpc_security_group_egress_rule.load_balancer_to_foreign_groups : name => rule.from_port } == { "8080" = 8080, "9090" = 9090 }
    error_message = "The load balancer needs one egress rule for each of their ports."
  }

  assert {
    condition     = { for name, group in aws_lb_target_group.this : name => group.deregistration_delay } == { auth = "120", pdf = "15" }
    error_message = "The deregistration delay must match the time the task keeps running."
  }
}

run "serves_plain_http_if_allowed" {
  command = plan
  variables {
    certificate_arn  = null
    allow_plain_http = true
  }

  assert {
    condition     = length(aws_lb_listener.https) == 0 && aws_lb_listener.http[0].default_action[0].type == "fixed-response"
    error_message = "There must be one listener, and it must serve."
  }
  assert {
    condition     = sort(keys(aws_vpc_security_group_ingress_rule.load_balancer)) == tolist(["0.0.0.0/0:80"])
    error_message = "Port 443 must be closed if nothing listens on it."
  }
}

run "sets_access_logs_and_deletion_protection" {
  command = plan
  variables {
    access_logs         = { bucket = "logs" }
    deletion_protection = true
  }

  assert {
    condition     = aws_lb.this[0].access_logs[0].bucket == "logs" && aws_lb.this[0].access_logs[0].enabled && aws_lb.this[0].enable_deletion_protection
    error_message = "The load balancer must have both settings."
  }
}

run "uses_an_existing_listener" {
  command = plan
  variables {
    existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210"
    certificate_arn       = null
    subnets               = []
  }

  assert {
    condition     = length(aws_lb.this) == 0 && length(aws_lb_listener.http) == 0 && length(aws_lb_listener.https) == 0
    error_message = "It must create no load balancer."
  }
  assert {
    condition     = aws_lb_listener_rule.this["auth"].listener_arn == "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210"
    error_message = "The rules must belong to the existing listener."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks["sg-0e5f6071:8080"].referenced_security_group_id == "sg-0e5f6071"
    error_message = "The tasks must admit its load balancer."
  }
}

run "admits_the_named_groups_of_an_existing_load_balancer" {
  command = plan
  variables {
    existing_listener_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:listener/app/theirs/0123456789abcdef/fedcba9876543210"
    security_groups       = ["sg-0e5f6071", "sg-0f607182"]
    certificate_arn       = null
    subnets               = []
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.tasks : key => rule.referenced_security_group_id if rule.from_port == 8080 } == { "0:8080" = "sg-0e5f6071", "1:8080" = "sg-0f607182" }
    error_message = "The keys must not contain the IDs, which may be unknown."
  }
}

run "refuses_plain_http_without_allow_plain_http" {
  command = plan
  variables {
    certificate_arn = null
  }
  expect_failures = [aws_lb.this]
}

run "refuses_a_load_balancer_in_one_zone" {
  command = plan
  variables {
    subnets = ["subnet-0a1b2c3d"]
  }
  expect_failures = [aws_lb.this]
}

run "refuses_a_bad_port" {
  command = plan
  variables {
    services = { auth = { port = 65536, path_prefix = "/api/auth", priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_a_duplicate_priority" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/api/auth", priority = 10 }
      pdf  = { port = 9080, path_prefix = "/api/pdf", priority = 10 }
    }
  }
  expect_failures = [var.services]
}

# Terraform review, finding 12: ELB changes rules one by one, so each of these failed with PriorityInUse in every apply.
run "refuses_swapped_priorities" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/api/auth", priority = 20 }
      pdf  = { port = 9080, path_prefix = "/api/pdf", priority = 10 }
    }
    previous_priorities = { auth = 10, pdf = 20 }
  }
  expect_failures = [aws_lb_listener_rule.this]
}

run "refuses_a_priority_inserted_before_others" {
  command = plan
  variables {
    services = {
      auth  = { port = 8080, path_prefix = "/api/auth", priority = 20 }
      pdf   = { port = 9080, path_prefix = "/api/pdf", priority = 30 }
      users = { port = 8081, path_prefix = "/api/users", priority = 10 }
    }
    previous_priorities = { auth = 10, pdf = 20 }
  }
  expect_failures = [aws_lb_listener_rule.this]
}

run "refuses_the_priority_of_a_renamed_service" {
  command = plan
  variables {
    services            = { login = { port = 8080, path_prefix = "/api/login", priority = 10 } }
    previous_priorities = { auth = 10 }
  }
  expect_failures = [aws_lb_listener_rule.this]
}

run "moves_a_priority_to_an_unused_number" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/api/auth", priority = 30 }
      pdf  = { port = 9080, path_prefix = "/api/pdf", priority = 20 }
    }
    previous_priorities = { auth = 10, pdf = 20 }
  }

  assert {
    condition     = aws_lb_listener_rule.this["auth"].priority == 30
    error_message = "An unused number must be accepted."
  }
}

run "refuses_a_path_that_another_rule_matches_first" {
  command = plan
  variables {
    services = {
      auth  = { port = 8080, path_prefix = "/api/auth", priority = 10 }
      admin = { port = 9080, path_prefix = "/api/auth/admin", priority = 20 }
    }
  }
  expect_failures = [var.services]
}

run "refuses_a_path_with_a_wildcard" {
  command = plan
  variables {
    services = { auth = { port = 8080, path_prefix = "/api/auth/*", priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_a_name_over_32_characters" {
  command = plan
  variables {
    workspace = "development1"
    services  = { "a-service-with-long-name" = { port = 8080, path_prefix = "/api/long", priority = 10 } }
  }
  expect_failures = [var.services]
}

run "refuses_an_old_tls_policy" {
  command = plan
  variables {
    tls_policy = "ELBSecurityPolicy-2016-08"
  }
  expect_failures = [var.tls_policy]
}

run "refuses_a_health_check_timeout_above_its_interval" {
  command = plan
  variables {
    services = { auth = { port = 8080, path_prefix = "/api/auth", priority = 10, health_check = { interval_seconds = 5, timeout_seconds = 5 } } }
  }
  expect_failures = [var.services]
}

run "refuses_invalid_addresses" {
  command = plan
  variables {
    ingress_cidrs = ["anywhere"]
  }
  expect_failures = [var.ingress_cidrs]
}

# Terraform review, finding 24.
run "admits_prefix_lists_security_groups_and_ipv6" {
  command = plan
  variables {
    ip_address_type         = "dualstack"
    ingress_cidrs           = []
    ingress_ipv6_cidrs      = ["2001:db8::/32"]
    ingress_prefix_lists    = ["pl-0a1b2c3d"]
    ingress_security_groups = ["sg-0e5f6071"]
    http_listener           = false
  }

  assert {
    condition = {
      for key, rule in aws_vpc_security_group_ingress_rule.load_balancer : key => jsonencode([rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.referenced_security_group_id])
      } == {
      "2001:db8::/32:443"    = jsonencode([null, "2001:db8::/32", null, null])
      "prefix-list-0:443"    = jsonencode([null, null, "pl-0a1b2c3d", null])
      "security-group-0:443" = jsonencode([null, null, null, "sg-0e5f6071"])
    }
    error_message = "Only these sources may connect, and only to port 443."
  }
  assert {
    condition     = length(aws_lb_listener.http) == 0 && aws_lb.this[0].ip_address_type == "dualstack" && aws_vpc_security_group_egress_rule.tasks_ipv6[0].cidr_ipv6 == "::/0"
    error_message = "Port 80 must be closed, and both address families served."
  }
}

run "refuses_a_load_balancer_that_admits_no_client" {
  command = plan
  variables {
    ingress_cidrs = []
  }
  expect_failures = [aws_lb.this]
}

run "refuses_ipv6_sources_without_dual_stack" {
  command = plan
  variables {
    ingress_ipv6_cidrs = ["2001:db8::/32"]
  }
  expect_failures = [var.ingress_ipv6_cidrs]
}

run "routes_by_host_and_at_the_root" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/api/auth", priority = 10 }
      site = { port = 8081, path_prefix = "/", host_headers = ["www.example.com", "*.example.org"], priority = 20 }
      rest = { port = 8082, path_prefix = "/", priority = 30 }
    }
  }

  assert {
    condition = {
      for name, rule in aws_lb_listener_rule.this : name => sort(flatten([for condition in rule.condition : concat(tolist(condition.path_pattern)[*].values, tolist(condition.host_header)[*].values)]))
    } == { auth = tolist(["/api/auth", "/api/auth/*"]), site = tolist(["*.example.org", "/*", "www.example.com"]), rest = tolist(["/*"]) }
    error_message = "Rules must match the hosts and the paths."
  }
}

run "refuses_the_root_of_every_host_before_a_host" {
  command = plan
  variables {
    services = {
      site = { port = 8081, path_prefix = "/", host_headers = ["www.example.com"], priority = 30 }
      rest = { port = 8082, path_prefix = "/", priority = 20 }
    }
  }
  expect_failures = [var.services]
}

run "refuses_more_hosts_than_a_rule_takes" {
  command = plan
  variables {
    services = { auth = { port = 8080, path_prefix = "/api/auth", priority = 10, host_headers = ["a.example.com", "b.example.com", "c.example.com", "d.example.com"] } }
  }
  expect_failures = [var.services]
}

# Terraform review, finding 31.
run "sets_protocols_stickiness_health_checks_and_the_idle_timeout" {
  command = plan
  variables {
    idle_timeout_seconds = 300
    services = {
      auth = {
        port               = 8443
        path_prefix        = "/api/auth"
        priority           = 10
        protocol           = "HTTPS"
        protocol_version   = "GRPC"
        ip_address_type    = "ipv6"
        stickiness_seconds = 3600
        health_check       = { path = "/AWS.ALB/healthcheck", matcher = "0", healthy_threshold = 5, port = 9000, protocol = "HTTP" }
      }
    }
  }

  assert {
    condition     = [for group in [aws_lb_target_group.this["auth"]] : [group.protocol, group.protocol_version, group.ip_address_type, group.stickiness[0].enabled, group.stickiness[0].cookie_duration]][0] == ["HTTPS", "GRPC", "ipv6", true, 3600]
    error_message = "The target group must have these settings."
  }
  assert {
    condition     = [for check in aws_lb_target_group.this["auth"].health_check : [check.healthy_threshold, check.port, check.protocol, check.matcher]][0] == [5, "9000", "HTTP", "0"]
    error_message = "The health check must have these settings."
  }
  assert {
    condition     = aws_lb.this[0].idle_timeout == 300 && length(aws_vpc_security_group_egress_rule.tasks_ipv6) == 1
    error_message = "The load balancer must wait 300 s, and IPv6 tasks must reach the registry."
  }
}

run "has_no_cookie_by_default" {
  command = plan

  assert {
    condition     = aws_lb_target_group.this["auth"].stickiness[0].enabled == false && aws_lb_target_group.this["auth"].protocol == "HTTP" && aws_lb.this[0].idle_timeout == 60
    error_message = "The defaults must be those of ELB."
  }
}

run "refuses_an_unknown_protocol" {
  command = plan
  variables {
    services = { auth = { port = 8080, path_prefix = "/api/auth", priority = 10, protocol = "TCP" } }
  }
  expect_failures = [var.services]
}

run "refuses_an_idle_timeout_over_elbs_maximum" {
  command = plan
  variables {
    idle_timeout_seconds = 4001
  }
  expect_failures = [var.idle_timeout_seconds]
}

run "protects_the_load_balancer_with_a_web_acl" {
  command = plan
  variables {
    web_acl = { arn = "arn:aws:wafv2:us-east-2:123456789012:regional/webacl/engines/0a1b2c3d" }
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].web_acl_arn == "arn:aws:wafv2:us-east-2:123456789012:regional/webacl/engines/0a1b2c3d"
    error_message = "The web ACL must be associated."
  }
}

run "has_target_groups_in_the_load_balancers_vpc" {
  command = plan
  variables {
    load_balancer_vpc_id = "vpc-0e5f6071"
  }

  assert {
    condition     = aws_lb_target_group.this["auth"].vpc_id == "vpc-0e5f6071" && aws_security_group.load_balancer[0].vpc_id == "vpc-0e5f6071" && aws_security_group.tasks.vpc_id == "vpc-0a1b2c3d"
    error_message = "Only the tasks' security group belongs to the tasks' VPC."
  }
}

run "forwards_services_with_wake_to_two_groups" {
  command = plan
  variables {
    activator_target_group_arn = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/start-engines-wake-dev/0123456789abcdef"
    services = {
      auth  = { port = 8080, path_prefix = "/api/auth", priority = 10, wake = true }
      pdf   = { port = 9080, path_prefix = "/api/pdf", priority = 20 }
      users = { port = 8081, path_prefix = "/api/users", priority = 30, wake = true, begins_at_service = true }
    }
  }

  assert {
    condition = { for name, rule in aws_lb_listener_rule.this : name => { for group in flatten(rule.action[0].forward[*].target_group) : group.arn => group.weight } if name != "pdf" } == {
      auth  = { (aws_lb_target_group.this["auth"].arn) = 0, (var.activator_target_group_arn) = 1 }
      users = { (aws_lb_target_group.this["users"].arn) = 1, (var.activator_target_group_arn) = 0 }
    }
    error_message = "A rule must begin at the activator, or at the service if its live mapping has no wake."
  }
  assert {
    condition     = aws_lb_listener_rule.this["pdf"].action[0].target_group_arn == aws_lb_target_group.this["pdf"].arn && length(aws_lb_listener_rule.this["pdf"].action[0].forward) == 0
    error_message = "A rule without wake must forward to the service only."
  }
  assert {
    condition     = aws_lb_target_group.this["auth"].tags == tomap({ "start-engines:wake" = "true" }) && aws_lb_target_group.this["pdf"].tags == null
    error_message = "The tag replaces the rule when wake is switched on or off."
  }
}

run "refuses_stickiness_with_wake" {
  command = plan
  variables {
    services = { auth = { port = 8080, path_prefix = "/api/auth", priority = 10, wake = true, stickiness_seconds = 60 } }
  }
  expect_failures = [var.services]
}

run "refuses_one_path_for_two_services_with_wake" {
  command = plan
  variables {
    services = {
      auth = { port = 8080, path_prefix = "/", priority = 10, wake = true, host_headers = ["a.example.com"] }
      pdf  = { port = 9080, path_prefix = "/", priority = 20, wake = true, host_headers = ["b.example.com"] }
    }
  }
  expect_failures = [var.services]
}
# Terraform review, finding 13.
run "prefixes_target_groups_and_shortens_long_names_with_a_hash" {
  command = plan
  variables {
    target_group_prefix = "engines-platform-"
    services = {
      auth             = { port = 8080, path_prefix = "/api/auth", priority = 10, drain_seconds = 15 }
      a-very-long-name = { port = 8081, path_prefix = "/api/long", priority = 20, drain_seconds = 15 }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["auth"].name == "engines-platform-auth-dev"
    error_message = "The prefix must come first: ${aws_lb_target_group.this["auth"].name}"
  }
  assert {
    condition     = aws_lb_target_group.this["a-very-long-name"].name == "engines-platform-a-very-${substr(sha1("engines-platform-a-very-long-name-dev"), 0, 8)}"
    error_message = "A long name must end with a hash: ${aws_lb_target_group.this["a-very-long-name"].name}"
  }
}
