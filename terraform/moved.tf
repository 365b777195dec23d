# For states older than modules/start-engines, whose submodules were modules of the root.
moved {
  from = module.alb
  to   = module.start_engines.module.alb
}

moved {
  from = module.service_mappings
  to   = module.start_engines.module.service_mappings
}

moved {
  from = module.iam
  to   = module.start_engines.module.iam
}

moved {
  from = module.lambda
  to   = module.start_engines.module.lambda
}

moved {
  from = module.eventbridge
  to   = module.start_engines.module.eventbridge
}

moved {
  from = module.scheduler
  to   = module.start_engines.module.scheduler
}

moved {
  from = module.http_api
  to   = module.start_engines.module.http_api
}

moved {
  from = module.state_machine
  to   = module.start_engines.module.state_machine
}

moved {
  from = module.observability
  to   = module.start_engines.module.observability
}
