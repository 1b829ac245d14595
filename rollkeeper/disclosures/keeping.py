# SPDX-License-Identifier: EUPL-1.2
"""What happens by itself: people are told, demands run out, and what is kept of them goes.

`notices send` and `disclosure keep` both do it. That the person may look does not wait for either: what was put off ends
with its day (`ledger/sql/looks.sql`).
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, demand, sweep_authority
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.disclosures.kinds import DemandState, Outcome
from rollkeeper.disclosures.models import Demand, PutOff
from rollkeeper.disclosures.rules import is_over, is_to_erase, must_tell
from rollkeeper.kernel.database import act, rows, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.acts import owe
from rollkeeper.notices.kinds import NONE_NAMED, NoticeKind
from rollkeeper.vault.files import destroy_file


@dataclass(slots=True)
class Kept:
    """What one run did."""

    told: int = 0
    expired: int = 0
    erased: int = 0


def keep_demands_before_sending(on: dt.date) -> None:
    """Do the same before notices are sent, so that who must be told now is told with them."""
    keep_demands(sweep_authority(), on=on)


def keep_demands(authority: Authority, *, on: dt.date) -> Kept:
    """Tell who must be told, end what ran out, erase what is due; each demand in an act of its own.

    Ledger: disclosures:person:told, disclosures:demand:expired, disclosures:demand:erased. Refuses: NotAllowed, OnlySeals.
    """
    role, done = demand(authority, Power.KEEP_DEMANDS), Kept()
    for row in rows(sql("disclosures", "due"), {"on": on}):
        with act():
            found = Demand.objects.select_for_update().get(demand_id=row.demand_id)
            done.told += tell_if_due(authority, found, role=role, on=on)
            done.expired += _expire_if_due(authority, found, role=role, on=on)
            done.erased += _erase_if_due(authority, found, role=role, on=on)
    return done


def tell_if_due(authority: Authority, found: Demand, *, role: StaffRole, on: dt.date) -> bool:
    """Owe the person the notice in the present transaction, where it is due and not done; tell whether it was.

    Whoever has no line left finds it on their own page, and in who looked. Ledger: disclosures:person:told.
    """
    put_off = _put_off_until(found)
    if found.person_id is None or found.outcome == Outcome.NOTHING_HELD.value:
        return False
    if not must_tell(opened_on=found.opened_on, told_on=found.told_on, put_off_until=put_off, on=on):
        return False
    way = rows(
        sql("disclosures", "reach"),
        {"person": found.person_id, "line": found.line_id, "language": NONE_NAMED},
    )
    for row in way:
        owe(
            LineId(row.line_id), kind=NoticeKind.DISCLOSED, language=row.language, promised_on=None,
            pack_hash=found.pack_hash, on=on,
        )  # fmt: skip
    found.told_on, found.reached = on, bool(way)
    found.save(update_fields=["told_on", "reached"])
    facts: dict[str, str | int | bool] = {"demand": str(found.demand_id), "reached": bool(way)}
    if put_off is not None:
        facts["put_off_until"] = put_off.isoformat()
    append_entry(authority, verb=Verb.PERSON_TOLD, role=role, on=on, facts=facts)
    return True


def _put_off_until(found: Demand) -> dt.date | None:
    agreed = (
        PutOff.objects.filter(demand_id=found.demand_id, agreed_on__isnull=False).order_by("-renewal").first()
    )
    return agreed.until if agreed else None


def _expire_if_due(authority: Authority, found: Demand, *, role: StaffRole, on: dt.date) -> bool:
    if found.closed_on is not None or not is_over(found.expires_on, on=on):
        return False
    if found.opened_on is None:
        found.state = DemandState.EXPIRED.value
    found.closed_on = on  # an answer that was sealed and never fetched stays as it is
    found.save(update_fields=["state", "closed_on"])
    append_entry(
        authority, verb=Verb.DEMAND_EXPIRED, role=role, on=on, facts={"demand": str(found.demand_id)}
    )
    return True


def _erase_if_due(authority: Authority, found: Demand, *, role: StaffRole, on: dt.date) -> bool:
    untold = (
        found.person_id is not None and found.outcome != Outcome.NOTHING_HELD.value and found.told_on is None
    )
    if found.erased_on is not None or found.closed_on is None or untold:
        return False
    if not is_to_erase(found.closed_on, keep_days=found.keep_days, on=on):
        return False
    file_id, found.erased_on = found.file_id, on
    found.number_mark = found.instrument_mark = found.file_mark = found.file_id = None
    found.line_id = found.person_id = found.held_on = found.held_at = None
    found.save()
    append_entry(authority, verb=Verb.DEMAND_ERASED, role=role, on=on, facts={"demand": str(found.demand_id)})
    if file_id is not None:
        destroy_file(found.demand_id, file_id)
    return True
