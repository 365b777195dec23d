provider "aws" {
  region = var.region
}

data "aws_route53_zone" "this" {
  name = var.zone_name
}

resource "aws_acm_certificate" "this" {
  domain_name       = var.host_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = one(aws_acm_certificate.this.domain_validation_options).resource_record_name
  type    = one(aws_acm_certificate.this.domain_validation_options).resource_record_type
  records = [one(aws_acm_certificate.this.domain_validation_options).resource_record_value]
  ttl     = 60
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}

module "start_engines" {
  source = "../../modules/start-engines"

  workspace    = var.workspace
  vpc_id       = var.vpc_id
  task_subnets = var.task_subnets

  load_balancer = {
    subnets         = var.load_balancer_subnets
    certificate_arn = aws_acm_certificate_validation.this.certificate_arn
    ingress_cidrs   = var.client_cidrs
  }

  services = {
    reports = {
      cluster         = var.cluster
      task_definition = "reports"
      task_role_arns  = var.task_role_arns
      port            = 8080
      path_prefix     = "/"
      priority        = 100
      wait            = "healthy"
    }
  }

  function = { runtime = var.runtime }
}

resource "aws_route53_record" "this" {
  zone_id = data.aws_route53_zone.this.zone_id
  name    = var.host_name
  type    = "A"

  alias {
    name                   = module.start_engines.load_balancer_dns_name
    zone_id                = module.start_engines.load_balancer_zone_id
    evaluate_target_health = false
  }
}
