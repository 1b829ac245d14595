# SPDX-License-Identifier: EUPL-1.2
"""Makes a home and opens it: servers started, databases and roles made, tables migrated, rights granted.

Everything here can be run again: what is there already is left as it is.
"""

from importlib.resources import files
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql as pgsql

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock, copies, database, server
from rollkeeper.kernel.database import KeysRole, Role
from rollkeeper.kernel.locks import alone
from rollkeeper.kernel.settings import HomeKind, home, is_home, is_made, made_mark, settings, write_settings
from rollkeeper.ledger import publishing
from rollkeeper.site.errors import HomeOfOtherKind, ServersInUse, StoresElsewhere
from rollkeeper.vault import acts as vault_acts
from rollkeeper.vault import canaries
from rollkeeper.vault import copies as vault_copies
from rollkeeper.vault import keys as vault_keys
from rollkeeper.vault.capture_keys import renew_capture_keys


def open_home() -> None:
    """Open this home. One that is not there, or whose making broke off, is made (a trial home, if nobody said else)."""
    if is_made():
        server.ensure_ours_running()
    else:
        make_home(settings().kind)


def make_home(kind: HomeKind) -> None:
    """Make the home, or bring an older one up to date; a home never changes its kind. Refuses: HomeOfOtherKind."""
    if is_home() and settings().kind is not kind:
        raise HomeOfOtherKind(home=home(), kind=settings().kind.value, asked=kind.value)
    write_settings(kind=kind)
    with alone(home() / "making.lock"):
        make_stores()
        vault_acts.begin_first_epoch()
        vault_acts.sign_halves_again()
        renew_capture_keys(console_authority(), lasts_days=settings().captures_within_days, on=clock.today())
        canaries.ensure_canary(console_authority(), on=clock.today())
        publishing.prepare_receipts()
        vault_copies.prepare()
        made_mark().touch()


def make_stores() -> None:
    """Make both stores without a key or a row in them, or bring older ones up to date."""
    if settings().register_url is None:
        server.ensure_running()
        _make_database(server.REGISTER, list(Role), ["btree_gist", "amcheck"])
        _make_database(server.KEYS, list(KeysRole), ["amcheck"])
    bring_up_to_date()


def renew_passwords() -> None:
    """Make every password of the two servers anew, whether or not the older ones are known. Refuses: ServersInUse."""
    if settings().register_url:
        raise StoresElsewhere
    if not is_home():
        return
    server.stop_if_unused()
    if any((store.data / "postmaster.pid").exists() for store in server.STORES):
        raise ServersInUse(home=home())
    for store, roles in ((server.REGISTER, list(Role)), (server.KEYS, list(KeysRole))):
        for role in (server.SUPERUSER, *roles):
            server.password_file(store, role).unlink(missing_ok=True)
        copies.give_new_passwords(store, roles)


def bring_up_to_date() -> None:
    """Apply the migrations of the register and the schema of the keys, then grant the rights."""
    connections["default"].close()
    connections["default"].settings_dict.update(database.address(server.REGISTER, Role.MIGRATOR))
    try:
        database.run(
            "SET statement_timeout = 0"
        )  # an index of a nation's lines takes longer than a statement may
        call_command("migrate", verbosity=0, interactive=False)
        for name in (
            "forms",
            "body",
        ):  # the ledger's forms grow with the program, whatever migrations there are
            database.run(database.sql("ledger", name))
        database.run(_page("roles"))
        set_brakes_of_counters()
    finally:
        connections["default"].close()
        connections["default"].settings_dict.update(database.address(server.REGISTER, database.this_role()))
    with database.connect(server.KEYS, KeysRole.MIGRATOR) as keys:
        keys.execute(vault_keys.schema())
        keys.execute(_page("keys_roles"))


def set_brakes_of_counters(*, ends_a_day: int | None = None) -> None:
    """Write into the register, where no counter can set it, how many contracts counters may end within a day."""
    most = settings().counter_ends_a_day if ends_a_day is None else ends_a_day
    database.run(
        "CREATE OR REPLACE FUNCTION lines_counter_ends_a_day() RETURNS integer LANGUAGE sql IMMUTABLE RETURN %s",
        [most],
    )


def _page(name: str) -> str:
    return (files("rollkeeper") / "site" / "sql" / f"{name}.sql").read_text("utf-8")


def _make_database(store: server.Store, roles: list[Role] | list[KeysRole], extensions: list[str]) -> None:
    name = f"rollkeeper_{store.name}"
    place: dict[str, Any] = {
        "host": str(server.socket_folder()),
        "port": store.port,
        "user": server.SUPERUSER,
        "password": server.password(store, server.SUPERUSER),
        "autocommit": True,
    }
    with psycopg.connect(dbname="postgres", **place) as cluster:
        for role in roles:
            if not cluster.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.value]).fetchone():
                cluster.execute(
                    pgsql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}").format(
                        pgsql.Identifier(role.value), server.password(store, role.value)
                    )
                )
        if not cluster.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            cluster.execute(pgsql.SQL("CREATE DATABASE {} OWNER migrator").format(pgsql.Identifier(name)))
    with psycopg.connect(dbname=name, **place) as inside:
        for extension in extensions:
            inside.execute(pgsql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(pgsql.Identifier(extension)))
        inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        inside.execute("ALTER SCHEMA public OWNER TO migrator")
        # The tests, and nothing else, act in each role in turn out of the migrator's session.
        for role in roles:
            if role.value != "migrator":
                inside.execute(
                    pgsql.SQL("GRANT {} TO migrator WITH INHERIT FALSE").format(pgsql.Identifier(role.value))
                )
