# Whoever looks up: commands and web faces. It hashes and does nothing else.
path "transit/hmac/rollkeeper-index/sha2-256" { capabilities = ["update"] }
