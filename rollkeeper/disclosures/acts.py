# SPDX-License-Identifier: EUPL-1.2
"""Enter a demand, decide it, put off telling. What is decided here is opened in `answering` and told in `keeping`.

Nobody but the law refuses a demand before it is on record: one that the law does not let through is entered as refused,
without the number and without its instrument, and counts.
"""

import datetime as dt
import hmac
from collections.abc import Collection, Iterable
from hashlib import sha256
from uuid import UUID

from rollkeeper.access.acts import authority_of
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.disclosures.authorities import key_valid_until, locked_authority, staff_of
from rollkeeper.disclosures.errors import (
    DecidedAlready,
    DemandNotWaiting,
    DemandRefused,
    DemandUnknown,
    NumberDiffers,
    OwnDemand,
    PutOffRefused,
)
from rollkeeper.disclosures.kinds import Because, DemandState, Instrument, PutOffBecause
from rollkeeper.disclosures.models import Demand, DemandDecision, DemandingAuthority, PutOff
from rollkeeper.disclosures.rules import (
    DECIDERS,
    Asked,
    RefusedDemand,
    are_enough,
    law_for,
    may_be_demanded,
    may_put_off,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.disclosures import DisclosureLaw, disclosure_laws, reply_by
from rollkeeper.law.packs import Pack, load_pack
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.acts import append_entry, withhold_looks
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.vault.blind import blind_file, blind_once, blind_references
from rollkeeper.vault.fields import Field
from rollkeeper.vault.files import seal_file


def enter_demand(
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
    """Enter a demand about who held one number on one day, with its instrument sealed as it came.

    Ledger: disclosures:demand:entered, and disclosures:demand:refused where the law does not let it through.
    Refuses: NotAllowed, AuthorityUnknown, NumberNotRead, FileTooLarge, UnhonouredField; DemandRefused, on record.
    """
    role, pack = demand(authority, Power.ENTER_DEMAND), load_pack(settings().pack)
    mark, file_mark = _mark_of(authority_id, reference), blind_file(sha256(file).hexdigest())
    made = Demand(
        demand_id=new_uuid(), authority_id=authority_id, instrument=instrument.value,
        fields=sorted(field.value for field in fields), pack_hash=pack.hash, received_on=received_on,
        expires_on=expires_on, entered_by=staff_of(authority), entered_at=clock.now(), state=DemandState.WAITING.value,
    )  # fmt: skip
    with act():
        asking = locked_authority(authority_id)
        made.kind, before = asking.kind, _demanded_with(mark, file_mark)
        verdict = may_be_demanded(
            _asked(made, asking, people_before=before), disclosure_laws(pack), pack=pack.id, on=on
        )
        law = law_for(made.kind, disclosure_laws(pack))
        made.article, made.keep_days = law.article if law else None, law.keep_days if law else 0
        if isinstance(verdict, Refused):
            _turn_down(made, verdict, on=on)
        else:
            made.instrument_mark, made.file_mark, made.file_id = mark, file_mark, new_uuid()
            made.number_mark = blind_once(made.demand_id, _written(number))
            made.held_on, made.held_at = held_on, held_at
            made.reply_by = reply_by(pack, law, received_on) if law else None
            seal_file(made.demand_id, made.file_id, file)
        made.save(force_insert=True)
        append_entry(
            authority, verb=Verb.DEMAND_ENTERED, role=role, on=on, pack=pack.hash, article=made.article,
            facts={"authority": str(authority_id), "demand": str(made.demand_id), "fields": len(made.fields),
                   "instrument": made.instrument},
        )  # fmt: skip
        if isinstance(verdict, Refused):
            _enter_refusal(authority, made, role=role, on=on, by=verdict)
    if isinstance(verdict, Refused):
        raise _said(verdict, made.demand_id)
    return made.demand_id


def approve_demand(
    authority: Authority, demand_id: UUID, *, number: str, held_on: dt.date, on: dt.date
) -> bool:
    """Say yes as one of two, with the number and the day as read in the instrument; tell whether it is enough now.

    Ledger: disclosures:demand:approved. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting, OwnDemand, DecidedAlready,
    NumberDiffers, NumberNotRead.
    """
    role = demand(authority, Power.DECIDE_DEMAND)
    with act():
        found = locked_demand(demand_id, DemandState.WAITING)
        if found.entered_by == authority.staff_id:
            raise OwnDemand
        if authority.staff_id in deciders(demand_id):
            raise DecidedAlready
        demand_same_number(found, number=number, held_on=held_on)
        DemandDecision.objects.create(
            demand_id=demand_id, staff_id=staff_of(authority), decided_at=clock.now()
        )
        enough = are_enough(_roles_of(deciders(demand_id)), entered_by=found.entered_by)
        if enough:
            found.state = DemandState.APPROVED.value
            found.save(update_fields=["state"])
        append_entry(
            authority, verb=Verb.DEMAND_APPROVED, role=role, on=on, facts={"demand": str(demand_id), "enough": enough}
        )  # fmt: skip
    return enough


def refuse_demand(authority: Authority, demand_id: UUID, *, because: Because, on: dt.date) -> None:
    """Refuse a demand, alone and with a reason; nothing was opened and nothing will be.

    Ledger: disclosures:demand:refused. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting.
    """
    role = demand(authority, Power.DECIDE_DEMAND)
    with act():
        found = locked_demand(demand_id, DemandState.WAITING, DemandState.APPROVED)
        found.state, found.refused_because, found.closed_on = DemandState.REFUSED.value, because.value, on
        found.save(update_fields=["state", "refused_because", "closed_on"])
        _enter_refusal(authority, found, role=role, on=on)


def put_off_telling(
    authority: Authority, demand_id: UUID, *, until: dt.date, because: PutOffBecause, on: dt.date
) -> bool:
    """Ask that the person be told only after `until`, or agree to what another asked; tell whether it is agreed now.

    Ledger: disclosures:telling:put_off, once two agree. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting, OwnDemand,
    PutOffRefused.
    """
    role, pack = demand(authority, Power.PUT_OFF_TELLING), load_pack(settings().pack)
    with act():
        found = locked_demand(
            demand_id, DemandState.WAITING, DemandState.APPROVED, DemandState.OPENED, DemandState.HANDED_OVER
        )
        if found.entered_by == authority.staff_id:
            raise OwnDemand
        law = law_for(found.kind, disclosure_laws(pack))
        running = agreed_put_offs(demand_id)
        _demand_may_put_off(law, found, running, until=until, on=on)
        open_ = PutOff.objects.filter(demand_id=demand_id, renewal=len(running)).first()
        if (
            open_ is None
            or open_.asked_by == authority.staff_id
            or (open_.until, open_.because) != (until, because)
        ):
            _ask_put_off(authority, demand_id, until=until, because=because, renewal=len(running))
            return False
        PutOff.objects.filter(demand_id=demand_id, putoff_id=open_.putoff_id).update(
            agreed_by=authority.staff_id, agreed_on=on
        )
        if found.opened_on is not None:
            withhold_looks(demand_id, until=until, on=on)
        append_entry(
            authority, verb=Verb.TELLING_PUT_OFF, role=role, on=on, pack=pack.hash,
            article=law.put_off_article if law else None,
            facts={"because": because.value, "demand": str(demand_id), "renewal": len(running), "until": until.isoformat()},
        )  # fmt: skip
    return True


def hand_over(authority: Authority, demand_id: UUID, *, on: dt.date) -> str:
    """Note that the sealed answer went to the authority; return its hash. Nothing more is opened for the demand then.

    Ledger: disclosures:demand:handed_over. Refuses: NotAllowed, DemandUnknown, DemandNotWaiting.
    """
    role = demand(authority, Power.DECIDE_DEMAND)
    with act():
        found = locked_demand(demand_id, DemandState.OPENED)
        if found.answer_hash is None:
            raise DemandNotWaiting(state=found.state, needed="opened, with an answer sealed")
        found.state, found.handed_over_on, found.closed_on = DemandState.HANDED_OVER.value, on, on
        found.save(update_fields=["state", "handed_over_on", "closed_on"])
        append_entry(
            authority, verb=Verb.DEMAND_HANDED_OVER, role=role, on=on,
            facts={"demand": str(demand_id), "file": found.answer_hash},
        )  # fmt: skip
    return found.answer_hash


def locked_demand(demand_id: UUID, *needed: DemandState) -> Demand:
    """Return a demand in one of these states, locked until the act ends. Refuses: DemandUnknown, DemandNotWaiting."""
    found = Demand.objects.select_for_update().filter(demand_id=demand_id).first()
    if found is None:
        raise DemandUnknown
    if found.state not in set(needed):
        raise DemandNotWaiting(state=found.state, needed="' or '".join(state.value for state in needed))
    return found


def demand_same_number(found: Demand, *, number: str, held_on: dt.date) -> str:
    """Return the number spelled as the register spells it. Refuses: NumberNotRead, NumberDiffers."""
    written = _written(number)
    if held_on != found.held_on or not hmac.compare_digest(
        blind_once(found.demand_id, written), bytes(found.number_mark or b"")
    ):
        raise NumberDiffers
    return written


def demand_lawful(found: Demand, asking: DemandingAuthority, pack: Pack, *, on: dt.date) -> DisclosureLaw:
    """Return the power that a demand rests on, if it still does on this day. Refuses: DemandRefused, UnhonouredField."""
    laws = disclosure_laws(pack)
    verdict = may_be_demanded(_asked(found, asking, people_before=0), laws, pack=pack.id, on=on)
    law = law_for(found.kind, laws)
    if isinstance(verdict, Refused) or law is None:
        raise _said(verdict if isinstance(verdict, Refused) else _NOTHING, found.demand_id)
    return law


def deciders(demand_id: UUID) -> set[UUID]:
    """Return who said yes."""
    return set(DemandDecision.objects.filter(demand_id=demand_id).values_list("staff_id", flat=True))


def agreed_put_offs(demand_id: UUID) -> list[PutOff]:
    """Return what two people agreed on, the first first."""
    return list(PutOff.objects.filter(demand_id=demand_id, agreed_on__isnull=False).order_by("renewal"))


_NOTHING = Refused("", "the law knows no such demand", "")


def _demand_may_put_off(
    law: DisclosureLaw | None, found: Demand, running: list[PutOff], *, until: dt.date, on: dt.date
) -> None:
    verdict = _NOTHING if law is None or found.told_on is not None else may_put_off(
        law, until=until, renewals=len(running), is_opened=found.opened_on is not None,
        running_until=running[-1].until if running else None, on=on,
    )  # fmt: skip
    if isinstance(verdict, Refused):
        raise PutOffRefused(
            article=verdict.article or "no article", reason=verdict.reason, remedy=verdict.remedy
        )


def _ask_put_off(
    authority: Authority, demand_id: UUID, *, until: dt.date, because: PutOffBecause, renewal: int
) -> None:
    asked = {
        "until": until,
        "because": because.value,
        "asked_by": authority.staff_id,
        "asked_at": clock.now(),
    }
    if not PutOff.objects.filter(demand_id=demand_id, renewal=renewal, agreed_on__isnull=True).update(
        **asked
    ):
        PutOff.objects.create(demand_id=demand_id, putoff_id=new_uuid(), renewal=renewal, **asked)


def _demanded_with(mark: bytes, file_mark: str) -> int:
    return int(rows(sql("disclosures", "demanded_with"), {"mark": mark, "file": file_mark})[0].demands)


def _asked(made: Demand, asking: DemandingAuthority, *, people_before: int) -> Asked:
    return Asked(
        kind=asking.kind, instrument=Instrument(made.instrument), fields=frozenset(made.fields),
        expires_on=made.expires_on, key_valid_until=key_valid_until(asking), people_before=people_before,
    )  # fmt: skip


def _turn_down(made: Demand, verdict: Refused, *, on: dt.date) -> None:
    made.state, made.refused_by_law, made.closed_on = DemandState.REFUSED.value, True, on
    made.refused_because = (
        verdict.because.value if isinstance(verdict, RefusedDemand) else Because.NO_POWER.value
    )


def _enter_refusal(
    authority: Authority, about: Demand, *, role: StaffRole, on: dt.date, by: Refused | None = None
) -> None:
    """Enter that a demand is refused; where the law refuses it, with the article that does."""
    append_entry(
        authority, verb=Verb.DEMAND_REFUSED, role=role, on=on,
        pack=about.pack_hash if by else None, article=by.article if by else None,
        facts={"because": about.refused_because or "", "by_law": about.refused_by_law, "demand": str(about.demand_id)},
    )  # fmt: skip


def _roles_of(staff_ids: Iterable[UUID]) -> dict[UUID, list[StaffRole]]:
    found = Staff.objects.filter(staff_id__in=list(staff_ids))
    return {one.staff_id: [role for role in authority_of(one).roles if role in DECIDERS] for one in found}


def _said(verdict: Refused, demand_id: UUID) -> DemandRefused:
    return DemandRefused(
        article=verdict.article, reason=verdict.reason, remedy=verdict.remedy, demand=demand_id
    )


def _mark_of(authority_id: UUID, reference: str) -> bytes:
    return blind_references([f"{authority_id} {' '.join(reference.casefold().split())}"])[0]


def _written(number: str) -> str:
    return normalise_identifier(number, service=service_guess(number), country=settings().country_code)
