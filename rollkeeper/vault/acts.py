# SPDX-License-Identifier: EUPL-1.2
"""Seal, open, destroy. Whoever opens leaves a ledger entry first, committed, or opens nothing.

Sealing asks for no Authority: the acts that seal have demanded theirs, and who seals learns nothing. Destroying asks for
none either: what may be destroyed, and when, is decided and recorded in the room retention.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

import psycopg
from django.db import transaction

from rollkeeper.access.authority import Authority, console_authority, demand
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.ids import HoldingId, LineId, PersonId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import epochs, keys, wire
from rollkeeper.vault.errors import AlreadySealed, CannotOpen, EpochOver
from rollkeeper.vault.fields import Field, LineField, Purpose, padded_to_bytes
from rollkeeper.vault.opened import Opened
from rollkeeper.vault.storing import copy_binary

_SEALED_AT_ONCE = 10_000
_LENGTH_16 = b"\x00\x00\x00\x10"
_FIELD_COLUMNS = {field: len(field.value).to_bytes(4) + field.value.encode() for field in Field}
_FIELD_NAMES = {field: field.value.encode() for field in Field}
_FIELD_PADDING = {field: padded_to_bytes(field) for field in Field}


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """What one person or firm showed for one holding, in clear, on its way into the vault."""

    person_id: PersonId
    holding_id: HoldingId
    values: Mapping[Field, str]


def begin_first_epoch() -> None:
    """Begin the first epoch of a home, making its root of trust; do nothing where an epoch lives already."""
    if not keys.living_epoch_ids():
        begin_epoch(console_authority(), role=StaffRole.CONSOLE, on=clock.today())


def begin_epoch(authority: Authority, *, role: StaffRole, on: dt.date) -> int:
    """Begin an epoch, to which everything is sealed from now on. Ledger: vault:epoch:begun."""
    epoch_id, fingerprint = epochs.begin()
    with act():
        append_entry(
            authority, verb=Verb.EPOCH_BEGUN, role=role.value, on=on,
            facts={"epoch": epoch_id, "public_half": fingerprint},
        )  # fmt: skip
    return epoch_id


def seal_persons(records: Sequence[PersonRecord]) -> list[str]:
    """Seal each record under a key of its own; return what stands for each person in the ledger.

    The keys are committed first, then the rows join the present transaction: a key without rows opens nothing, rows
    without a key would be lost. Refuses: AlreadySealed, NoEpoch.
    """
    if not records:
        return []
    return [commitment for batch in batched(records, _SEALED_AT_ONCE) for commitment in _seal_batch(batch)]


def shred(pairs: Sequence[tuple[PersonId, HoldingId]]) -> int:
    """Destroy the keys of these persons and holdings, now, in every copy of the register; return how many there were.

    Committed by itself: no transaction of the register can take it back. Refuses: OnlySeals.
    """
    epochs.demand_opening()
    return keys.destroy_person_keys(pairs)


def list_living_keys() -> None:
    """Make the temporary table `vault_living` (person_id, holding_id) in the present transaction: whose keys there are.

    Refuses: OnlySeals.
    """
    epochs.demand_opening()
    run(sql("vault", "living_keys"))
    keys.copy_living_pairs("COPY vault_living (person_id, holding_id) FROM STDIN (FORMAT BINARY)")


def open_sealed(
    authority: Authority,
    *,
    person_id: PersonId,
    holding_id: HoldingId,
    field: Field,
    purpose: Purpose,
    on: dt.date,
    line_id: LineId | None = None,
    commitment: str | None = None,
) -> Opened:
    """Open one attribute of one person, after a ledger entry says that it was opened, by whom and for what.

    `commitment` is what the register keeps to stand for the person in the published entry, where the caller has it.

    Ledger: vault:sealed:opened. Refuses: NotAllowed, OnlySeals, CannotOpen.
    """
    role = demand(authority, Power.OPEN_SEALED)
    epochs.demand_opening()
    with transaction.atomic(using="vault", durable=True):
        append_entry(
            authority, verb=Verb.SEALED_OPENED, role=role.value, on=on, person_id=person_id, line_id=line_id,
            commitment=commitment, using="vault",
            facts={"field": field.value, "holding": str(holding_id), "purpose": purpose.value},
        )  # fmt: skip
    return _open_attribute(person_id, holding_id=holding_id, field=field)


def seal_line_values(field: LineField, pairs: Sequence[tuple[LineId, str]]) -> list[bytes]:
    """Seal a value of each line, bound to that line; the caller keeps what is returned. Refuses: NoEpoch."""
    return seal_line_columns(field, [line_id.bytes for line_id, _ in pairs], [value for _, value in pairs])


def seal_line_columns(field: LineField, lines: Sequence[bytes], values: Sequence[str]) -> list[bytes]:
    """Seal a value of each line, the lines named by the 16 bytes of their references: for millions. Refuses: NoEpoch."""
    if not lines:
        return []
    name, to_bytes = field.value.encode(), padded_to_bytes(field)
    return epochs.line_value_sealer().seal(
        [wire.pad(value.encode(), to_bytes=to_bytes) for value in values],
        contexts=[wire.line_value_context(line, name) for line in lines],
    )


def open_line_values(
    authority: Authority,
    field: LineField,
    pairs: Sequence[tuple[LineId, bytes]],
    *,
    purpose: Purpose,
    on: dt.date,
) -> list[Opened]:
    """Open a value of each line, after a ledger entry for each line says so.

    One that does not open does not keep the others: its `reveal` refuses.

    Ledger: vault:sealed:opened. Refuses: NotAllowed, OnlySeals.
    """
    role = demand(authority, Power.OPEN_SEALED)
    epochs.demand_opening()
    if not pairs:
        return []
    with transaction.atomic(using="vault", durable=True):
        _mark_lines_opened(authority, role, field, [line_id for line_id, _ in pairs], purpose=purpose, on=on)
    return _open_lines(field, pairs)


def _seal_batch(batch: Sequence[PersonRecord]) -> list[str]:
    ids = [(record.person_id.bytes, record.holding_id.bytes) for record in batch]
    fresh = wire.random_keys(len(batch))
    try:
        _keep_keys(ids, fresh)
    except EpochOver:
        _keep_keys(ids, fresh)  # an epoch ended in between: seal to the one that lives now
    tuples = [
        row
        for record, (person, holding), key in zip(batch, ids, fresh, strict=True)
        for row in _sealed_rows(record.values, person=person, holding=holding, key=key)
    ]
    try:
        copy_binary(
            "COPY vault_sealed (person_id, holding_id, field, ciphertext) FROM STDIN (FORMAT BINARY)",
            tuples,
            using="default",
        )
    except psycopg.errors.UniqueViolation:
        raise AlreadySealed from None
    return [
        wire.commitment(key, person=person, holding=holding)
        for (person, holding), key in zip(ids, fresh, strict=True)
    ]


def _keep_keys(ids: Sequence[tuple[bytes, bytes]], fresh: Sequence[bytes]) -> None:
    epoch_id, sealer = epochs.person_key_sealer()
    wrapped = sealer.seal(
        fresh, contexts=[wire.person_key_context(person, holding) for person, holding in ids]
    )
    keys.insert_person_keys(
        [(person, holding, key) for (person, holding), key in zip(ids, wrapped, strict=True)],
        epoch_id=epoch_id,
    )


def _sealed_rows(values: Mapping[Field, str], *, person: bytes, holding: bytes, key: bytes) -> list[bytes]:
    head = b"\x00\x04" + _LENGTH_16 + person + _LENGTH_16 + holding
    triples = [
        (nonce, wire.pad(value.encode(), to_bytes=_FIELD_PADDING[field]), _FIELD_NAMES[field])
        for nonce, (field, value) in zip(wire.random_nonces(len(values)), values.items(), strict=True)
    ]
    sealed = wire.seal_attributes(key, triples, binding=wire.attribute_binding(person, holding))
    return [
        head + _FIELD_COLUMNS[field] + len(ciphertext).to_bytes(4) + ciphertext
        for field, ciphertext in zip(values, sealed, strict=True)
    ]


def _open_attribute(person_id: PersonId, *, holding_id: HoldingId, field: Field) -> Opened:
    found = rows(
        "SELECT ciphertext FROM vault_sealed WHERE person_id = %s AND holding_id = %s AND field = %s",
        [person_id, holding_id, field.value],
        using="vault",
    )
    if not found:
        raise CannotOpen
    key = _person_key(person_id, holding_id=holding_id)
    value = wire.open_attribute(
        key, bytes(found[0].ciphertext), binding=wire.attribute_binding(person_id.bytes, holding_id.bytes),
        field=field.value.encode(),
    )  # fmt: skip
    return Opened(value.decode())


def _person_key(person_id: PersonId, *, holding_id: HoldingId) -> bytes:
    found = keys.person_key(person_id, holding_id=holding_id)
    context = wire.person_key_context(person_id.bytes, holding_id.bytes)
    return epochs.unwrapped(found.epoch_id, found.secret_wrapped).open_person_key(
        found.wrapped, context=context
    )


def _mark_lines_opened(
    authority: Authority,
    role: StaffRole,
    field: LineField,
    lines: Sequence[LineId],
    *,
    purpose: Purpose,
    on: dt.date,
) -> None:
    run(
        sql("vault", "mark_lines_opened"),
        {
            "at": clock.now(), "day": on, "verb": Verb.SEALED_OPENED.value, "role": role.value,
            "actor": authority.commitment, "staff_id": authority.staff_id, "lines": list(lines),
            "field": field.value, "purpose": purpose.value,
        },
        using="vault",
    )  # fmt: skip


def _open_lines(field: LineField, pairs: Sequence[tuple[LineId, bytes]]) -> list[Opened]:
    name = field.value.encode()
    values = epochs.Keyring().open_line_values(
        [bytes(envelope) for _, envelope in pairs],
        contexts=[wire.line_value_context(line_id.bytes, name) for line_id, _ in pairs],
    )
    return [Opened(None if value is None else wire.unpad(value).decode()) for value in values]
