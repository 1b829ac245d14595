# SPDX-License-Identifier: EUPL-1.2
"""The way to the two stores: roles, timeouts, one transaction per action, SQL out of files.

Each process connects with one PostgreSQL role and has exactly that role's rights; ``operations/sql/roles.sql`` lists all rights.
Django's connection ``default`` is the register in the role of this process; the connection ``vault`` exists only where the
process may open sealed values; ``keys`` is the second store, ``leaf_secrets`` that store in the role of the ledger.
"""

import errno
import json
import os
import re
import select
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, LiteralString

import psycopg
from django.db import InterfaceError, OperationalError, connection, connections, transaction
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import namedtuple_row
from psycopg.sql import SQL, Identifier

from rollkeeper.kernel import stores
from rollkeeper.kernel.array_parameters import PlainListDumper
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance

_AWAY: Final = frozenset({"57P", "080", "533"})
"""The first letters of SQL's codes for: the server shuts down, the connection breaks, no connection is free."""
_JSONB = 3802  # PostgreSQL's number of the type; psycopg itself has read values of type json
# A statement is prepared (`prepared_rows`) after this many uses, so that a single use is not slowed down.
_ASKED_BEFORE_KEPT = 5
# If a server hangs or a network loses everything, the error comes within seconds and not after a quarter of an hour.
_WAITS: Final = {"connect_timeout": "10", "keepalives_idle": "30", "tcp_user_timeout": "30000"}
STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 5_000
PATIENT = (
    # Memory for each sort and each hash of a statement over the whole population: with the usual 4 MB each was written to the disk.
    "SET LOCAL work_mem = '64MB';"
    # On an SSD a random read costs little more than a sequential one. With the default of 4 the planner read ten million lines to find a few.
    "SET LOCAL random_page_cost = 1.1;"
    "SET LOCAL statement_timeout = 0"
)
OUTLASTING_APPS: Final = "SET LOCAL lock_timeout = '5min'"
"""Wait for a lock longer than an app can hold it: `kernel_end_long_transactions` ends its transaction before. Others that want it queue behind."""

psycopg.adapters.register_dumper(list, PlainListDumper)


class Role(StrEnum):
    """The roles of processes in the register (``operations/sql/roles.sql``)."""

    MIGRATOR = "migrator"
    COUNTER = "counter"
    BACKOFFICE = "backoffice"
    PORTAL = "portal"
    WORKER = "worker"
    CONSOLE = "console"
    """Commands typed on the machine: a worker that needs no request of a page (`operations/sql/asked_for.sql`)."""
    VAULT = "vault"
    VAULT_SERVICE = "vault_service"
    """The vault service's work for signed-in staff and checks for workers. It opens in the role `vault`, which the worker with keys has too."""
    AUDITOR = "auditor"


class KeysRole(StrEnum):
    """The roles of processes in the key store: seal (insert), or also open and destroy; or the secrets of the ledger alone."""

    MIGRATOR = "migrator"
    SEALER = "sealer"
    VAULT = "vault"
    LEDGER = "ledger"


def this_role() -> Role:
    """Return the role of this process, out of the environment variable ``ROLLKEEPER_ROLE``."""
    return Role(os.environ.get("ROLLKEEPER_ROLE", Role.WORKER))


def address(store: stores.Store, role: str) -> dict[str, Any]:
    """Return Django's connection settings for one store in one role: everything in its URL, and SCRAM unless the URL says otherwise."""
    url = instance().register_url if store is stores.REGISTER else instance().keys_url
    place: dict[str, Any] = (
        embedded_address(store) | {"dbname": f"rollkeeper_{store.name}"}
        if url is None
        else conninfo_to_dict(url)
    )
    secure = {"require_auth": "scram-sha-256"}
    if "," in str(place.get("host", "")):
        secure["target_session_attrs"] = "read-write"
    named = {"host": "", "port": "", "dbname": ""} | _WAITS | place
    return {
        "HOST": named.pop("host"),
        "PORT": named.pop("port"),
        "NAME": named.pop("dbname"),
        "ENGINE": "django.db.backends.postgresql",
        "USER": role,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": secure
        | named
        | {
            "passfile": str(stores.password_file(store, role)),
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}",
        },
    }


def is_disk_full(fault: BaseException | None) -> bool:
    """Tell whether something failed because the disk is full. Django wraps an error of the database and keeps it as the cause."""
    causes = (fault, getattr(fault, "__cause__", None))
    return any(
        isinstance(one, psycopg.errors.DiskFull)
        or (isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT})
        for one in causes
    )


def is_out_of_reach(fault: BaseException | None) -> bool:
    """Tell whether a server could not be reached or went away, so that no statement was refused for its content."""
    cause = fault if isinstance(fault, psycopg.Error) else getattr(fault, "__cause__", None)
    if isinstance(fault, InterfaceError):
        return True
    return isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)) and (
        cause.sqlstate is None or cause.sqlstate[:3] in _AWAY
    )


def is_locked_by_others(fault: BaseException) -> bool:
    """Tell whether a statement waited in vain for a lock. Django wraps an error of the database and keeps it as the cause."""
    return any(isinstance(one, psycopg.errors.LockNotAvailable) for one in (fault, fault.__cause__))


def unless_locked[T](work: Callable[[], T]) -> T | None:
    """Do some work; return None where a statement waited in vain for a lock: what others keep locked is left for the next run."""
    try:
        return work()
    except OperationalError as fault:
        if is_locked_by_others(fault):
            return None
        raise


def is_of_one_request(fault: BaseException) -> bool:
    """Tell whether a statement failed for what it asked, or waited in vain for a lock: the next request may go better.

    Otherwise an app that locks a line could hold up everyone's requests behind one about that line.
    """
    cause = fault.__cause__
    return isinstance(cause, (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)) or (
        isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith("54")
    )


def connect(store: stores.Store, role: str) -> psycopg.Connection[Any]:
    """Open a separate connection, outside Django, in autocommit."""
    to = address(store, role)
    options = {name: value for name, value in to["OPTIONS"].items() if name != "options"}
    return psycopg.connect(
        host=to["HOST"], port=to["PORT"], dbname=to["NAME"], user=role, autocommit=True, **options
    )


@contextmanager
def action(using: str = "default") -> Iterator[None]:
    """Make everything inside one transaction: all five steps of an action, or nothing.

    A refused action is undone. Then the marks that it gave to `if_refused` are left, before anyone gets an answer.
    """
    if _marks.get() is not None:
        with transaction.atomic(using=using):
            yield
        return
    marks: dict[str, Callable[[], object]] = {}
    token = _marks.set(marks)
    try:
        with transaction.atomic(using=using):
            yield
    except RollkeeperError:
        for leave in marks.values():
            with transaction.atomic():
                leave()
        raise
    finally:
        _marks.reset(token)


_marks: ContextVar[dict[str, Callable[[], object]] | None] = ContextVar("marks", default=None)


def if_refused(subject: str, leave: Callable[[], object]) -> None:
    """Leave a mark if the present action is refused: `leave` then runs in a separate transaction, after the action is undone.

    A later mark about the same subject replaces an earlier one. Precondition: an action is in progress.
    """
    marks = _marks.get()
    if marks is None:
        raise RuntimeError("a mark belongs to an action")
    marks[subject] = leave


def leave_marks() -> None:
    """Leave the marks of steps that were refused and undone within the present action; the action itself goes on. Precondition: as `if_refused`."""
    marks = _marks.get()
    if marks is None:
        raise RuntimeError("a mark belongs to an action")
    for leave in marks.values():
        leave()
    marks.clear()


@contextmanager
def without_timeout(using: str = "default") -> Iterator[None]:
    """Lift the statement timeout for work over the whole population, inside an action, and let it sort in memory."""
    with connections[using].cursor() as cursor:
        cursor.execute(PATIENT)
        yield


_INCLUDE: Final = re.compile(r"^-- include ([a-z]+)\.([a-z_]+)$", re.MULTILINE)


@cache
def sql(package: str, name: str, *, waits: bool = False) -> str:
    """Return the text of ``rollkeeper/<package>/sql/<name>.sql``; if it `waits`, it waits for the rows that it skips otherwise.

    A line ``-- include <package>.<name>`` is replaced by that package's file: common table expressions that write the package's
    own tables, for rows that the including statement defines. So each table has one writing package and a batch is still one
    statement.
    """
    text = (files("rollkeeper") / package / "sql" / f"{name}.sql").read_text("utf-8")
    text = _INCLUDE.sub(lambda found: _without_comments(sql(found[1], found[2])), text)
    if not waits:
        return text
    waiting, skips = re.subn(r"\s+SKIP\s+LOCKED\b", "", text)
    if not skips:
        raise ValueError(f"{package}/sql/{name}.sql skips no locked rows")
    return waiting


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


def run(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default") -> int:
    """Run one statement; return the number of rows that it touched."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


def rows(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> list[Any]:
    """Run one query; return its rows as named tuples, JSON already read (Django's own cursors leave it as text)."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters or None)
        found, columns = cursor.fetchall(), cursor.description
        row = _row(tuple(column.name for column in columns))
        written = [place for place, column in enumerate(columns) if column.type_code == _JSONB]
        return [row(*(_read(values, written) if written else values)) for values in found]


def _read(values: tuple[Any, ...], written: Sequence[int]) -> list[Any]:
    read = list(values)
    for place in written:
        read[place] = None if read[place] is None else read_json(read[place])
    return read


def read_json(text: str) -> Any:
    """Read JSON from the database. A number with thousands of digits, which Python refuses, is read as infinity."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(text, parse_int=float)


@cache
def _row(columns: tuple[str, ...]) -> type[Any]:
    # Making a class takes longer than a query by primary key, so it is made once for each set of columns.
    return namedtuple("row", columns)  # noqa: PYI024


def prepared_rows(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> list[Any]:
    """Run one query as a prepared statement after a few uses; return its rows as named tuples. No JSON.

    For statements about one person that run very often: PostgreSQL takes longer to plan them than to run them. Values are passed
    separately from the statement, so each needs a type that the statement implies.
    """
    return prepared_later(statement, parameters, using=using)()


def prepared_run(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> None:
    """Execute a prepared statement that returns no rows."""
    prepared_later(statement, parameters, using=using)


def prepared_later(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, using: str = "default"
) -> Callable[[], list[Any]]:
    """Run one query as `prepared_rows` does; return a function that gives its rows, to be called after the block of `pipeline`."""
    store = connections[using]
    store.close_if_health_check_failed()
    store.ensure_connection()
    cursor: Any = psycopg.Cursor(store.connection, row_factory=namedtuple_row)
    cursor.format = psycopg.pq.Format.BINARY
    if store.queries_logged or store.execute_wrappers:  # both see this cursor only through Django's wrapper
        cursor = store.make_debug_cursor(cursor) if store.queries_logged else store.make_cursor(cursor)
    # For this statement only: Django writes values into its statements, and psycopg would keep the last hundred texts in memory.
    store.connection.prepare_threshold = _ASKED_BEFORE_KEPT
    try:
        store.validate_no_broken_transaction()
        with store.wrap_database_errors, pipeline(using) if _is_first(store.connection) else nullcontext():
            cursor.execute(statement, parameters or None)
    finally:
        store.connection.prepare_threshold = None
    return store.wrap_database_errors(cursor.fetchall)  # type: ignore[no-any-return]


def _is_first(line: Any) -> bool:
    """Tell whether a transaction begins with the next statement: both are then sent together, to wait for one answer only."""
    state = line.pgconn
    return (
        not line.autocommit
        and state.transaction_status == psycopg.pq.TransactionStatus.IDLE
        and state.pipeline_status == psycopg.pq.PipelineStatus.OFF
    )


def value_later(expression: LiteralString, parameters: Sequence[Any] = ()) -> Callable[[], Any]:
    """Ask for one value as `prepared_later` does; in a block of `one_statement`, together with the other values of the block."""
    asked = _asked.get()
    if asked is None:
        alone = prepared_later(_selected((expression,)), parameters)
        return lambda: alone()[0][0]
    asked.append((expression, parameters))
    found, place = _found_in.get(), len(asked) - 1
    return lambda: found()[place]


@contextmanager
def one_statement() -> Iterator[None]:
    """Ask for all values of the block in one statement, in their order; they can be read after the block of `pipeline` around it."""
    asked: list[tuple[LiteralString, Sequence[Any]]] = []
    answer: list[Callable[[], list[Any]]] = []
    values = cache(lambda: answer[0]()[0])
    tokens = _asked.set(asked), _found_in.set(values)
    try:
        yield
    finally:
        _asked.reset(tokens[0])
        _found_in.reset(tokens[1])
    if asked:
        statement = _selected(tuple(expression for expression, _ in asked))
        answer.append(prepared_later(statement, [value for _, values in asked for value in values]))


@cache
def _selected(expressions: tuple[LiteralString, ...]) -> str:
    values = [
        SQL("{} AS {}").format(SQL(one), Identifier(f"value_{nth}")) for nth, one in enumerate(expressions)
    ]
    return SQL("SELECT {}").format(SQL(", ").join(values)).as_string(None)


_asked: ContextVar[list[tuple[LiteralString, Sequence[Any]]] | None] = ContextVar("asked", default=None)
_found_in: ContextVar[Callable[[], Any]] = ContextVar("found_in")


def send_at_once(using: str) -> None:
    """Have the server commit what the block of `pipeline` has sent, without waiting: the end of the block waits for the answer."""
    line: Any = connections[using].connection
    line._pipeline._enqueue_sync()  # noqa: SLF001 - its own `sync` waits
    with connections[using].wrap_database_errors:
        line.wait(line._pipeline._communicate_gen())  # noqa: SLF001 - as it does after each statement


def commit_with_it() -> None:
    """Send the commit of the present action together with the statements before it in a block of `pipeline`, to wait for one answer only.

    It must be the last in the block. An action within another one is not committed by itself.
    """
    if not connection.savepoint_ids:
        prepared_run("COMMIT")


def _begin_with_first(line: Any) -> Iterator[Any]:
    """Begin a transaction together with its first statement. In a pipeline, psycopg would wait for an answer between the two."""
    is_sent_at_once = line._pipeline and not line._autocommit  # noqa: SLF001 - psycopg has no other place for it
    if is_sent_at_once and line.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE:
        yield from line._exec_command(line._get_tx_start_command())  # noqa: SLF001 - as it does itself
    else:
        yield from _START_QUERY(line)


_START_QUERY: Final = psycopg.Connection._start_query  # noqa: SLF001 - it goes on as it was
psycopg.Connection._start_query = _begin_with_first  # type: ignore[method-assign, assignment] # noqa: SLF001 - of every connection


@contextmanager
def pipeline(using: str = "default") -> Iterator[None]:
    """Send the statements in the block without waiting for each answer. Errors are raised where rows are read, or at the end.

    Do not use COPY or `run` in it, nor statements whose errors identify a refusal: the error could be attributed to another
    statement.
    """
    store = connections[using]
    store.ensure_connection()
    with store.wrap_database_errors, store.connection.pipeline():
        yield


def trust_quiet_connections() -> None:
    """Save a request Django's check that each server still answers, if nothing waits to be read on the connection.

    A server that stopped, or closed the connection, leaves something to read on it. Then Django checks, and connects again.
    """
    store: Any
    for store in connections.all(initialized_only=True):
        if store.connection is not None and not store.connection.closed:
            waiting = select.poll()
            waiting.register(store.connection.fileno(), select.POLLIN)
            if not waiting.poll(0):
                store.health_check_done = True


def in_transaction() -> bool:
    """Tell whether a transaction on the register is in progress."""
    return connection.in_atomic_block


def embedded_address(store: stores.Store) -> dict[str, str]:
    """Return the address of an embedded server in libpq's terms, with the system user as whom the server must run."""
    place = {
        "host": str(stores.socket_folder(store)),
        "port": str(store.port),
        "require_auth": "scram-sha-256",
    }
    owner = stores.socket_owner(store)
    return place | ({"requirepeer": owner} if owner else {})


class RegisterOnly:
    """Let migrations run on the register alone."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether Django may make tables there."""
        return db == "default"
