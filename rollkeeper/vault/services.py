# SPDX-License-Identifier: EUPL-1.2
"""Seal, open, destroy. Every opening first commits a ledger entry, or opens nothing.

Sealing requires no Authority: the actions that seal have required one already, and sealing shows nothing. Destroying requires
none either: the package retention decides and records what may be destroyed, and when.
"""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

import psycopg
from django.db import IntegrityError

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, prepared_run, rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import epochs, keys, wire
from rollkeeper.vault.bulk_writes import MAX_INLINE_ROWS, columns_of, copy_binary
from rollkeeper.vault.epochs import announce_sealing, one_epoch
from rollkeeper.vault.errors import ALREADY_SEALED, EpochEnded
from rollkeeper.vault.fields import Field, LineField, padded_to_bytes
from rollkeeper.vault.keys import committed_meanwhile
from rollkeeper.vault.opening import open_copy, open_line_values, open_sealed

__all__ = [
    "PersonRecord",
    "add_values",
    "announce_sealing",
    "begin_epoch",
    "begin_first_epoch",
    "committed_meanwhile",
    "list_living_keys",
    "one_epoch",
    "open_copy",
    "open_line_values",
    "open_sealed",
    "remove_copies",
    "reseal_sim",
    "resign_public_keys",
    "seal_line_columns",
    "seal_line_values",
    "seal_persons",
    "shred",
    "shred_copies",
]  # fmt: skip

_SEALED_AT_ONCE = 10_000
_TRIES = 8
"""How often a number for a SIM is drawn: an earlier SIM of the same tenure may have the number."""
_LENGTH_16 = b"\x00\x00\x00\x10"
_FIELDS = {
    field: (
        field.value.encode(), len(field.value).to_bytes(4) + field.value.encode(), padded_to_bytes(field),
    )
    for field in Field
}  # fmt: skip
"""For each field: its name, its column in a COPY, and to a multiple of how many bytes its values are padded."""


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """What one person or company showed for one tenure, in clear, on its way into the vault."""

    person_id: PersonId
    tenure_id: TenureId
    values: Mapping[Field, str]
    copies: tuple[bytes, ...] = ()
    """Redacted copies of the document shown, as the law has them kept."""
    is_canary: bool = False


def begin_first_epoch() -> None:
    """Begin the first epoch of an instance, making its root of trust; do nothing where an epoch lives already."""
    if not keys.living_epoch_ids():
        begin_epoch(console_authority(), role=StaffRole.CONSOLE, on=clock.today())


def resign_public_keys() -> None:
    """Sign every public half that lacks this instance's signature, once the root proves it to be ours. Again: nothing.

    Refuses: EPOCH_NOT_GENUINE, CannotOpen.
    """
    from rollkeeper.vault import offline_keys

    epochs.resign()
    offline_keys.resign()


def begin_epoch(authority: Authority, *, role: StaffRole, on: dt.date) -> int:
    """Begin an epoch, to which everything is sealed from now on. Ledger: vault:epoch:begun."""
    epoch_id, fingerprint = epochs.begin()
    with action():
        append_entry(
            authority, verb=Verb.EPOCH_BEGUN, role=role.value, on=on,
            facts={"epoch": epoch_id, "public_half": fingerprint},
        )  # fmt: skip
    return epoch_id


def seal_persons(records: Sequence[PersonRecord]) -> list[str]:
    """Seal each record under its own key; return each person's commitment for the ledger.

    The keys are committed first; the rows and copies follow. A key without rows opens nothing, but rows without a key would be lost. Within
    `committed_meanwhile`, the keys of records without copies are committed when that block ends.
    Refuses: ALREADY_SEALED, NO_EPOCH, DOCUMENT_STORE_UNAVAILABLE.
    """
    if not records:
        return []
    return [commitment for batch in batched(records, _SEALED_AT_ONCE) for commitment in _seal_batch(batch)]


def reseal_sim(person_id: PersonId, tenure_id: TenureId, values: Mapping[Field, str]) -> None:
    """Replace, in a subscriber's record, the values of the former SIM by those of the new one, under another key.

    A process that seals cannot use the record's own key again. Precondition: in the action that has entered line:sim:replaced.
    Refuses: NO_EPOCH, ALREADY_SEALED.
    """
    fields, sealed = _under_another_key(person_id, tenure_id, values)
    rows("SELECT vault_replace_sim(%s, %s, %s::text[], %s::bytea[])", [person_id, tenure_id, fields, sealed])


def add_values(person_id: PersonId, tenure_id: TenureId, values: Mapping[Field, str]) -> None:
    """Seal values that a record lacks, under another key of the record; values that it has by then stay. Refuses: NO_EPOCH, ALREADY_SEALED."""
    if not values:
        return
    fields, sealed = _under_another_key(person_id, tenure_id, values)
    with action():
        run(
            "INSERT INTO vault_sealed (person_id, tenure_id, field, ciphertext) SELECT %s, %s, * FROM unnest(%s::text[], %s::bytea[])"
            " ON CONFLICT DO NOTHING",
            [person_id, tenure_id, fields, sealed],
        )


def _under_another_key(
    person_id: PersonId, tenure_id: TenureId, values: Mapping[Field, str]
) -> tuple[list[str], list[bytes]]:
    (key,), (person, tenure) = wire.random_keys(1), (person_id.bytes, tenure_id.bytes)
    seal, sealed = wire.attribute_sealer(key, binding=wire.attribute_binding(person, tenure)), []
    sim = _new_sim(person_id, tenure_id, key) if values else 0
    for nonce, (field, value) in zip(wire.random_nonces(len(values)), values.items(), strict=True):
        name, _, to_bytes = _FIELDS[field]
        sealed.append(
            wire.of_another_sim(seal(nonce, wire.pad(value.encode(), to_bytes=to_bytes), name), sim)
        )
    return [field.value for field in values], sealed


def _new_sim(person_id: PersonId, tenure_id: TenureId, key: bytes) -> int:
    """Keep the key of another SIM; return the number that tells this SIM from others of its tenure."""
    for _ in range(_TRIES):
        sim = secrets.randbelow(keys.SIMS)
        named = [(person_id.bytes, keys.of_sim(tenure_id, sim).bytes)]
        try:
            _keep_keys(named, [key])
        except EpochEnded:
            continue
        except RollkeeperError as fault:
            if fault.code != ALREADY_SEALED.code:
                raise
        else:
            return sim
    raise ALREADY_SEALED()


def shred(pairs: Sequence[tuple[PersonId, TenureId]]) -> int:
    """Destroy the keys of these persons and tenures at once, so that their records open in no copy of the register; return how many there were.

    Committed in its own transaction: no transaction of the register can take it back. Refuses: SEAL_ONLY_PROCESS.
    """
    epochs.require_opening()
    keys.destroy_person_keys(_of_copies(pairs))  # first, so that none is left if the run ends in between
    keys.destroy_sim_keys(pairs)
    return keys.destroy_person_keys(pairs)


def shred_copies(pairs: Sequence[tuple[PersonId, TenureId]]) -> None:
    """Destroy the keys of the document copies of these persons and tenures alone, now; the rest of each record stays.

    Committed in its own transaction, as in `shred`. Copies sealed before 0.3.0 have no separate key. Refuses: SEAL_ONLY_PROCESS.
    """
    epochs.require_opening()
    keys.destroy_person_keys(_of_copies(pairs))


def _of_copies(pairs: Sequence[tuple[PersonId, TenureId]]) -> list[tuple[PersonId, TenureId]]:
    return [(person_id, keys.of_copies(tenure_id)) for person_id, tenure_id in pairs]


def remove_copies(pairs: Sequence[tuple[PersonId, TenureId]], *, recorded: bool) -> int:
    """Remove the document copies of these persons and tenures, whose keys are destroyed; return how many were known.

    `recorded` says whether the register has rows about them. Refuses: SEAL_ONLY_PROCESS, DOCUMENT_STORE_UNAVAILABLE.
    """
    epochs.require_opening()
    if not pairs:
        return 0
    from rollkeeper.vault import document_store

    return document_store.remove(pairs) if recorded else document_store.remove_unrecorded(pairs)


def forget_sealed(line_ids: Sequence[LineId], erasure_ids: Sequence[UUID]) -> None:
    """Delete in the present transaction the sealed rows of the records that these erasures concern, and the rows about their copies."""
    rows("SELECT vault_forget(%s::uuid[], %s::uuid[])", [list(line_ids), list(erasure_ids)])


def list_living_keys() -> None:
    """Make the temporary table `vault_living` (person_id, tenure_id) in the present transaction: the existing keys.

    Refuses: SEAL_ONLY_PROCESS.
    """
    epochs.require_opening()
    run(sql("vault", "living_keys"))
    keys.copy_living_pairs("COPY vault_living (person_id, tenure_id) FROM STDIN (FORMAT BINARY)")


def seal_line_values(
    field: LineField, pairs: Sequence[tuple[LineId, str]], *, canaries: bool = False
) -> list[bytes]:
    """Seal a value of each line, bound to that line; the caller keeps what is returned. Refuses: NO_EPOCH."""
    lines, values = [line_id.bytes for line_id, _ in pairs], [value for _, value in pairs]
    return seal_line_columns(field, lines, values, canaries=canaries)


def seal_line_columns(
    field: LineField, lines: Sequence[bytes], values: Sequence[str], *, canaries: bool = False
) -> list[bytes]:
    """Seal a value of each line, the lines named by the 16 bytes of their references: for millions. Refuses: NO_EPOCH."""
    if not lines:
        return []
    name, to_bytes = field.value.encode(), padded_to_bytes(field)
    return epochs.line_value_sealer().seal(
        [wire.pad(value.encode(), to_bytes=to_bytes, marked=canaries) for value in values],
        contexts=[wire.line_value_context(line, name) for line in lines],
    )


def _seal_batch(batch: Sequence[PersonRecord]) -> list[str]:
    ids = [(record.person_id.bytes, record.tenure_id.bytes) for record in batch]
    with_copies = [record for record in batch if record.copies]
    fresh, for_copies = wire.random_keys(len(batch)), wire.random_keys(len(with_copies))
    named = ids + [(one.person_id.bytes, keys.of_copies(one.tenure_id).bytes) for one in with_copies]
    try:
        _keep_keys(named, [*fresh, *for_copies])
    except EpochEnded:
        _keep_keys(named, [*fresh, *for_copies])  # an epoch ended in between: seal to the one that lives now
    sealed = _sealed_rows(batch, ids, fresh)
    try:
        if 0 < len(sealed) <= MAX_INLINE_ROWS:
            prepared_run(sql("vault", "insert_sealed"), columns_of(sealed))
        else:
            copy_binary(
                "COPY vault_sealed (person_id, tenure_id, field, ciphertext) FROM STDIN (FORMAT BINARY)",
                sealed,
                using="default",
            )
    except (psycopg.errors.UniqueViolation, IntegrityError) as fault:
        if not isinstance(fault.__cause__ or fault, psycopg.errors.UniqueViolation):
            raise  # the fault of an earlier statement in the same pipeline
        raise ALREADY_SEALED() from None
    _keep_copies(list(zip(with_copies, for_copies, strict=True)))
    return [
        wire.commitment(key, person=person, tenure=tenure)
        for (person, tenure), key in zip(ids, fresh, strict=True)
    ]


def _keep_copies(with_copies: Sequence[tuple[PersonRecord, bytes]]) -> None:
    if not with_copies:
        return
    from rollkeeper.vault import document_store

    keys.settle()  # a copy whose key never came would stay for ever
    for record, key in with_copies:
        document_store.keep(key, record.copies, person_id=record.person_id, tenure_id=record.tenure_id)


def _keep_keys(ids: Sequence[tuple[bytes, bytes]], fresh: Sequence[bytes]) -> None:
    epoch_id, sealer = epochs.person_key_sealer()
    wrapped = sealer.seal(fresh, contexts=[wire.person_key_context(person, tenure) for person, tenure in ids])
    keys.insert_person_keys(
        [(person, tenure, key) for (person, tenure), key in zip(ids, wrapped, strict=True)],
        epoch_id=epoch_id,
    )


def _sealed_rows(
    batch: Sequence[PersonRecord], ids: Sequence[tuple[bytes, bytes]], fresh: Sequence[bytes]
) -> list[bytes]:
    """Return a tuple of `vault_sealed` for each attribute of each record, sealed under that record's key."""
    made, nonces = [], iter(wire.random_nonces(sum(len(record.values) for record in batch)))
    for record, (person, tenure), key in zip(batch, ids, fresh, strict=True):
        head = b"\x00\x04" + _LENGTH_16 + person + _LENGTH_16 + tenure
        seal, marked = (
            wire.attribute_sealer(key, binding=wire.attribute_binding(person, tenure)),
            record.is_canary,
        )
        for field, value in record.values.items():
            name, column, to_bytes = _FIELDS[field]
            sealed = seal(next(nonces), wire.pad(value.encode(), to_bytes=to_bytes, marked=marked), name)
            made.append(head + column + len(sealed).to_bytes(4) + sealed)
    return made
