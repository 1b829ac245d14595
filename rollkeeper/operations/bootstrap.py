# SPDX-License-Identifier: EUPL-1.2
"""Makes an instance and opens it: servers started, databases and roles made, tables migrated, rights granted.

Everything here can be run again: what is there already is left as it is.
"""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql as pgsql

from rollkeeper import __version__
from rollkeeper.access.authority import console_authority, rule_for
from rollkeeper.access.dual_control import cooldown_hours
from rollkeeper.access.roles import Permission
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.counter.settings import settings as counter_settings
from rollkeeper.kernel import clock, database, stores
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.console import err
from rollkeeper.kernel.database import KeysRole, Role
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.health import require_set_up, set_up_by
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir, instance_exists, is_made, made_mark, write_settings
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger import publication
from rollkeeper.lines.settings import settings as line_settings
from rollkeeper.notices.rules import REACHED_BY_NUMBER
from rollkeeper.operations import demo_clock
from rollkeeper.operations.errors import (
    INSTANCE_KIND_MISMATCH,
    INSTANCE_OF_ANOTHER_VERSION,
    NO_INSTANCE,
    PASSWORDS_OF_OWN_SERVERS,
    RESTORE_INTERRUPTED,
    SERVERS_IN_USE,
    SETUP_HELD_UP,
    SETUP_NOT_DONE,
)
from rollkeeper.operations.settings import check_settings, is_restore_abandoned, restoring_mark
from rollkeeper.platform import embedded_postgres, pg_backup
from rollkeeper.registration.settings import settings as offline_settings
from rollkeeper.selfcare.settings import settings as portal_settings
from rollkeeper.vault import canaries
from rollkeeper.vault import document_store as vault_copies
from rollkeeper.vault import keys as vault_keys
from rollkeeper.vault import services as vault_acts
from rollkeeper.vault.offline_keys import renew_offline_keys

LOCK_WAIT_MS: Final = 30_000
FUNCTIONS: Final = (("ledger", "entry_schemas"), ("ledger", "body"), ("ledger", "vocabulary"), ("ledger", "enforce_entry_schema"), ("ledger", "role_verbs"), ("ledger", "reduce_entries"), ("access", "functions"), ("access", "secrets_of"), ("access", "invitations"), ("access", "closed_accounts"), ("access", "staff_requests"),
    ("subscribers", "functions"), ("subscribers", "unlink_document"), ("subscribers", "forget_link_entries"), ("subscribers", "forget_protection"), ("lines", "functions"), ("lines", "lookup_functions"), ("lines", "essential_lines"), ("lines", "counter_role_triggers"), ("lines", "count_access"), ("vault", "replace_sim"), ("vault", "forget"), ("notices", "functions"), ("selfcare", "try_code"), ("selfcare", "request_letter"), ("selfcare", "hand_over_code"), ("selfcare", "is_application_of"), ("disclosures", "is_about"), ("agents", "functions"), ("agents", "forget_registrations"), ("registration", "forget_receipts"), ("reporting", "forget_lines"), ("selfcare", "forget_consents"), ("provisioning", "functions"), ("provisioning", "counter_role_triggers"), ("provisioning", "terminate_only_terminated_trigger"), ("offline", "own_approvals"), ("campaign", "stay_functions"), ("campaign", "promise_functions"), ("campaign", "batch_content"), ("incidents", "functions"),
)  # fmt: skip
"""The files of the database's functions for the apps; each setup runs them all, with or without new migrations."""


def open_instance() -> None:
    """Open this instance, but make none: its folder may be another than the user means, or on a disk that is not mounted.

    Refuses: RESTORE_INTERRUPTED, NO_INSTANCE, SETUP_NOT_DONE, SETUP_OUTDATED.
    """
    if restoring_mark().exists():
        raise RESTORE_INTERRUPTED(data_dir=data_dir())
    if not is_made():
        began = instance().kind is InstanceKind.PRODUCTION or _making_lock().exists()
        raise (SETUP_NOT_DONE if began else NO_INSTANCE)(data_dir=data_dir())
    embedded_postgres.ensure_embedded_running()
    require_set_up()
    demo_clock.require_given_day_forwards()


def open_or_make_instance() -> None:
    """Open this instance; make a demo instance that is missing or half made. Refusals as of `open_instance` and `set_up_instance`."""
    is_demo = instance().kind is InstanceKind.DEMO
    if is_demo and not is_made() and not restoring_mark().exists():
        if not instance_exists():
            # A user who forgot to name their data directory learns it here, and not from an empty register.
            err.print(f"There was no instance in {data_dir()}: a demo instance is made there, for invented people only.", markup=False)  # fmt: skip
        set_up_instance(InstanceKind.DEMO)
    open_instance()


def set_up_instance(kind: InstanceKind, *, load_keys: Callable[[], None] = lambda: None) -> None:
    """Make the instance, or bring an older one up to date; an instance never changes its kind.

    A restore loads its keys after their tables are made and before a first epoch begins.

    Refuses: SETTING_FAULT (all at once), INSTANCE_KIND_MISMATCH, RESTORE_INTERRUPTED; as `load_pack`, where this program no longer
    reads its law.
    """
    check_settings()
    if is_restore_abandoned():
        raise RESTORE_INTERRUPTED(data_dir=data_dir())
    if instance_exists():
        load_pack(instance().pack)  # before the tables change, which cannot be undone
    if instance_exists() and instance().kind is not kind:
        raise INSTANCE_KIND_MISMATCH(data_dir=data_dir(), kind=instance().kind.value, asked=kind.value)
    write_settings(instance={"kind": kind})
    with exclusive_lock(_making_lock(), on_wait=_say_that_another_is_at_work):
        make_stores()
        load_keys()
        vault_acts.begin_first_epoch()
        vault_acts.resign_public_keys()
        renew_offline_keys(console_authority(), lasts_days=offline_settings().max_age_days, on=clock.today())
        canaries.ensure_canary(console_authority(), on=clock.today())
        publication.prepare_receipts()
        stores.ensure_web_secret()
        vault_copies.prepare()
        made_mark().touch()


def _say_that_another_is_at_work() -> None:
    err.print("Another setup of this instance is at work. This one goes on when it has ended.", markup=False)


def _making_lock() -> Path:
    """Return the file that is there since the first setup here began."""
    return data_dir() / "making.lock"


def make_stores() -> None:
    """Make both stores without a key or a row in them, or bring older ones up to date. Refuses: SETUP_HELD_UP."""
    try:
        if instance().register_url is None:
            embedded_postgres.ensure_running()
            _make_database(stores.REGISTER, list(Role), ["btree_gist", "amcheck"])
            _make_database(stores.KEYS, list(KeysRole), ["amcheck"])
        bring_up_to_date()
    except (psycopg.OperationalError, OperationalError) as fault:
        if database.is_locked_by_others(fault):
            raise SETUP_HELD_UP(open=_open_transactions()) from fault
        raise


def _open_transactions() -> str:
    """Name the sessions that may hold up a setup; on a server of an operator its superuser alone sees them."""
    found: list[str] = []
    for store in stores.STORES if instance().register_url is None else ():
        with psycopg.connect(dbname="postgres", **_as_superuser(store)) as server:
            found += [
                f"process {process} of the role {role} in the {store.name}"
                for process, role in server.execute(
                    "SELECT pid, usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                    " AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 3"
                )
            ]
    return "; ".join(found) or "see pg_stat_activity and pg_prepared_xacts"


def renew_passwords() -> None:
    """Renew every password of the two servers, even if the older ones are unknown. Refuses: PASSWORDS_OF_OWN_SERVERS, SERVERS_IN_USE."""
    if instance().register_url or instance().keys_url:
        raise PASSWORDS_OF_OWN_SERVERS()
    if not instance_exists():
        return
    embedded_postgres.stop_if_unused()
    if any((store.data / "postmaster.pid").exists() for store in stores.STORES):
        raise SERVERS_IN_USE(data_dir=data_dir())
    for store, roles in ((stores.REGISTER, list(Role)), (stores.KEYS, list(KeysRole))):
        for role in (embedded_postgres.SUPERUSER, *roles):
            stores.password_file(store, role).unlink(missing_ok=True)
        pg_backup.reset_passwords(store, roles)


def bring_up_to_date() -> None:
    """Apply the migrations of the register and the schema of the keys, then grant the rights. Refuses: INSTANCE_OF_ANOTHER_VERSION."""
    connections["default"].close()
    connections["default"].settings_dict.update(database.address(stores.REGISTER, Role.MIGRATOR))
    try:
        database.run(
            "SET statement_timeout = 0"
        )  # an index of a nation's lines takes longer than a statement may
        is_complete = require_known_version()
        # Triggers of the migrations ask these functions which person or process acts.
        set_limits()
        set_lookup_limits()
        set_quarantine()
        database.run(database.sql("kernel", "functions"))
        database.run(database.sql("kernel", "count_of_day"))
        # A setup that broke off may lack what Django does after its migrations. A backup is always of a complete instance.
        if not is_complete or not (is_made() or restoring_mark().exists()):
            call_command("migrate", verbosity=0, interactive=False)
        database.run(
            "CREATE OR REPLACE FUNCTION kernel_set_up_by() RETURNS text LANGUAGE sql STABLE RETURN CAST(%s AS text)",
            [__version__],
        )
        for package, name in FUNCTIONS:
            database.run(database.sql(package, name))
        for page in (
            "app_entries",
            "worker_entries",
            "app_reads",
            "asked_for",
            "approved_batches",
            "roles",
            "app_days",
        ):
            database.run(_page(page))
    finally:
        connections["default"].close()
        connections["default"].settings_dict.update(database.address(stores.REGISTER, database.this_role()))
    with database.connect(stores.KEYS, KeysRole.MIGRATOR) as keys:
        keys.execute("SELECT set_config('lock_timeout', %s, false)", [str(LOCK_WAIT_MS)])
        keys.execute(vault_keys.schema())
        keys.execute(database.sql("kernel", "count_of_day"))
        keys.execute(database.sql("ledger", "secrets"))
        keys.execute(_page("keys_roles"))


def require_known_version() -> bool:
    """Require that this program knows every applied migration, since it would break the tables of a newer version.

    Return whether all its own migrations are applied.

    Refuses: INSTANCE_OF_ANOTHER_VERSION.
    """
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    known = set(loader.disk_migrations).union(*(one.replaces for one in loader.disk_migrations.values()))
    for app, name in sorted(set(loader.applied_migrations) - known):
        if app in loader.migrated_apps:
            raise INSTANCE_OF_ANOTHER_VERSION(step=f"{app}.{name}")
    if (said := set_up_by()) and _minor(said) > _minor(__version__):
        # It may have renewed functions without a migration: this program would put its older ones in their place.
        raise INSTANCE_OF_ANOTHER_VERSION(step=said)
    return set(loader.graph.nodes) <= set(loader.applied_migrations)


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def set_limits(
    *,
    terminations_per_day: int | None = None,
    lookups_per_day: int | None = None,
    sims_replaced_per_day: int | None = None,
    production: bool | None = None,
) -> None:
    """Write the limits of the register's functions into it, where no app can change them: this instance's settings, or given values."""
    chosen, approving = counter_settings(), rule_for(Permission.APPROVE_BATCH)
    values: dict[str, tuple[str, Any]] = {
        "access_cooldown_hours": ("integer", cooldown_hours()),
        "access_lookups_per_day": ("integer", _or(lookups_per_day, access_settings().index_lookups_per_day)),
        "campaign_approvers_needed": ("integer", approving.people),
        "campaign_approving_roles": ("text[]", [role.value for role in approving.roles]),
        "kernel_is_production": ("boolean", _or(production, instance().kind is InstanceKind.PRODUCTION)),
        "kernel_zone": ("text", instance().zone),
        "lines_counter_terminations_per_day": ("integer", _or(terminations_per_day, chosen.terminations_per_day)),
        "lines_reached_by_number": ("text[]", sorted(REACHED_BY_NUMBER)),
        "selfcare_codes_per_hour": ("integer", portal_settings().codes_per_hour),
        "vault_sims_replaced_per_day": ("integer", _or(sims_replaced_per_day, chosen.sims_replaced_per_day)),
    }  # fmt: skip
    for name, (kind, value) in values.items():
        database.run(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE RETURN CAST(%s AS {kind})",
            [value],
        )


def _or[T](given: T | None, usual: T) -> T:
    return usual if given is None else given


def set_lookup_limits(**changed: int) -> None:
    """Write into the register, where no app can change it, how much staff may look up and compare in a day."""
    limits = line_settings().model_dump() | changed
    database.run(
        "CREATE OR REPLACE FUNCTION lines_access_limit(kind text, bound text) RETURNS integer LANGUAGE sql STABLE RETURN"
        " CASE kind || ' ' || bound WHEN 'lookup account' THEN %(lookups_per_day)s WHEN 'lookup missed' THEN %(missed_lookups_per_day)s"
        " WHEN 'lookup total' THEN %(lookups_per_day_total)s WHEN 'document account' THEN %(document_comparisons_per_day)s"
        " WHEN 'document missed' THEN %(document_mismatches_per_day)s"
        " WHEN 'document total' THEN %(document_comparisons_per_day_total)s END",
        limits,
    )


def set_quarantine() -> None:
    """Write into the register, where no app can change it, the shortest quarantine of a number by this instance's law.

    Only setup does this. From a change of the law to the next setup, the longer of both times holds where a subscriber ends a contract.
    """
    try:
        pack = load_pack(instance().pack)
        term, rests = (
            pack.number_quarantine,
            [one.value for one in Service if pack.quarantine(one.value) != Term()],
        )
    except RollkeeperError:  # what needs the law refuses it; here the former quarantine stays
        if database.rows("SELECT FROM pg_proc WHERE proname = 'lines_quarantine_of'"):
            return
        term, rests = Term(), []
    database.run(
        "CREATE OR REPLACE FUNCTION lines_quarantine_of(service text) RETURNS interval LANGUAGE sql STABLE RETURN"
        " CASE WHEN service = ANY (CAST(%s AS text[])) THEN make_interval(years => %s, months => %s, days => %s) ELSE interval '0' END",
        [rests, term.years, term.months, term.days],
    )


def _page(name: str) -> str:
    return (files("rollkeeper") / "operations" / "sql" / f"{name}.sql").read_text("utf-8")


def _as_superuser(store: stores.Store) -> dict[str, Any]:
    return {
        **database.embedded_address(store),
        "user": embedded_postgres.SUPERUSER,
        "password": stores.password(store, embedded_postgres.SUPERUSER),
        "autocommit": True,
        "options": f"-c lock_timeout={LOCK_WAIT_MS}",
    }


def _make_database(store: stores.Store, roles: list[Role] | list[KeysRole], extensions: list[str]) -> None:
    name = f"rollkeeper_{store.name}"
    place = _as_superuser(store)
    with psycopg.connect(dbname="postgres", **place) as cluster:
        for role in roles:
            if not cluster.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role.value]).fetchone():
                cluster.execute(
                    pgsql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}").format(
                        pgsql.Identifier(role.value), stores.password(store, role.value)
                    )
                )
        if not cluster.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            cluster.execute(pgsql.SQL("CREATE DATABASE {} OWNER migrator").format(pgsql.Identifier(name)))
    with psycopg.connect(dbname=name, **place) as inside:
        for extension in extensions:
            inside.execute(pgsql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(pgsql.Identifier(extension)))
        inside.execute(_page("server_rights" if store is stores.REGISTER else "keys_server_rights"))
        inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        inside.execute("ALTER SCHEMA public OWNER TO migrator")
        # Only the tests need this: from the migrator's session they act in each role in turn.
        for role in roles:
            if role.value != "migrator":
                inside.execute(
                    pgsql.SQL("GRANT {} TO migrator WITH INHERIT FALSE").format(pgsql.Identifier(role.value))
                )
