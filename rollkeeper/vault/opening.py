# SPDX-License-Identifier: EUPL-1.2
"""Open what is sealed: check who asks, what for and how often; commit a ledger entry; only then use a key.

A member of staff may open only as many values in 24 hours as the settings allow, and all staff together only their total: a
second account gains an attacker little. Both limits are counted from the ledger itself, so that neither a restart nor a second process
resets them, and under one lock, so that two concurrent openings cannot both use up the last allowed one.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.db import connections, transaction

from rollkeeper.access.authority import Authority, require, rule_for
from rollkeeper.access.dual_control import have_enough_approvers
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_rows, rows, run, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.law.rules import Allowed, Decision, Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import canaries, epochs, keys, wire
from rollkeeper.vault.errors import (
    NEEDS_CONSENT,
    NEEDS_DISCLOSURE_REQUEST,
    NEEDS_TWO_APPROVERS,
    TOO_MANY_OPENINGS,
    CannotOpen,
)
from rollkeeper.vault.fields import COPY, INSTRUMENT, Field, LineField, Purpose
from rollkeeper.vault.rules import RefusedForEveryone, may_everyone_open_more, may_open_more
from rollkeeper.vault.secret_value import SecretDocumentCopy, SecretValue
from rollkeeper.vault.settings import settings
from rollkeeper.vault.worker_openings import count_worker_openings

WINDOW: Final = dt.timedelta(hours=24)
_PERMISSIONS: Final = {
    Purpose.LEGAL_DISCLOSURE: Permission.OPEN_ON_DISCLOSURE,
    Purpose.AUDIT: Permission.OPEN_WITH_CONSENT,
}


def open_sealed(
    authority: Authority,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    field: Field,
    purpose: Purpose,
    on: dt.date,
    line_id: LineId | None = None,
    commitment: str | None = None,
    second: Authority | None = None,
    disclosure_id: UUID | None = None,
    consent_id: UUID | None = None,
    kept_by: int | None = None,
) -> SecretValue:
    """Open one attribute of one person, after a ledger entry records who opened it and for which purpose.

    `commitment` represents the person in the published entry, if the caller has it; `second` is the second approver, if the
    purpose needs two people. For a disclosure request the entry names the request, and the published part names neither the line
    nor the person: they are notified, perhaps later (`disclosures`). For an audit it names the person's consent
    (`selfcare.consents`). `kept_by` is the entry of a later SIM: the value as it was before that is opened, if it is kept (`vault_replace_sim`).

    Ledger: vault:sealed:opened, or vault:sealed:refused. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS, NEEDS_DISCLOSURE_REQUEST, NEEDS_CONSENT,
    NEEDS_TWO_APPROVERS, TOO_MANY_OPENINGS, CannotOpen.
    """
    field, purpose = Field(field), Purpose(purpose)
    role = _require(authority, purpose, second=second, on=on)
    if epochs.must_ask():
        from rollkeeper.vault import worker_requests

        return worker_requests.ask_for_attribute(
            authority, person_id=person_id, tenure_id=tenure_id, field=field, purpose=purpose, on=on
        )
    epochs.require_opening()
    facts = {"field": field.value, "purpose": purpose.value}
    if purpose is Purpose.LEGAL_DISCLOSURE:
        facts["disclosure"], line_id, commitment = _require_disclosure_request(disclosure_id), None, None
    else:
        facts |= {"tenure": str(tenure_id)} | _consent_facts(purpose, consent_id)
    _require_allowed(_count_for_worker(authority, role, facts, purpose=purpose.value, asked=1, on=on))
    noted = _note_opening(
        authority, role, facts | _approver_facts(second), person_id=person_id, tenure_id=tenure_id,
        stored_as=field.value if kept_by is None else f"{field.value}:{kept_by}", line_id=line_id, commitment=commitment, on=on,
    )  # fmt: skip
    if not noted.is_noted:
        verdict = _decide(authority, by_one=noted.by_one, by_all=noted.by_all, asked=1)
        with transaction.atomic(using="vault", durable=True):
            _mark_refused(authority, role, verdict, facts | {"asked": 1}, person_id=person_id, on=on)
        _require_allowed(verdict)
    if noted.sealed is None:
        raise CannotOpen
    return _open_attribute(
        authority, role, bytes(noted.sealed), person_id=person_id, tenure_id=tenure_id, field=field, on=on
    )


def open_copy(
    authority: Authority,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    position: int,
    purpose: Purpose,
    on: dt.date,
    line_id: LineId | None = None,
    commitment: str | None = None,
) -> SecretDocumentCopy:
    """Open one copy of a document, after a ledger entry says so; it counts as one value opened. A disclosure request opens none.

    Ledger: vault:sealed:opened, or vault:sealed:refused. Refuses: as `open_sealed`, and DOCUMENT_STORE_UNAVAILABLE.
    """
    if epochs.must_ask():
        from rollkeeper.vault import worker_requests

        return worker_requests.ask_for_copy(
            authority,
            person_id=person_id,
            tenure_id=tenure_id,
            position=position,
            purpose=Purpose(purpose),
            on=on,
        )
    from rollkeeper.vault import document_store

    _mark_copy_opened(
        authority, Purpose(purpose), person_id=person_id, tenure_id=tenure_id, line_id=line_id,
        commitment=commitment, on=on,
    )  # fmt: skip
    sealed = document_store.fetch(person_id, tenure_id, position=position)
    return SecretDocumentCopy(_opened_copy(sealed, person_id, tenure_id, position=position))


def open_line_values(
    authority: Authority,
    field: LineField,
    pairs: Sequence[tuple[LineId, bytes]],
    *,
    purpose: Purpose,
    on: dt.date,
) -> list[SecretValue]:
    """Open a value of each line, after a ledger entry for each line says so.

    A value that does not open does not stop the others: its `reveal` refuses.

    Ledger: vault:sealed:opened, or vault:sealed:refused. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS, NEEDS_TWO_APPROVERS,
    TOO_MANY_OPENINGS.
    """
    field, purpose = LineField(field), Purpose(purpose)
    role = _require(authority, purpose, second=None, on=on)
    _consent_facts(purpose, None)
    if epochs.must_ask():
        from rollkeeper.vault import worker_requests

        return worker_requests.ask_for_line_values(authority, field, pairs, purpose=purpose, on=on)
    epochs.require_opening()
    if not pairs:
        return []
    facts: dict[str, str | int | bool] = {"field": field.value, "purpose": purpose.value}
    _require_allowed(
        _count_for_worker(authority, role, facts, purpose=purpose.value, asked=len(pairs), on=on)
    )
    with transaction.atomic(using="vault", durable=True):
        verdict = _count(authority, asked=len(pairs))
        if not isinstance(verdict, Refused):
            _mark_lines_opened(
                authority, role, field, [line_id for line_id, _ in pairs], purpose=purpose, on=on
            )
        else:
            _mark_refused(authority, role, verdict, facts | {"asked": len(pairs)}, on=on)
    _require_allowed(verdict)
    return _open_lines(authority, role, field, pairs, on=on)


def note_file_opened(authority: Authority, *, disclosure_id: UUID, on: dt.date) -> None:
    """Record in the ledger, before it is opened, that staff read the instrument of a disclosure request; it counts as an opening.

    Ledger: vault:sealed:opened, or vault:sealed:refused. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS, TOO_MANY_OPENINGS.
    """
    role = require(authority, Permission.OPEN_ON_DISCLOSURE)
    epochs.require_opening()
    facts = {"disclosure": str(disclosure_id), "field": INSTRUMENT, "purpose": Purpose.LEGAL_DISCLOSURE.value}
    with transaction.atomic(using="vault", durable=True):
        verdict = _count(authority, asked=1)
        if isinstance(verdict, Refused):
            _mark_refused(authority, role, verdict, facts | {"asked": 1}, on=on)
        else:
            append_entry(
                authority, verb=Verb.SEALED_OPENED, role=role.value, on=on, facts=facts, using="vault"
            )
    _require_allowed(verdict)


def permission_for(purpose: Purpose) -> Permission:
    """Return the permission that opening for this purpose requires."""
    return _PERMISSIONS.get(purpose, Permission.OPEN_SEALED)


def _mark_copy_opened(
    authority: Authority,
    purpose: Purpose,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    line_id: LineId | None,
    commitment: str | None,
    on: dt.date,
) -> None:
    """Commit a ledger entry that a copy of a document is opened, or refuse. A disclosure request opens no copy: it names values."""
    role = _require(authority, purpose, second=None, on=on)
    epochs.require_opening()
    if purpose is Purpose.LEGAL_DISCLOSURE:
        _require_disclosure_request(None)
    _consent_facts(purpose, None)
    facts = {"field": COPY, "tenure": str(tenure_id), "purpose": purpose.value}
    _require_allowed(_count_for_worker(authority, role, facts, purpose=purpose.value, asked=1, on=on))
    with transaction.atomic(using="vault", durable=True):
        verdict = _count(authority, asked=1)
        if isinstance(verdict, Refused):
            _mark_refused(authority, role, verdict, facts | {"asked": 1}, person_id=person_id, on=on)
        else:
            append_entry(
                authority, verb=Verb.SEALED_OPENED, role=role.value, on=on, person_id=person_id, line_id=line_id,
                commitment=commitment, using="vault", facts=facts,
            )  # fmt: skip
    _require_allowed(verdict)


def _require(authority: Authority, purpose: Purpose, *, second: Authority | None, on: dt.date) -> StaffRole:
    permission = permission_for(purpose)
    role = require(authority, permission)
    if role is StaffRole.SUBSCRIBER and purpose is not Purpose.SUBSCRIBER_REQUEST:
        raise NOT_ALLOWED(
            permission=permission.value,
            needed=", ".join(r.value for r in rule_for(permission).roles if r is not role),
        )
    if second is not None:
        require(second, permission)
    people, deciders = (
        rule_for(permission).people,
        {a.staff_id for a in (authority, second) if a and a.staff_id},
    )
    if people > 1 and not have_enough_approvers(permission, deciders, on=on):
        raise NEEDS_TWO_APPROVERS(people=people, purpose=purpose.value)
    return role


def _note_opening(
    authority: Authority,
    role: StaffRole,
    facts: Mapping[str, str],
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    stored_as: str,
    line_id: LineId | None,
    commitment: str | None,
    on: dt.date,
) -> Any:
    """Commit the opening's ledger entry, if the limits allow one more; return whether they do, and the sealed value."""
    if connections["vault"].in_atomic_block:
        raise RuntimeError("an opening's entry is durable: it is committed in a separate transaction")
    at = clock.now()
    (noted,) = prepared_rows(
        "SELECT * FROM vault_note_opening(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            person_id, tenure_id, stored_as, line_id, authority.staff_id, settings().opens_per_day,
            settings().opens_per_day_total, at - WINDOW, at, on, Verb.SEALED_OPENED.value, role.value, authority.commitment,
            commitment, json.dumps(facts),
        ],
        using="vault",
    )  # fmt: skip
    return noted


def _count(authority: Authority, *, asked: int) -> Decision:
    """Decide whether this member of staff may open this many more; other staff wait until the entry is written."""
    if authority.staff_id is None:
        return Allowed()
    counted = {
        "staff_id": authority.staff_id, "verb": Verb.SEALED_OPENED.value, "since": clock.now() - WINDOW,
    }  # fmt: skip
    rows("SELECT pg_advisory_xact_lock(hashtextextended(%(verb)s, 0))", counted, using="vault")
    (lately,) = rows(sql("vault", "openings_lately"), counted, using="vault")
    return _decide(authority, by_one=lately.by_one, by_all=lately.by_all, asked=asked)


def _count_for_worker(
    authority: Authority,
    role: StaffRole,
    facts: Mapping[str, str | int | bool],
    *,
    purpose: str,
    asked: int,
    on: dt.date,
) -> Decision:
    """Count an opening that no member of staff asks for against its purpose's limit; past the limit, record that and raise an alarm."""
    if authority.staff_id is not None:
        return Allowed()
    with transaction.atomic(using="vault", durable=True):
        verdict = count_worker_openings(purpose, asked=asked)
        if isinstance(verdict, Refused):
            entry_id = append_entry(
                authority, verb=Verb.OPENING_REFUSED, role=role.value, on=on, facts={**facts, "asked": asked}, using="vault"
            )  # fmt: skip
            canaries.raise_alarm_of_worker(authority, entry_id)
    return verdict


def _decide(authority: Authority, *, by_one: int, by_all: int, asked: int) -> Decision:
    """Decide by both limits; they do not apply to the register itself or to subscribers, who have no account."""
    if authority.staff_id is None:
        return Allowed()
    one = may_open_more(lately=by_one, asked=asked, limit=settings().opens_per_day)
    if isinstance(one, Refused):
        return one
    return may_everyone_open_more(lately=by_all, asked=asked, limit=settings().opens_per_day_total)


def _require_allowed(verdict: Decision) -> None:
    if isinstance(verdict, Refused):
        raise TOO_MANY_OPENINGS(article=verdict.article, reason=verdict.reason, remedy=verdict.remedy)


def _require_disclosure_request(disclosure_id: UUID | None) -> str:
    if disclosure_id is None:
        raise NEEDS_DISCLOSURE_REQUEST()
    return str(disclosure_id)


def _consent_facts(purpose: Purpose, consent_id: UUID | None) -> dict[str, str]:
    if purpose is not Purpose.AUDIT:
        return {}
    if consent_id is None:
        raise NEEDS_CONSENT()
    return {"consent": str(consent_id)}


def _approver_facts(second: Authority | None) -> dict[str, str]:
    return {"second": second.commitment} if second else {}


def _mark_refused(
    authority: Authority,
    role: StaffRole,
    verdict: Decision,
    facts: Mapping[str, str | int | bool],
    *,
    on: dt.date,
    person_id: PersonId | None = None,
) -> None:
    entry_id = append_entry(
        authority, verb=Verb.OPENING_REFUSED, role=role.value, on=on, person_id=person_id, facts=facts, using="vault"
    )  # fmt: skip
    if isinstance(verdict, RefusedForEveryone):
        canaries.raise_alarm_of_limit(authority, entry_id)


def _open_attribute(
    authority: Authority,
    role: StaffRole,
    sealed: bytes,
    *,
    person_id: PersonId,
    tenure_id: TenureId,
    field: Field,
    on: dt.date,
) -> SecretValue:
    sim, sealed = wire.sim_of(sealed)
    under = tenure_id if sim is None else keys.of_sim(tenure_id, sim)
    padded = wire.open_padded_attribute(
        _person_key(person_id, tenure_id=under), sealed,
        binding=wire.attribute_binding(person_id.bytes, tenure_id.bytes), field=field.value.encode(),
    )  # fmt: skip
    if wire.is_marked(padded):
        canaries.raise_alarm(authority, role, on=on)
    return SecretValue(_text(wire.unpad(padded)))


def _opened_copy(sealed: bytes, person_id: PersonId, tenure_id: TenureId, *, position: int) -> bytes:
    """Open a copy with the key of its tenure's copies or, if it was sealed before 0.3.0, with the person's key.

    An app that seals could insert a copies' key for an old tenure, which has none: so both keys are always tried.
    """
    for under in (keys.of_copies(tenure_id), tenure_id):
        with suppress(CannotOpen):
            return wire.open_copy(
                _person_key(person_id, tenure_id=under), sealed,
                person=person_id.bytes, tenure=tenure_id.bytes, position=position,
            )  # fmt: skip
    raise CannotOpen


def _person_key(person_id: PersonId, *, tenure_id: TenureId) -> bytes:
    found = keys.person_key(person_id, tenure_id=tenure_id)
    context = wire.person_key_context(person_id.bytes, tenure_id.bytes)
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


def _open_lines(
    authority: Authority,
    role: StaffRole,
    field: LineField,
    pairs: Sequence[tuple[LineId, bytes]],
    *,
    on: dt.date,
) -> list[SecretValue]:
    name = field.value.encode()
    values = epochs.Keyring().open_line_values(
        [bytes(envelope) for _, envelope in pairs],
        contexts=[wire.line_value_context(line_id.bytes, name) for line_id, _ in pairs],
    )
    if any(value is not None and wire.is_marked(value) for value in values):
        canaries.raise_alarm(authority, role, on=on)
    return [SecretValue(None if value is None else _text(wire.unpad(value))) for value in values]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise CannotOpen from None
