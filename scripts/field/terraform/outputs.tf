output "resources" {
  description = "What the probes work with: FieldResources in scripts/field/probes/world.ts."

  value = {
    prefix         = local.prefix
    cluster        = aws_ecs_cluster.this.name
    taskDefinition = aws_ecs_task_definition.this["web"].family
    unpullable     = aws_ecs_task_definition.this["unpullable"].family
    subnets        = aws_subnet.this[*].id
    securityGroup  = aws_security_group.this.id
    assignPublicIp = "ENABLED"
    listenerArn    = aws_lb_listener.this.arn
    url            = "http://${aws_lb.this.dns_name}"
    groups         = local.groups
    switchRuleArn  = aws_lb_listener_rule.forward["/switch"].arn
    functionName   = aws_lambda_function.this.function_name
  }

  # The probes need the routes to the tasks' images, the function's target and its permissions too.
  depends_on = [
    aws_route_table_association.this,
    aws_lb_target_group_attachment.function,
    aws_lb_listener_rule.fixed,
    aws_cloudwatch_event_target.this,
    aws_lambda_permission.events,
  ]
}
