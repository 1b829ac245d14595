# SPDX-License-Identifier: EUPL-1.2
"""Checks whether the two servers answer; if one does not, nothing else can be checked, and the doctor says only that."""

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
