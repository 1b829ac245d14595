# Commands that seal in bulk and open. They can use the newest version and not change, read or remove the key.
path "transit/encrypt/rollkeeper-epochs" { capabilities = ["update"] }
path "transit/decrypt/rollkeeper-epochs" { capabilities = ["update"] }
path "transit/keys/rollkeeper-epochs" { capabilities = ["read"] }
# Imports hash millions of numbers.
path "transit/hmac/rollkeeper-index/sha2-256" { capabilities = ["update"] }
