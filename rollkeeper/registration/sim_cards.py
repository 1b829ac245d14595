# SPDX-License-Identifier: EUPL-1.2
"""What a law has asked of a line's SIM, where the line gets another one: asked again, and sealed in place of what was recorded.

And what is still lacking of a line whose subscriber has left.
"""

import datetime as dt
from collections.abc import Mapping

from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.attributes import OF_THE_SIM
from rollkeeper.law.kinds import Attribute
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import LineView, current_tenure, view_line
from rollkeeper.registration.errors import INVALID_VALUE, MISSING_ATTRIBUTE
from rollkeeper.registration.rules import fault_of_value, read_part, usable_of_line
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.fields import Field
from rollkeeper.vault.services import reseal_sim


def asked_of_sim(line: LineView | None, *, on: dt.date) -> tuple[Attribute, ...]:
    """Return what is asked of the new SIM of a line; None: of any line."""
    pack = load_pack(instance().pack)
    if not pack.duty or not may_act(pack, Act.COLLECT, on=on):
        return ()
    service, payment = (line.service, line.payment) if line else (Service.MOBILE, Payment.UNKNOWN)
    if line is not None and not pack.registers(service.value, payment.value):
        return ()
    tenure = current_tenure(line.line_id) if line else None
    kind = tenure.party_kind if tenure else None
    return tuple(
        one
        for one in pack.line_attributes(service.value, party_kind=kind, of_any_line=line is None)
        if one.name in OF_THE_SIM and one.is_asked(payment=payment.value, is_remote=False)
    )


def form_of_sim(given: Mapping[str, str], *, on: dt.date) -> list[RollkeeperError]:
    """Return what is wrong with the form of what was given of a SIM, whatever line it is for."""
    return [
        INVALID_VALUE(part=PartyRole.SUBSCRIBER.key, attribute=name, value_class=why)
        for name in sorted(OF_THE_SIM & given.keys())
        if (why := fault_of_value(name, given[name], on=on))
    ]


def read_sim(
    line: LineView, given: Mapping[str, str], *, on: dt.date, is_late: bool = False
) -> dict[Field, str]:
    """Return what was given of a line's new SIM, checked. Refuses: MISSING_ATTRIBUTE, INVALID_VALUE, UNKNOWN_ATTRIBUTE, all at once.

    `is_late`: taken down without a network, from a subscriber who has left: what cannot be taken is left out, and nothing refused.
    """
    asked = asked_of_sim(line, on=on)
    said = {name: value for name, value in given.items() if value.strip()}
    if is_late:
        asked = tuple(one.as_recorded for one in asked)
        said = usable_of_line(said, asked, on=on)
    read = read_part(PartyRole.SUBSCRIBER, given=said, attributes=asked, on=on)
    if isinstance(read, list):
        raise_all(read)
        return {}
    return {Field(name): value for name, value in read.values.items()}


def has_newer_sim(line: LineView, *, on: dt.date) -> bool:
    """Tell whether the line got another SIM after a day: what is entered late of that day is no longer in the telephone."""
    (sim,) = rows("SELECT lines_sim_replaced_on(%s) AS day", [line.line_id])
    return sim.day is not None and sim.day > on


def lacking_of_line(
    line_id: LineId, given: Mapping[str, str], *, on: dt.date, kind: str = "", is_sim: bool = False
) -> list[RollkeeperError]:
    """Return what the law demands of a line and was not given of it so that it could be recorded.

    `kind`: of its subscriber; `is_sim`: of its new SIM alone.
    """
    line = view_line(line_id)
    if line is None:
        return []
    if is_sim:
        asked = asked_of_sim(line, on=on)
    else:
        found = load_pack(instance().pack).attributes(line.service.value, kind)
        asked = tuple(
            one
            for one in found
            if one.is_of_line and one.is_asked(payment=line.payment.value, is_remote=False)
        )
    usable = usable_of_line(given, asked, on=on)
    return [
        MISSING_ATTRIBUTE(attribute=one.name, part=PartyRole.SUBSCRIBER.key, article=one.article, why=one.why)
        for one in asked
        if one.required and not usable.get(one.name, "").strip()
    ]


def record_sim(line: LineView, values: Mapping[Field, str]) -> None:
    """Put it in the record of the line's subscriber. Precondition: the new SIM is entered in the ledger, in this action."""
    if tenure := current_tenure(line.line_id):
        reseal_sim(tenure.person_id, tenure.tenure_id, values)
