# SPDX-License-Identifier: EUPL-1.2
"""What a law asks about a line's SIM: when the line gets a new SIM, it is asked again, and sealed in place of the former values.

Also what is still missing about a line whose subscriber has left.
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
    """Return what is asked about the new SIM of a line; without a line, what is asked for any line."""
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
    """Return the values given for a SIM that are malformed for any line."""
    return [
        INVALID_VALUE(part=PartyRole.SUBSCRIBER.key, attribute=name, value_class=why)
        for name in sorted(OF_THE_SIM & given.keys())
        if (why := fault_of_value(name, given[name], on=on))
    ]


def read_sim(
    line: LineView, given: Mapping[str, str], *, on: dt.date, is_late: bool = False
) -> dict[Field, str]:
    """Return the values given for a line's new SIM, checked. Refuses: MISSING_ATTRIBUTE, INVALID_VALUE, UNKNOWN_ATTRIBUTE, all at once.

    `is_late`: recorded without a network, from a subscriber who has left: values that cannot be recorded are left out, nothing is refused.
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
    """Tell whether the line got another SIM after a day: then the SIM of that day, entered late, is no longer in the telephone."""
    (sim,) = rows("SELECT lines_sim_replaced_on(%s) AS day", [line.line_id])
    return sim.day is not None and sim.day > on


def lacking_of_line(
    line_id: LineId, given: Mapping[str, str], *, on: dt.date, kind: str = "", is_sim: bool = False
) -> list[RollkeeperError]:
    """Return the attributes of a line that the law requires and that were not given, or not in a form that can be recorded.

    `kind`: the kind of its subscriber; `is_sim`: only attributes of its new SIM.
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
    """Put the values of a new SIM into the record of the line's subscriber. Precondition: the new SIM is entered in the ledger, in this action."""
    if tenure := current_tenure(line.line_id):
        reseal_sim(tenure.person_id, tenure.tenure_id, values)
