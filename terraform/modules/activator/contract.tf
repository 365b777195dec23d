# Shared with the function and the command line. Generated from packages/core/src/model/contract.ts.
locals {
  contract = jsondecode(file("${path.module}/../start-engines/contract.json"))
}
