# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the command line, of serving, of backups and of the demo."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class PortInUse(RollkeeperError):
    """Another program listens where an app should."""

    code = "port_in_use"
    kind = Kind.MALFORMED
    sentence = "Port {port} on {host}, for the {app}, cannot be used: {why}."
    remedy = "Stop the program that uses it, or choose another with --port (each app takes the next port)."


class UnknownHost(RollkeeperError):
    """The host to listen on is no address of this machine."""

    code = "unknown_host"
    kind = Kind.MALFORMED
    sentence = "This machine cannot listen on '{host}': {why}."
    remedy = "Use 127.0.0.1 for this machine alone, or one of its own addresses."


class AppDidNotStart(RollkeeperError):
    """An app's process ended or did not answer."""

    code = "app_did_not_start"
    kind = Kind.INTERNAL
    sentence = "The {app} did not start: {why}."
    remedy = "See {log}; then run 'rollkeeper doctor'."


class AssetsMissing(RollkeeperError):
    """The style sheet was never built."""

    code = "assets_missing"
    kind = Kind.MALFORMED
    sentence = "The pages' style sheet is not there: {file}."
    remedy = "Run 'make setup' once, with a network."


class DataDirInUse(RollkeeperError):
    """The demo was asked for in an instance that already holds something else."""

    code = "data_dir_in_use"
    kind = Kind.CONFLICT
    sentence = "The directory {data_dir} is in use and does not hold the demo."
    remedy = (
        "Set ROLLKEEPER_HOME to a new directory for the demo, or use 'rollkeeper serve' for this instance."
    )


class DemoInProgress(RollkeeperError):
    """Somebody else makes the demo in this instance."""

    code = "demo_in_progress"
    kind = Kind.CONFLICT
    sentence = "Another process is making the demo in {data_dir}."
    remedy = "Wait until it is done, then run this again; or set ROLLKEEPER_HOME to another folder."


class InstanceKindMismatch(RollkeeperError):
    """A demo instance is never made a production instance, nor the other way round."""

    code = "instance_kind_mismatch"
    kind = Kind.CONFLICT
    sentence = "{data_dir} is a {kind} instance and cannot become a {asked} instance."
    remedy = "Set ROLLKEEPER_HOME to a new directory, or use this instance as what it is."


class ExternalDatabases(RollkeeperError):
    """The stores lie on servers that are not this instance's own."""

    code = "external_databases"
    kind = Kind.REFUSED
    sentence = "The register or the keys lie on a server of yours, which this command does not copy."
    remedy = "Back them up with that server's own tools, the keys apart and one copy alone: docs/runbook/own-servers.md says how."


class EmbeddedDatabases(RollkeeperError):
    """The stores are this instance's own, which a restore brings back whole."""

    code = "embedded_databases"
    kind = Kind.REFUSED
    sentence = "The register and the keys lie on this instance's own servers."
    remedy = "Use 'rollkeeper restore': it does this at its end."


class BackupDamaged(RollkeeperError):
    """A backup is not there, not whole or not what it should be."""

    code = "backup_damaged"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}."
    remedy = "Name the folder that 'rollkeeper backup' wrote, or use the backup before this one."


class BackupsFromDifferentInstances(RollkeeperError):
    """The backup of the keys belongs to another register."""

    code = "backups_from_different_instances"
    kind = Kind.CONFLICT
    sentence = "{keys} and {register} are backups of two different instances: together they open no record."
    remedy = "Take both from the same folder."


class DataDirNotEmpty(RollkeeperError):
    """A backup is restored into a new instance only."""

    code = "data_dir_not_empty"
    kind = Kind.CONFLICT
    sentence = "The data directory {data_dir} is in use, or a restore into it was interrupted."
    remedy = "Set ROLLKEEPER_HOME to a folder that is empty or not there yet."


class SecretsMissing(RollkeeperError):
    """What was kept apart at the key ceremony was not given."""

    code = "secrets_missing"
    kind = Kind.MALFORMED
    sentence = "{folder} holds no {wanted}."
    remedy = "Name the folder with what was kept apart from the backups: docs/runbook/key-ceremony.md."


class RootUrlMissing(RollkeeperError):
    """The backed-up instance had a key service; its address is not taken on trust from a backup."""

    code = "root_url_missing"
    kind = Kind.MALFORMED
    sentence = "This instance's root of trust was a key service, and its address was not given."
    remedy = "Give it with --root-url; the tokens belong into the folder of --secrets."


class ServersInUse(RollkeeperError):
    """Something still works with the servers whose passwords should change."""

    code = "servers_in_use"
    kind = Kind.CONFLICT
    sentence = "The servers of {data_dir} are in use; no password was changed."
    remedy = "Stop 'rollkeeper serve' and every other command of this instance, then run it again."
