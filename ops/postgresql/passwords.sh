#!/bin/sh
# Makes a password for each role of both servers, into the files that Rollkeeper reads (mode 0600) and into the environment for psql:
#   . ops/postgresql/passwords.sh REGISTER_HOST REGISTER_PORT KEYS_HOST KEYS_PORT
# ROLLKEEPER_HOME names the data directory. A file that is there already is kept, and its password used.
set -eu
umask 077
mkdir -p "$ROLLKEEPER_HOME/secrets"
rollkeeper_password() {
    file="$ROLLKEEPER_HOME/secrets/$1-$2.pgpass"
    [ -e "$file" ] || printf '%s:%s:rollkeeper_%s:%s:%s\n' "$3" "$4" "$1" "$2" "$(openssl rand -hex 24)" > "$file"
    made=$(cut -d: -f5 "$file")
    export "$(printf '%s_%s' "$1" "$2" | tr '[:lower:]' '[:upper:]')=$made"
}
for role in migrator counter backoffice portal worker vault auditor; do rollkeeper_password register $role "$1" "$2"; done
for role in migrator sealer vault ledger; do rollkeeper_password keys $role "$3" "$4"; done
unset made file
