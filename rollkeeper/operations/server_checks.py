# SPDX-License-Identifier: EUPL-1.2
"""Checks whether the two servers answer; if one does not, nothing else can be checked, and the doctor says only that.

Then it looks at their settings: what they may write into their logs, and whether a lock may outlive its session.
"""

from collections.abc import Iterator
from typing import Final

import psycopg

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import KeysRole, Role
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import is_made
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.platform import embedded_postgres

NEW_PASSWORDS: Final = "Stop every process of the instance and run 'rollkeeper setup --new-passwords': docs/runbook/lost-passwords.md."
_UNHANG: Final = "Run 'rollkeeper setup', which stops it at once and starts it: docs/runbook/servers.md."
_SILENT: Final = {
    "log_statement": "none", "log_error_verbosity": "terse", "log_min_error_statement": "panic", "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
}  # fmt: skip
"""With these no line of a server's log holds a value of a row."""
_PREPARED: Final = "max_prepared_transactions"


def examine_servers() -> list[Finding]:
    """Name, within seconds, each server that hangs or does not answer: opening the instance would wait for it."""
    if _are_the_operators():
        return _silent()
    return _hanging() or (_locked() if is_made() else [])


def of_lost_connection(fault: psycopg.OperationalError) -> Finding:
    """Say which server refused or ended a connection, in its own words, which tell nothing of a row, and where its log is."""
    logs = " and ".join(str(store.log) for store in stores.STORES)
    place = "that server's log" if _are_the_operators() else logs
    return Finding(
        "", Health.ERROR, f"A database server refused or ended the connection: {_words_of(fault)}",
        f"See docs/runbook/servers.md and {place}; for a password that is refused, docs/runbook/lost-passwords.md.",
    )  # fmt: skip


def look_at_the_server_settings() -> Iterator[Finding]:
    """Say which setting of a server lets its log hold values of rows, or a lock outlive its session."""
    yield from [
        *_setting_faults(stores.REGISTER, Role.WORKER, "server_rights.sql"),
        *_setting_faults(stores.KEYS, KeysRole.SEALER, "keys_server_rights.sql"),
    ] or [
        Finding("", Health.OK, "No server logs a value of a row, and none keeps a lock without its session.")
    ]


def _setting_faults(store: stores.Store, role: Role | KeysRole, rights: str) -> Iterator[Finding]:
    with database.connect(store, role) as server:
        found = dict(
            server.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*_SILENT, _PREPARED]]
            )
        )
    if loud := [key for key, value in _SILENT.items() if found[key] != value]:
        yield Finding(
            "",
            Health.ERROR,
            f"The server of the {store.name} may write values of rows into its log: {', '.join(loud)}.",
            f"Its superuser runs {rights} (docs/install.md, step 4)."
            if _are_the_operators()
            else "Run 'rollkeeper setup'.",
        )
    if found[_PREPARED] != "0":
        yield Finding(
            "", Health.ERROR, f"The server of the {store.name} allows prepared transactions: one that is left open keeps its locks for ever.",
            f"End those in pg_prepared_xacts with ROLLBACK PREPARED, set '{_PREPARED} = 0', and restart it.",
        )  # fmt: skip


def _are_the_operators() -> bool:
    return instance().register_url is not None or instance().keys_url is not None


def _hanging() -> list[Finding]:
    hung = [(store, embedded_postgres.how_it_hangs(store)) for store in stores.STORES]
    return [
        Finding("servers", Health.ERROR, f"The server of the {store.name} hangs: it {state}.", _UNHANG)
        for store, state in hung
        if state
    ]


def _locked() -> list[Finding]:
    """Start the embedded servers, and tell whether they let in a command: the doctor is one, and would look at nothing."""
    embedded_postgres.ensure_running()
    try:
        database.connect(stores.REGISTER, Role.CONSOLE).close()
    except psycopg.OperationalError:
        file = stores.password_file(stores.REGISTER, Role.CONSOLE)
        return [
            Finding(
                "servers",
                Health.ERROR,
                f"The server of the register refuses commands: {file} is missing, or has another password.",
                NEW_PASSWORDS,
            )
        ]
    return []


def _silent() -> list[Finding]:
    """Ask the operator's servers for a connection; the embedded ones are started where they are not running."""
    found = []
    asked = ((stores.REGISTER, Role.WORKER, "register_url"), (stores.KEYS, KeysRole.SEALER, "keys_url"))
    for store, role, setting in asked:
        try:
            with database.connect(store, role):
                pass
        except psycopg.OperationalError as fault:
            remedy = f"Start that server, or mend 'instance.{setting}' in settings.toml and secrets/{store.name}-{role.value}.pgpass."
            if "certificate" in str(fault):
                remedy = f"Its certificate has ended or has another name, or 'sslrootcert' in 'instance.{setting}' is not its authority: docs/runbook/certificates.md."
            said = f"The server of the {store.name} does not answer: {_words_of(fault)}"
            found.append(Finding("servers", Health.ERROR, said, remedy))
    return found


def _words_of(fault: psycopg.OperationalError) -> str:
    """Return a server's own words as sentences, without the library's advice to verify no certificate."""
    lines = [one.strip() for one in str(fault).splitlines()]
    return " ".join(f"{one.rstrip('.')}." for one in lines if one and not one.startswith("Either provide"))
