# SPDX-License-Identifier: EUPL-1.2
"""The second store: epochs, and one wrapped key a person and tenure. Only the vault comes here.

Everything uses the connection `keys`, whose role in a web app may insert keys and read public halves, and in a command may also
read and destroy. Each call commits separately: no rollback of the register may bring back a key.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import (
    KeysRole,
    action,
    connect,
    pipeline,
    prepared_rows,
    prepared_run,
    rows,
    run,
    send_at_once,
    sql,
    without_timeout,
)
from rollkeeper.kernel.ids import TenureId
from rollkeeper.vault.bulk_writes import MAX_INLINE_ROWS, columns_of, copy_binary
from rollkeeper.vault.errors import ALREADY_SEALED, NO_EPOCH, CannotOpen, EpochEnded

STORE = "keys"
_DESTROYED_AT_ONCE = 10_000
_VERSION, _OF_COPIES, _OF_SIM = 0xF << 76, 0x8 << 76, 0x9 << 76
"""The bits of a reference that say its version."""
_PLACE = 64
"""Where the twelve bits after a reference's version end."""
SIMS = 1 << 12
"""How many SIMs of one tenure can be told apart."""

_meanwhile: ContextVar[ExitStack | None] = ContextVar("meanwhile", default=None)


@dataclass(frozen=True, slots=True)
class PublicEpoch:
    """What a seal-only process may know of an epoch."""

    epoch_id: int
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key as it lies in the store, with what is needed to open it."""

    wrapped: bytes
    epoch_id: int
    secret_wrapped: bytes


@dataclass(frozen=True, slots=True)
class OfflineKey:
    """What a seal-only process may know of a key for offline registrations."""

    key_id: int
    public_key: bytes
    signature: bytes
    begun_at: dt.datetime


def of_copies(tenure_id: TenureId) -> TenureId:
    """Return the reference of the key of a tenure's document copies: the tenure's reference as of version 8 (RFC 9562).

    So the key is rotated, backed up and destroyed like people's keys, by itself or with its tenure's.
    """
    return TenureId(UUID(int=tenure_id.int & ~_VERSION | _OF_COPIES))


def of_sim(tenure_id: TenureId, sim: int) -> TenureId:
    """Return the reference of the key of a later SIM: the tenure's as of version 9, with the SIM's number in the next twelve bits.

    So the key is destroyed with its tenure's.
    """
    return TenureId(UUID(int=tenure_id.int & ~(_VERSION | SIMS - 1 << _PLACE) | _OF_SIM | sim << _PLACE))


def is_of_part(tenure_id: UUID) -> bool:
    """Tell whether a key under this reference is of document copies or of another SIM, and not of a person."""
    return tenure_id.int & _VERSION in {_OF_COPIES, _OF_SIM}


def schema() -> str:
    """Return the statements that make the store of keys, or leave it as it is."""
    return sql("vault", "keys")


def living_epoch() -> PublicEpoch:
    """Return the newest epoch that has not ended. Refuses: NO_EPOCH."""
    settle()
    statement = "SELECT epoch_id, public_key, public_mac FROM epoch WHERE ended_at IS NULL ORDER BY epoch_id DESC LIMIT 1"
    return _public(prepared_rows(statement, using=STORE))


def epoch(epoch_id: int) -> PublicEpoch:
    """Return what may be known of an epoch. Refuses: NO_EPOCH."""
    statement = "SELECT epoch_id, public_key, public_mac FROM epoch WHERE epoch_id = %s"
    return _public(rows(statement, [epoch_id], using=STORE))


def sign_epoch(epoch_id: int, signature: bytes) -> None:
    """Put another signature to the public half of an epoch."""
    run("UPDATE epoch SET public_mac = %s WHERE epoch_id = %s", [signature, epoch_id], using=STORE)


def living_epoch_ids() -> list[int]:
    """Return the epochs that have not ended, the newest last. More than one: a rotation is under way."""
    return [
        r.epoch_id
        for r in rows("SELECT epoch_id FROM epoch WHERE ended_at IS NULL ORDER BY epoch_id", using=STORE)
    ]


def newest_epoch_id() -> int:
    """Return the number of the newest epoch, ended ones included; 0 before the first."""
    return int(rows("SELECT coalesce(max(epoch_id), 0) AS newest FROM epoch", using=STORE)[0].newest)


def wrapped_secret(epoch_id: int) -> tuple[bytes, bytes]:
    """Return an epoch's secret as the root wrapped it, and its public key. Refuses: CannotOpen, if the secret is destroyed."""
    statement = "SELECT secret_wrapped, public_key FROM epoch WHERE epoch_id = %s"
    found = prepared_rows(statement, [epoch_id], using=STORE)
    if not found or found[0].secret_wrapped is None:
        raise CannotOpen
    return bytes(found[0].secret_wrapped), bytes(found[0].public_key)


def insert_epoch(epoch: PublicEpoch, *, secret_wrapped: bytes, begun_at: dt.datetime) -> None:
    """Keep a new epoch."""
    run(
        "INSERT INTO epoch (epoch_id, public_key, public_mac, secret_wrapped, begun_at) VALUES (%s, %s, %s, %s, %s)",
        [epoch.epoch_id, epoch.public_key, epoch.signature, secret_wrapped, begun_at],
        using=STORE,
    )


def insert_person_keys(records: Sequence[tuple[bytes, bytes, bytes]], *, epoch_id: int) -> None:
    """Commit (person, tenure, wrapped key) triples in their own transaction. Refuses: ALREADY_SEALED, EpochEnded."""
    head, person_length = b"\x00\x04\x00\x00\x00\x10", b"\x00\x00\x00\x10"
    epoch_column = b"\x00\x00\x00\x04" + epoch_id.to_bytes(4)
    tuples = [
        head + person + person_length + tenure + epoch_column + len(wrapped).to_bytes(4) + wrapped
        for person, tenure, wrapped in records
    ]
    with _refusals():
        _commit(tuples, epoch_id=epoch_id)


@contextmanager
def committed_meanwhile() -> Iterator[None]:
    """Let this store commit the keys of one act while the block goes on; when the block ends, they are committed.

    The transaction of the register must end after the block. Refuses, at its end: ALREADY_SEALED, EpochEnded.
    """
    sent = ExitStack()
    before = _meanwhile.set(sent)
    try:
        with sent:
            yield
            settle()
    finally:
        _meanwhile.reset(before)


def settle() -> None:
    """Wait for the keys that are being committed meanwhile. Refuses: ALREADY_SEALED, EpochEnded."""
    if (sent := _meanwhile.get()) is not None:
        with _refusals():
            sent.close()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (psycopg.errors.UniqueViolation, IntegrityError):
        raise ALREADY_SEALED() from None
    except (psycopg.errors.ObjectNotInPrerequisiteState, OperationalError) as fault:
        if not isinstance(fault.__cause__ or fault, psycopg.errors.ObjectNotInPrerequisiteState):
            raise
        raise EpochEnded from None


def _commit(tuples: Sequence[bytes], *, epoch_id: int) -> None:
    if connections[STORE].in_atomic_block:
        raise RuntimeError("a key is committed by itself, and no act takes it back")
    if len(tuples) > MAX_INLINE_ROWS:
        settle()  # a pipeline of statements cannot contain a COPY
        with transaction.atomic(using=STORE):
            copy_binary(
                "COPY person_key (person_id, tenure_id, epoch_id, wrapped) FROM STDIN (FORMAT BINARY)", tuples, using=STORE
            )  # fmt: skip
        return
    persons, tenures, _, wrapped = columns_of(tuples)
    insert = (sql("vault", "insert_person_keys"), [epoch_id, persons, tenures, wrapped])
    if (sent := _meanwhile.get()) is None:
        prepared_run(*insert, using=STORE)
    else:
        sent.enter_context(pipeline(STORE))
        try:
            prepared_run(*insert, using=STORE)
            send_at_once(STORE)
        except DatabaseError:  # the refusal came while the rest was being sent
            with suppress(DatabaseError):
                sent.close()
            raise


def person_key(person_id: UUID, *, tenure_id: UUID) -> WrappedKey:
    """Return one wrapped key and the secret of its epoch. Refuses: CannotOpen, if either is destroyed."""
    found = prepared_rows(sql("vault", "person_key"), [person_id, tenure_id], using=STORE)
    if not found:
        raise CannotOpen
    return WrappedKey(*found[0])


def copy_living_pairs(statement: str) -> None:
    """Stream every person and tenure that has a key from this store into a table of the register.

    It may take minutes in either store: the caller lifts the register's statement timeout.
    """
    for using in (STORE, "default"):
        connections[using].ensure_connection()
    with (
        action(using=STORE),
        without_timeout(using=STORE),
        connections[STORE].connection.cursor() as ours,
        connections["default"].connection.cursor() as theirs,
        ours.copy("COPY (SELECT person_id, tenure_id FROM person_key) TO STDOUT (FORMAT BINARY)") as source,
        theirs.copy(statement) as target,
    ):
        for piece in source:
            target.write(piece)


def destroy_person_keys(pairs: Sequence[tuple[UUID, UUID]]) -> int:
    """Destroy the keys of these persons and tenures, committed in batches; return how many there were."""
    return sum(
        _destroy(pairs[start : start + _DESTROYED_AT_ONCE])
        for start in range(0, len(pairs), _DESTROYED_AT_ONCE)
    )


def destroy_sim_keys(pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Destroy the keys of every further SIM of these persons and tenures, committed in batches."""
    for start in range(0, len(pairs), _DESTROYED_AT_ONCE):
        _destroy(pairs[start : start + _DESTROYED_AT_ONCE], "destroy_sim_keys")


def _destroy(pairs: Sequence[tuple[UUID, UUID]], statement: str = "destroy_person_keys") -> int:
    with transaction.atomic(using=STORE, durable=True):
        return run(sql("vault", statement), [[p for p, _ in pairs], [h for _, h in pairs]], using=STORE)


def end_long_transactions(seconds: float) -> None:
    """End the sessions of apps whose transaction in this store is older than this, from a separate connection.

    On the operator's own server the function may be missing (`operations/sql/keys_server_rights.sql`).
    """
    with connect(stores.KEYS, KeysRole.VAULT) as session:
        (there,) = session.execute(
            "SELECT to_regprocedure('vault_end_long_transactions(interval)') IS NOT NULL"
        ).fetchone() or (False,)
        if there:
            session.execute("SELECT vault_end_long_transactions(make_interval(secs => %s))", [seconds])


def newest_offline_key() -> OfflineKey:
    """Return the newest key for offline registrations. Refuses: NO_EPOCH."""
    found = offline_keys()
    if not found:
        raise NO_EPOCH()
    return found[-1]


def offline_keys() -> list[OfflineKey]:
    """Return every key for offline registrations, the newest last: they are few, and none tells of a person."""
    found = rows(
        "SELECT key_id, public_key, public_mac, begun_at FROM offline_key ORDER BY key_id", using=STORE
    )
    return [OfflineKey(r.key_id, bytes(r.public_key), bytes(r.public_mac), r.begun_at) for r in found]


def sign_offline_key(key_id: int, signature: bytes) -> None:
    """Put another signature to the public half of a key for offline registrations."""
    run("UPDATE offline_key SET public_mac = %s WHERE key_id = %s", [signature, key_id], using=STORE)


def has_offline_key(*, younger_than_days: int) -> bool:
    """Tell whether a key for offline registrations was begun within these days, by the machine's clock and not a demo's."""
    newest = "SELECT FROM offline_key WHERE begun_at > clock_timestamp() - make_interval(days => %s)"
    return bool(rows(newest, [younger_than_days], using=STORE))


def insert_offline_key(key: OfflineKey, *, secret_wrapped: bytes) -> None:
    """Keep a new key for offline registrations."""
    run(
        "INSERT INTO offline_key (key_id, public_key, public_mac, secret_wrapped, begun_at) VALUES (%s, %s, %s, %s, %s)",
        [key.key_id, key.public_key, key.signature, secret_wrapped, key.begun_at],
        using=STORE,
    )


def wrapped_offline_secret(key_id: int) -> bytes | None:
    """Return the secret of a key for offline registrations as the root wrapped it, None where it is destroyed."""
    return dict(wrapped_offline_secrets()).get(key_id)


def wrapped_offline_secrets() -> list[tuple[int, bytes]]:
    """Return the living keys for offline registrations, as the root wrapped them: a handful."""
    living = "SELECT key_id, secret_wrapped FROM offline_key WHERE secret_wrapped IS NOT NULL ORDER BY key_id"
    return [(row.key_id, bytes(row.secret_wrapped)) for row in rows(living, using=STORE)]


def replace_offline_secret(key_id: int, wrapped: bytes) -> None:
    """Keep a secret as the root's newest version wraps it, if it is not destroyed meanwhile."""
    run(
        "UPDATE offline_key SET secret_wrapped = %s WHERE key_id = %s AND secret_wrapped IS NOT NULL",
        [wrapped, key_id],
        using=STORE,
    )


def destroy_offline_keys(*, replaced_before_days: int) -> list[int]:
    """Destroy the keys that were replaced at least this many days ago; return which."""
    found = rows(
        "UPDATE offline_key AS old SET secret_wrapped = NULL WHERE secret_wrapped IS NOT NULL AND EXISTS (SELECT FROM"
        " offline_key AS next WHERE next.key_id > old.key_id AND next.begun_at < clock_timestamp() - make_interval(days => %s))"
        " RETURNING key_id",
        [replaced_before_days],
        using=STORE,
    )
    return [row.key_id for row in found]


def _public(found: Sequence[Any]) -> PublicEpoch:
    if not found:
        raise NO_EPOCH()
    return PublicEpoch(found[0].epoch_id, bytes(found[0].public_key), bytes(found[0].public_mac))
