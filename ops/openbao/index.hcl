# Web apps. They hash, one number at a time, and do nothing else: a request for thousands would pass under any limit.
path "transit/hmac/rollkeeper-index/sha2-256" {
  capabilities      = ["update"]
  denied_parameters = { "batch_input" = [] }
}
