# SPDX-License-Identifier: EUPL-1.2
"""Enter a disclosure request, decide it, defer the notification. `answers` opens and `due_actions` notifies.

A request that the law does not allow is entered as refused, without its number and its instrument, and counts.
"""

import datetime as dt
from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import (
    Approvals,
    approvals_of,
    approve,
    require_approver,
    require_not_approved,
    roles_that_count,
)
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.disclosures.authorities import key_valid_until, locked_authority, staff_of
from rollkeeper.disclosures.choices import DeferralReason, DisclosureState, Instrument, RefusalReason
from rollkeeper.disclosures.errors import (
    DEFERRAL_REFUSED,
    DISCLOSURE_NOT_PENDING,
    DISCLOSURE_UNKNOWN,
    NUMBER_MISMATCH,
    DisclosureRefused,
)
from rollkeeper.disclosures.models import (
    DeferredNotification,
    DisclosureRequest,
    RequestingAuthority,
)
from rollkeeper.disclosures.rules import (
    DisclosureScope,
    RefusedDisclosure,
    are_enough_approvers,
    law_for,
    may_be_disclosed,
    may_defer,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import EntryId, StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import Term
from rollkeeper.law.disclosures import DisclosureLaw, disclosure_laws, reply_by
from rollkeeper.law.packs import Pack, load_pack
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry, withhold_accesses
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.vault.blind_index import blind_file, blind_once, blind_references
from rollkeeper.vault.fields import Field
from rollkeeper.vault.files import seal_file


def enter_disclosure(
    authority: Authority,
    authority_id: UUID,
    *,
    instrument: Instrument,
    reference: str,
    file: bytes,
    fields: Collection[Field],
    number: str,
    held_on: dt.date,
    received_on: dt.date,
    expires_on: dt.date,
    on: dt.date,
    held_at: dt.time | None = None,
) -> UUID:
    """Enter a disclosure request about who held one number on one day, with its instrument sealed as it came.

    Ledger: disclosures:request:entered, and disclosures:request:refused where the law does not allow it.
    Refuses: NOT_ALLOWED, AUTHORITY_UNKNOWN, NumberNotRead, SEALED_FILE_TOO_LARGE, UNSUPPORTED_PACK_FIELD; DisclosureRefused, on record.
    """
    role, pack = require(authority, Permission.ENTER_DISCLOSURE), load_pack(instance().pack)
    mark, file_mark = _mark_of(authority_id, reference), blind_file(sha256(file).hexdigest())
    made = DisclosureRequest(
        disclosure_id=new_uuid(), authority_id=authority_id, instrument=instrument.value,
        fields=sorted(field.value for field in fields), pack_hash=pack.hash, received_on=received_on,
        expires_on=expires_on, entered_by=staff_of(authority), entered_at=clock.now(), state=DisclosureState.WAITING.value,
    )  # fmt: skip
    with action():
        asking = locked_authority(authority_id)
        made.kind, before = asking.kind, _count_by_instrument(mark, file_mark)
        verdict = may_be_disclosed(
            _asked(made, asking, requests_before=before), disclosure_laws(pack, on=on), pack=pack.id, on=on
        )
        law = law_for(made.kind, disclosure_laws(pack, on=on))
        keep = law.keep if law else Term()
        made.article, made.keep_days = law.article if law else None, keep.days
        made.keep_months, made.keep_overflows = 12 * keep.years + keep.months, keep.overflows_to_next_month
        if isinstance(verdict, Refused):
            _turn_down(made, verdict, on=on)
        else:
            made.instrument_mark, made.file_mark, made.file_id = mark, file_mark, new_uuid()
            made.number_mark = blind_once(made.disclosure_id, _written(number))
            made.held_on, made.held_at = held_on, held_at
            made.reply_by = reply_by(pack, law, received_on) if law else None
            seal_file(made.disclosure_id, made.file_id, file)
        made.save(force_insert=True)
        append_entry(
            authority, verb=Verb.DISCLOSURE_ENTERED, role=role, on=on, pack=pack.hash, article=made.article,
            facts={"authority": str(authority_id), "disclosure": str(made.disclosure_id), "fields": len(made.fields),
                   "instrument": made.instrument},
        )  # fmt: skip
        if isinstance(verdict, Refused):
            _enter_refusal(authority, made, role=role, on=on, by=verdict)
    if isinstance(verdict, Refused):
        raise _said(verdict, made.disclosure_id)
    return made.disclosure_id


def approve_disclosure(
    authority: Authority, disclosure_id: UUID, *, number: str, held_on: dt.date, on: dt.date
) -> bool:
    """Approve as one of two, with the number and the day as read in the instrument; tell whether enough people approved now.

    Ledger: disclosures:request:approved. Refuses: NOT_ALLOWED, ROLE_TOO_RECENT, DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING,
    APPROVER_IS_SUBMITTER, ALREADY_APPROVED, NUMBER_MISMATCH, NumberNotRead.
    """
    role = require(authority, Permission.DECIDE_DISCLOSURE)
    with action():
        found = locked_disclosure(disclosure_id, DisclosureState.WAITING)
        require_approver(authority, Permission.DECIDE_DISCLOSURE, submitted_by=[StaffId(found.entered_by)])
        require_not_approved(authority, Permission.DECIDE_DISCLOSURE, disclosure_id)
        require_same_number(found, number=number, held_on=held_on)
        enough = are_enough_approvers(
            roles_that_count(Permission.DECIDE_DISCLOSURE, {*approvers(disclosure_id), staff_of(authority)}),
            entered_by=found.entered_by,
        )

        def enter(_: Approvals) -> EntryId:
            facts: dict[str, str | bool] = {"disclosure": str(disclosure_id), "enough": enough}
            return append_entry(authority, verb=Verb.DISCLOSURE_APPROVED, role=role, on=on, facts=facts)

        approve(
            authority, Permission.DECIDE_DISCLOSURE, disclosure_id, on=on, submitted_by=[StaffId(found.entered_by)], enter=enter
        )  # fmt: skip
        if enough:
            found.state = DisclosureState.APPROVED.value
            found.save(update_fields=["state"])
    return enough


def refuse_disclosure(
    authority: Authority, disclosure_id: UUID, *, because: RefusalReason, on: dt.date
) -> None:
    """Refuse a disclosure request, alone and with a reason; nothing was opened and nothing will be.

    Ledger: disclosures:request:refused. Refuses: NOT_ALLOWED, DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING.
    """
    role = require(authority, Permission.DECIDE_DISCLOSURE)
    with action():
        found = locked_disclosure(disclosure_id, DisclosureState.WAITING, DisclosureState.APPROVED)
        found.state, found.refused_because, found.closed_on = DisclosureState.REFUSED.value, because.value, on
        found.save(update_fields=["state", "refused_because", "closed_on"])
        _enter_refusal(authority, found, role=role, on=on)


def defer_notification(
    authority: Authority, disclosure_id: UUID, *, until: dt.date, because: DeferralReason, on: dt.date
) -> bool:
    """Ask that the person be notified only after `until`, or approve what another asked; tell whether it is approved now.

    Ledger: disclosures:notification:deferred, once two approved. Refuses: NOT_ALLOWED, ROLE_TOO_RECENT, DISCLOSURE_UNKNOWN,
    DISCLOSURE_NOT_PENDING, APPROVER_IS_SUBMITTER, ALREADY_APPROVED, DEFERRAL_REFUSED.
    """
    role, pack = require(authority, Permission.DEFER_NOTIFICATION), load_pack(instance().pack)
    with action():
        found = locked_disclosure(
            disclosure_id,
            DisclosureState.WAITING,
            DisclosureState.APPROVED,
            DisclosureState.OPENED,
            DisclosureState.DELIVERED,
        )
        require_approver(authority, Permission.DEFER_NOTIFICATION, submitted_by=[StaffId(found.entered_by)])
        law = law_for(found.kind, disclosure_laws(pack, on=on))
        running = agreed_deferrals(disclosure_id)
        _require_deferrable(law, found, running, until=until, on=on)
        deferral_id = _pending_deferral(disclosure_id, until=until, because=because, renewal=len(running))

        def enter(made: Approvals) -> EntryId | None:
            if not made.enough:
                return None
            return append_entry(
                authority, verb=Verb.NOTIFICATION_DEFERRED, role=role, on=on, pack=pack.hash,
                article=law.deferral_article if law else None,
                facts={"because": because.value, "disclosure": str(disclosure_id), "renewal": len(running), "until": until.isoformat()},
            )  # fmt: skip

        made = approve(
            authority, Permission.DEFER_NOTIFICATION, deferral_id, on=on, submitted_by=[StaffId(found.entered_by)], enter=enter
        )  # fmt: skip
        if made.enough:
            DeferredNotification.objects.filter(disclosure_id=disclosure_id, deferral_id=deferral_id).update(
                agreed_on=on
            )
            if found.opened_on is not None:
                withhold_accesses(disclosure_id, until=until, on=on)
    return made.enough


def record_delivery(authority: Authority, disclosure_id: UUID, *, on: dt.date) -> str:
    """Note that the sealed answer went to the authority; return its hash. After that, nothing more is opened for the request.

    Ledger: disclosures:request:delivered. Refuses: NOT_ALLOWED, DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING.
    """
    role = require(authority, Permission.DECIDE_DISCLOSURE)
    with action():
        found = locked_disclosure(disclosure_id, DisclosureState.OPENED)
        if found.answer_hash is None:
            raise DISCLOSURE_NOT_PENDING(state=found.state, needed="opened, with an answer sealed")
        found.state, found.delivered_on, found.closed_on = DisclosureState.DELIVERED.value, on, on
        found.save(update_fields=["state", "delivered_on", "closed_on"])
        append_entry(
            authority, verb=Verb.DISCLOSURE_DELIVERED, role=role, on=on,
            facts={"disclosure": str(disclosure_id), "file": found.answer_hash},
        )  # fmt: skip
    return found.answer_hash


def locked_disclosure(disclosure_id: UUID, *needed: DisclosureState) -> DisclosureRequest:
    """Return a disclosure request in one of these states, locked until the act ends. Refuses: DISCLOSURE_UNKNOWN, DISCLOSURE_NOT_PENDING."""
    found = DisclosureRequest.objects.select_for_update().filter(disclosure_id=disclosure_id).first()
    if found is None:
        raise DISCLOSURE_UNKNOWN()
    if found.state not in set(needed):
        raise DISCLOSURE_NOT_PENDING(state=found.state, needed="' or '".join(state.value for state in needed))
    return found


def require_same_number(found: DisclosureRequest, *, number: str, held_on: dt.date) -> str:
    """Require the number and the day of the request; return the number as the register writes it. Refuses: NumberNotRead, NUMBER_MISMATCH."""
    written = _written(number)
    with counted_lookups():
        (said,) = rows(
            "SELECT disclosures_is_about(%s, %s) AS matches",
            [found.disclosure_id, blind_once(found.disclosure_id, written)],
        )
    if held_on != found.held_on or not said.matches:
        raise NUMBER_MISMATCH()
    return written


def require_lawful(
    found: DisclosureRequest, asking: RequestingAuthority, pack: Pack, *, on: dt.date
) -> DisclosureLaw:
    """Return the power that allows a disclosure request, if it still does on this day. Refuses: DisclosureRefused, UNSUPPORTED_PACK_FIELD."""
    laws = disclosure_laws(pack, on=on)
    verdict = may_be_disclosed(_asked(found, asking, requests_before=0), laws, pack=pack.id, on=on)
    law = law_for(found.kind, laws)
    if isinstance(verdict, Refused) or law is None:
        raise _said(verdict if isinstance(verdict, Refused) else _NOTHING, found.disclosure_id)
    return law


def approvers(disclosure_id: UUID) -> set[StaffId]:
    """Return the people who approved a disclosure request."""
    return {one.staff_id for one in approvals_of(Permission.DECIDE_DISCLOSURE, [disclosure_id])}


def agreed_deferrals(disclosure_id: UUID) -> list[DeferredNotification]:
    """Return the deferrals that two people approved, the earliest first."""
    return list(
        DeferredNotification.objects.filter(disclosure_id=disclosure_id, agreed_on__isnull=False).order_by(
            "renewal"
        )
    )


_NOTHING = Refused("", "the law knows no such disclosure request", "")


def _require_deferrable(
    law: DisclosureLaw | None,
    found: DisclosureRequest,
    running: list[DeferredNotification],
    *,
    until: dt.date,
    on: dt.date,
) -> None:
    verdict = _NOTHING if law is None or found.notified_on is not None else may_defer(
        law, until=until, renewals=len(running), is_opened=found.opened_on is not None,
        running_until=running[-1].until if running else None, on=on,
    )  # fmt: skip
    if isinstance(verdict, Refused):
        raise DEFERRAL_REFUSED(
            article=verdict.article or "no article", reason=verdict.reason, remedy=verdict.remedy
        )


def _pending_deferral(disclosure_id: UUID, *, until: dt.date, because: DeferralReason, renewal: int) -> UUID:
    """Return the reference of the requested deferral: a new one, unless the pending one has the same day and reason."""
    open_ = DeferredNotification.objects.filter(disclosure_id=disclosure_id, renewal=renewal).first()
    if open_ is not None and (open_.until, open_.because) == (until, because):
        return open_.deferral_id
    deferral_id = new_uuid()
    asked = {"deferral_id": deferral_id, "until": until, "because": because.value, "asked_at": clock.now()}
    if not DeferredNotification.objects.filter(disclosure_id=disclosure_id, renewal=renewal).update(**asked):
        DeferredNotification.objects.create(disclosure_id=disclosure_id, renewal=renewal, **asked)
    return deferral_id


def _count_by_instrument(mark: bytes, file_mark: str) -> int:
    return int(rows(sql("disclosures", "count_by_instrument"), {"mark": mark, "file": file_mark})[0].requests)


def _asked(made: DisclosureRequest, asking: RequestingAuthority, *, requests_before: int) -> DisclosureScope:
    return DisclosureScope(
        kind=asking.kind, instrument=Instrument(made.instrument), fields=frozenset(made.fields),
        expires_on=made.expires_on, key_valid_until=key_valid_until(asking), requests_before=requests_before,
    )  # fmt: skip


def _turn_down(made: DisclosureRequest, verdict: Refused, *, on: dt.date) -> None:
    made.state, made.refused_by_law, made.closed_on = DisclosureState.REFUSED.value, True, on
    made.refused_because = (
        verdict.because.value if isinstance(verdict, RefusedDisclosure) else RefusalReason.NO_POWER.value
    )


def _enter_refusal(
    authority: Authority, about: DisclosureRequest, *, role: StaffRole, on: dt.date, by: Refused | None = None
) -> None:
    """Enter the refusal of a disclosure request in the ledger; if the law refuses it (`by`), with the article."""
    append_entry(
        authority, verb=Verb.DISCLOSURE_REFUSED, role=role, on=on,
        pack=about.pack_hash if by else None, article=by.article if by else None,
        facts={"because": about.refused_because or "", "by_law": about.refused_by_law, "disclosure": str(about.disclosure_id)},
    )  # fmt: skip


def _said(verdict: Refused, disclosure_id: UUID) -> DisclosureRefused:
    return DisclosureRefused(
        article=verdict.article, reason=verdict.reason, remedy=verdict.remedy, disclosure=disclosure_id
    )


def _mark_of(authority_id: UUID, reference: str) -> bytes:
    return blind_references([f"{authority_id} {' '.join(reference.casefold().split())}"])[0]


def _written(number: str) -> str:
    return normalise_identifier(number, service=service_guess(number), country=instance().country_code)
