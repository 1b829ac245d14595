#!/bin/sh
# Makes a password for each role of both servers, into the files that Rollkeeper reads (mode 0600) and into the environment for psql:
#   export ROLLKEEPER_HOME=/srv/rollkeeper AT_REGISTER=register.db.example:5432 AT_KEYS=keys.db.example:5432
#   . ops/postgresql/passwords.sh
# A file that is there already is kept, and its password used.
rollkeeper_password() {
    file="${ROLLKEEPER_HOME:?}/secrets/$1-$2.pgpass"
    mkdir -p "$ROLLKEEPER_HOME/secrets"
    [ -e "$file" ] || ( umask 077 && printf '%s:rollkeeper_%s:%s:%s\n' "$3" "$1" "$2" "$(openssl rand -hex 24)" > "$file" )
    export "$(printf '%s_%s' "$1" "$2" | tr '[:lower:]' '[:upper:]')=$(cut -d: -f5 "$file")"
}
for role in migrator counter backoffice portal worker console vault vault_service auditor; do rollkeeper_password register $role "${AT_REGISTER:?}"; done
for role in migrator sealer vault ledger; do rollkeeper_password keys $role "${AT_KEYS:?}"; done
unset file role
