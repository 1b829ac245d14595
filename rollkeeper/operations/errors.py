# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the command line, of serving, of backups and of the demo."""

from rollkeeper.kernel.errors import Kind, Refusal

PORT_IN_USE = Refusal(
    "port_in_use",
    Kind.MALFORMED,
    "Port {port} on {host}, for the {app}, cannot be used: {why}.",
    "Stop the program that uses it, or choose another with --port, or with PORT= after 'make run' (each app takes the next port).",
)
NO_SUCH_PORT = Refusal(
    "no_such_port",
    Kind.MALFORMED,
    "Port {port}, for the {app}, does not exist: ports go from 1 to {highest}.",
    "Choose another with --port, or with PORT= after 'make run' (each app takes the next port).",
)
UNKNOWN_HOST = Refusal(
    "unknown_host",
    Kind.MALFORMED,
    "This machine cannot listen on '{host}': {why}.",
    "Use 127.0.0.1 for this machine alone, or one of its addresses.",
)
APP_DID_NOT_START = Refusal(
    "app_did_not_start",
    Kind.INTERNAL,
    "The {app} did not start: {why}.",
    "See {log}; then run 'rollkeeper doctor'.",
)
SERVED_BEFORE_SETUP = Refusal(
    "served_before_setup",
    Kind.CONFLICT,
    "The tables and rights of this instance are those of another version than this program's: no app is served.",
    "Run 'rollkeeper setup' with this program (docs/upgrading.md), or serve with the version that made them.",
)
SOCKETS_NOT_WRITABLE = Refusal(
    "sockets_not_writable",
    Kind.MALFORMED,
    "Nothing can be written to {folder}, where the processes of this instance answer whether they are ready: {why}.",
    "Let the user of this process write there; in a container, mount it without ':ro'.",
)
# An app that ran as root would read every key of the instance.
PROGRAM_NOT_READABLE = Refusal(
    "program_not_readable",
    Kind.MALFORMED,
    "The user {user}, as which an app is to run, cannot read the program: {program}.",
    "Install Rollkeeper where every user may read it, such as /opt/rollkeeper, or as an ordinary user (docs/operator.md).",
)
APP_NOT_HANDED_OVER = Refusal(
    "app_not_handed_over",
    Kind.CONFLICT,
    "{folder} has no password of the {app}.",
    "Let 'rollkeeper worker --hand-over' write this app's folder, and name that one with ROLLKEEPER_HOME.",
)
WHOLE_INSTANCE_HANDED_OVER = Refusal(
    "whole_instance_handed_over",
    Kind.CONFLICT,
    "{folder} has {file}, which no app may read.",
    "Name the folder that 'rollkeeper worker --hand-over' wrote for this app with ROLLKEEPER_HOME, not the whole instance.",
)
ASSETS_MISSING = Refusal(
    "assets_missing",
    Kind.MALFORMED,
    "The pages' style sheet is missing: {file}.",
    "Run 'make setup' once, with a network.",
)
DATA_DIR_IN_USE = Refusal(
    "data_dir_in_use",
    Kind.CONFLICT,
    "The directory {data_dir} is in use and does not contain the demo.",
    "Set ROLLKEEPER_HOME to a new directory for the demo, or use 'rollkeeper serve' for this instance.",
)
DEMO_IN_PROGRESS = Refusal(
    "demo_in_progress",
    Kind.CONFLICT,
    "Another process is making the demo in {data_dir}.",
    "Wait until it is done, then run this again; or set ROLLKEEPER_HOME to another folder.",
)
DEMO_CLOCK_BACKWARDS = Refusal(
    "demo_clock_backwards",
    Kind.REFUSED,
    "Something was done in this demo on {latest}: its clock cannot go back to {day}.",
    "Give that day or a later one, or make another demo instance (set ROLLKEEPER_HOME to a new folder).",
)
INSTANCE_OF_ANOTHER_VERSION = Refusal(
    "instance_of_another_version",
    Kind.CONFLICT,
    "The tables of this instance are those of another version of Rollkeeper: it made '{step}', which this version does not know. "
    "Nothing was changed.",
    "Use the version that last opened this instance, or a newer one; or restore a backup that this version made.",
)
INSTANCE_KIND_MISMATCH = Refusal(
    "instance_kind_mismatch",
    Kind.CONFLICT,
    "{data_dir} is a {kind} instance and cannot become a {asked} instance.",
    "Set ROLLKEEPER_HOME to a new directory, or use this instance as it is.",
)
EXTERNAL_DATABASES = Refusal(
    "external_databases",
    Kind.REFUSED,
    "The register or the keys are on your own server, which this command does not copy.",
    "Back them up with that server's own tools, the keys separately and only one copy: docs/runbook/own-servers.md says how.",
)
COPY_FROM_THE_FUTURE = Refusal(
    "copy_from_the_future",
    Kind.MALFORMED,
    "{at} is in the future: no copy can have been made then.",
    "Give the times at which the copies of register and keys were made, with their offset: 2012-03-02T09:30+08:00.",
)
PASSWORDS_OF_OWN_SERVERS = Refusal(
    "passwords_of_own_servers",
    Kind.REFUSED,
    "The register or the keys are on your own server, whose passwords are not renewed here.",
    "As superuser of that server, give each role a new password (ALTER ROLE ... PASSWORD), and write it into its file in secrets/: see ops/postgresql/.",
)
NOT_RESTORED = Refusal(
    "not_restored",
    Kind.CONFLICT,
    "This instance was not restored, or its restore is finished.",
    "With servers of your own, give --register-of and --keys-of.",
)
EMBEDDED_DATABASES = Refusal(
    "embedded_databases",
    Kind.REFUSED,
    "The register and the keys are on this instance's own servers.",
    "Leave --register-of and --keys-of out: 'rollkeeper restore' did this at its end.",
)
BACKUP_NEEDS_ROOM = Refusal(
    "backup_needs_room",
    Kind.REFUSED,
    "This backup was broken off: {place} has {free} free, and a backup leaves the register {reserve} to go on recording.",
    "Free more space there, or name a folder on another disk (docs/runbook/disk.md). Nothing of this backup is left behind, and the last one is still there.",
)
BACKUP_DAMAGED = Refusal(
    "backup_damaged",
    Kind.MALFORMED,
    "{file}: {why}.",
    "Name the folder that 'rollkeeper backup' wrote, or use the backup before this one.",
)
DOCUMENT_COPIES_MISSING = Refusal(
    "document_copies_missing",
    Kind.INTERNAL,
    "{count} copies of documents that the register knows are not in their store {place}: they stay in {kept}. All else was backed up.",
    "Is its disk mounted, and 'vault.documents_url' in settings.toml right? If they are lost, copy them back from the backup.",
)
BACKUP_OF_ANOTHER_INSTANCE = Refusal(
    "backup_of_another_instance",
    Kind.CONFLICT,
    "{folder} has the backups of another instance; that of {data_dir} would destroy its only backup of the keys. Nothing was written.",
    "Set ROLLKEEPER_HOME to the instance that you mean, or name a separate folder for this one's backups.",
)
BACKUP_IN_THE_INSTANCE = Refusal(
    "backup_in_the_instance",
    Kind.REFUSED,
    "{folder} is in the data directory of the instance: the backup would be lost with it. Nothing was written.",
    "Name a folder on another disk or machine.",
)
BACKUP_OF_UNFINISHED_RESTORE = Refusal(
    "backup_of_unfinished_restore",
    Kind.CONFLICT,
    "{data_dir} was restored and its restore is not finished: its backup would destroy the only backup of the keys, which are newer. Nothing was written.",
    "If it replaces the other instance, run 'rollkeeper finish-restore' first; else name a separate folder.",
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
    "Set ROLLKEEPER_HOME to an empty or new directory.",
)
RESTORE_INTERRUPTED = Refusal(
    "restore_interrupted",
    Kind.CONFLICT,
    "The restore into {data_dir} is not complete: who was erased since the backup may be in it again.",
    "Wait for 'rollkeeper restore'. If it was interrupted, run it again with the same ROLLKEEPER_HOME: it begins from nothing.",
)
SECRETS_MISSING = Refusal(
    "secrets_missing",
    Kind.MALFORMED,
    "{folder} has no {wanted}.",
    "Name the folder with what was kept apart from the backups: docs/runbook/key-ceremony.md.",
)
# The address of a key service is not taken on trust from a backup.
ROOT_URL_MISSING = Refusal(
    "root_url_missing",
    Kind.MALFORMED,
    "This instance's root of trust was a key service, and its address was not given.",
    "Give it with --root-url; the tokens belong in the directory of --secrets.",
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
    "Free some space and run the command again; it continues where it stopped.",
)
DATABASE_UNREACHABLE = Refusal(
    "database_unreachable",
    Kind.INTERNAL,
    "The database does not answer, or stopped answering; nothing was changed.",
    "'rollkeeper doctor' says which one and why. Start it, or mend 'instance.register_url' and 'instance.keys_url', then run the command again.",
)
NO_INSTANCE = Refusal(
    "no_instance",
    Kind.MALFORMED,
    "There is no instance in {data_dir}.",
    "Set ROLLKEEPER_HOME to the folder of one, or make one: 'rollkeeper setup --production', or 'rollkeeper demo' to try it.",
)
SETUP_NOT_DONE = Refusal(
    "setup_not_done",
    Kind.CONFLICT,
    "The instance in {data_dir} is not made yet, or only in part.",
    "Run 'rollkeeper setup', for a production instance with --production; if that was interrupted, it continues.",
)
SETUP_UNANSWERED = Refusal(
    "setup_unanswered",
    Kind.MALFORMED,
    "A production instance needs these settings: {settings}. Nothing was created.",
    "Type the command at a terminal, which asks; or write them into a file and give it with --answers (docs/install.md).",
)
DATABASE_TIMEOUT = Refusal(
    "database_timeout",
    Kind.CONFLICT,
    "Another process worked on the same lines for too long; nothing was changed.",
    "Run it again in a minute.",
)
SETUP_HELD_UP = Refusal(
    "setup_held_up",
    Kind.CONFLICT,
    "Another session's open transaction holds up this setup. The oldest that are open: {open}.",
    "Stop the programs that use this instance, or end that session as the server's superuser; then run the command again, which continues.",
)
DATES_OUT_OF_ORDER = Refusal(
    "dates_out_of_order",
    Kind.MALFORMED,
    "The register already has entries later than the day of this call; nothing was changed.",
    "In a demo instance give a later day with --on; otherwise correct the clock of this machine.",
)
FILE_ACCESS_REFUSED = Refusal(
    "file_access_refused",
    Kind.MALFORMED,
    "{place}: {why}.",
    "Grant access to that path or name another, then run the command again.",
)
INSTANCE_OF_ANOTHER_USER = Refusal(
    "instance_of_another_user",
    Kind.MALFORMED,
    "{data_dir} belongs to the user {owner}, and you are {user}: {place} cannot be used.",
    "Run the command as that user or as root, or set ROLLKEEPER_HOME to an instance that is yours.",
)
NOT_UTF8 = Refusal(
    "not_utf8",
    Kind.MALFORMED,
    "The input is not UTF-8 text: the byte at position {place} is invalid.",
    "Give UTF-8 text; name a file of another kind or encoding instead of using standard input.",
)
INTERRUPTED = Refusal(
    "interrupted",
    Kind.REFUSED,
    "Stopped by Ctrl-C; nothing is half done.",
    "Run the same command again: it continues where it stopped.",
)
UNEXPECTED_ERROR = Refusal(
    "unexpected_error",
    Kind.INTERNAL,
    "An internal error occurred in Rollkeeper ({what} in {place}).",
    "Nothing was half done. Run 'rollkeeper doctor'; tell the maintainers this sentence, which contains no data.",
)
CALL_LACKS_SOMETHING = Refusal(
    "call_lacks_something",
    Kind.MALFORMED,
    "'{command}' needs {name}.",
    "Type: {usage}. '{command} --help' says more.",
)
CALL_HAS_WRONG_VALUE = Refusal(
    "call_has_wrong_value",
    Kind.MALFORMED,
    "'{command}' cannot use what was given for {name}: {why}.",
    "Type: {usage}. '{command} --help' says more.",
)
CALL_IS_WRONG = Refusal(
    "call_is_wrong",
    Kind.MALFORMED,
    "'{command}': {why}.",
    "Type: {usage}. '{command} --help' says more.",
)
CALL_HAS_WRONG_CHOICE = Refusal(
    "call_has_wrong_choice",
    Kind.MALFORMED,
    "'{command}' takes for {name} only: {choices}.",
    "Type: {usage}. '{command} --help' says more.",
)
CALL_HAS_TOO_MANY_WORDS = Refusal(
    "call_has_too_many_words",
    Kind.MALFORMED,
    "'{command}' was given more words than it takes.",
    "Type: {usage}. A value with blanks goes into quotation marks.",
)
NO_SUCH_OPTION = Refusal(
    "no_such_option",
    Kind.MALFORMED,
    "'{command}' has no option of this name.",
    "Type: {usage}. '{command} --help' says more.",
)
NO_SUCH_COMMAND = Refusal(
    "no_such_command",
    Kind.MALFORMED,
    "'{command}' has no command of this name.",
    "'{command} --help' lists its commands.",
)
NO_SUCH_COMMAND_BUT_ANOTHER = Refusal(
    "no_such_command_but_another",
    Kind.MALFORMED,
    "'{command}' has no command of this name.",
    "Did you mean {near}? '{command} --help' lists its commands.",
)
