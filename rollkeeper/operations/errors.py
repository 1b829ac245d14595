# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the command line, of serving, of backups and of the demo."""

from rollkeeper.kernel.errors import Kind, Refusal

PORT_IN_USE = Refusal(
    "port_in_use",
    Kind.MALFORMED,
    "Port {port} on {host}, for the {app}, cannot be used: {why}.",
    "Stop the program that uses it, or choose another with --port (each app takes the next port).",
)
UNKNOWN_HOST = Refusal(
    "unknown_host",
    Kind.MALFORMED,
    "This machine cannot listen on '{host}': {why}.",
    "Use 127.0.0.1 for this machine alone, or one of its own addresses.",
)
APP_DID_NOT_START = Refusal(
    "app_did_not_start",
    Kind.INTERNAL,
    "The {app} did not start: {why}.",
    "See {log}; then run 'rollkeeper doctor'.",
)
ASSETS_MISSING = Refusal(
    "assets_missing",
    Kind.MALFORMED,
    "The pages' style sheet is not there: {file}.",
    "Run 'make setup' once, with a network.",
)
DATA_DIR_IN_USE = Refusal(
    "data_dir_in_use",
    Kind.CONFLICT,
    "The directory {data_dir} is in use and does not hold the demo.",
    "Set ROLLKEEPER_HOME to a new directory for the demo, or use 'rollkeeper serve' for this instance.",
)
DEMO_IN_PROGRESS = Refusal(
    "demo_in_progress",
    Kind.CONFLICT,
    "Another process is making the demo in {data_dir}.",
    "Wait until it is done, then run this again; or set ROLLKEEPER_HOME to another folder.",
)
INSTANCE_KIND_MISMATCH = Refusal(
    "instance_kind_mismatch",
    Kind.CONFLICT,
    "{data_dir} is a {kind} instance and cannot become a {asked} instance.",
    "Set ROLLKEEPER_HOME to a new directory, or use this instance as what it is.",
)
EXTERNAL_DATABASES = Refusal(
    "external_databases",
    Kind.REFUSED,
    "The register or the keys lie on a server of yours, which this command does not copy.",
    "Back them up with that server's own tools, the keys apart and one copy alone: docs/runbook/own-servers.md says how.",
)
EMBEDDED_DATABASES = Refusal(
    "embedded_databases",
    Kind.REFUSED,
    "The register and the keys lie on this instance's own servers.",
    "Use 'rollkeeper restore': it does this at its end.",
)
BACKUP_DAMAGED = Refusal(
    "backup_damaged",
    Kind.MALFORMED,
    "{file}: {why}.",
    "Name the folder that 'rollkeeper backup' wrote, or use the backup before this one.",
)
BACKUPS_FROM_DIFFERENT_INSTANCES = Refusal(
    "backups_from_different_instances",
    Kind.CONFLICT,
    "{keys} and {register} are backups of two different instances: together they open no record.",
    "Take both from the same folder.",
)
DATA_DIR_NOT_EMPTY = Refusal(
    "data_dir_not_empty",
    Kind.CONFLICT,
    "The data directory {data_dir} is in use, or a restore into it was interrupted.",
    "Set ROLLKEEPER_HOME to a folder that is empty or not there yet.",
)
SECRETS_MISSING = Refusal(
    "secrets_missing",
    Kind.MALFORMED,
    "{folder} holds no {wanted}.",
    "Name the folder with what was kept apart from the backups: docs/runbook/key-ceremony.md.",
)
# The address of a key service is not taken on trust from a backup.
ROOT_URL_MISSING = Refusal(
    "root_url_missing",
    Kind.MALFORMED,
    "This instance's root of trust was a key service, and its address was not given.",
    "Give it with --root-url; the tokens belong into the folder of --secrets.",
)
SERVERS_IN_USE = Refusal(
    "servers_in_use",
    Kind.CONFLICT,
    "The servers of {data_dir} are in use; no password was changed.",
    "Stop 'rollkeeper serve' and every other command of this instance, then run it again.",
)

DISK_FULL = Refusal(
    "disk_full",
    Kind.INTERNAL,
    "The disk is full: {place} could not be written.",
    "Make room and run the command again; what was not finished is taken up where it was.",
)
DATABASE_UNREACHABLE = Refusal(
    "database_unreachable",
    Kind.INTERNAL,
    "The database does not answer, or stopped answering; nothing was half done.",
    "See 'rollkeeper doctor' (and the settings register_url and keys_url), then run the command again.",
)
DATABASE_TIMEOUT = Refusal(
    "database_timeout",
    Kind.CONFLICT,
    "Another process worked on the same lines for too long; nothing was changed.",
    "Run it again in a minute.",
)
DATES_OUT_OF_ORDER = Refusal(
    "dates_out_of_order",
    Kind.MALFORMED,
    "The register already holds something later than the day of this call; nothing was changed.",
    "In a demo instance give a later day with --on; elsewhere set the clock of this machine right.",
)
FILE_ACCESS_REFUSED = Refusal(
    "file_access_refused",
    Kind.MALFORMED,
    "{place}: {why}.",
    "Give the right to that place or name another, then run the command again.",
)
NOT_UTF8 = Refusal(
    "not_utf8",
    Kind.MALFORMED,
    "What was given is no text in UTF-8: a byte at place {place} fits nowhere.",
    "Give text in UTF-8; a file of another kind or encoding is given by its name, not on standard input.",
)
INTERRUPTED = Refusal(
    "interrupted",
    Kind.REFUSED,
    "Stopped by Ctrl-C; nothing is half done.",
    "Run the same command again: it goes on where it was.",
)
UNEXPECTED_ERROR = Refusal(
    "unexpected_error",
    Kind.INTERNAL,
    "Something broke inside Rollkeeper ({what} in {place}).",
    "Nothing was half done. Run 'rollkeeper doctor'; tell the maintainers this sentence, which holds no data.",
)
