# For the hour of a rotation: a new version, and the end of the older ones.
path "transit/keys/rollkeeper-epochs" { capabilities = ["read"] }
path "transit/keys/rollkeeper-epochs/rotate" { capabilities = ["update"] }
path "transit/keys/rollkeeper-epochs/config" { capabilities = ["update"] }
path "transit/keys/rollkeeper-epochs/trim" { capabilities = ["update"] }
