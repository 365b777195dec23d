terraform {
  # The bucket is in `backend.hcl`, which is yours (`backend.hcl.example`). docs/terraform.md says how to do without.
  backend "s3" {
    key          = "start-engines.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
