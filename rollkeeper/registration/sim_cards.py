# SPDX-License-Identifier: EUPL-1.2
"""What a law has asked of a line's SIM, where the line gets another one: asked again, and sealed in place of what was recorded."""

import datetime as dt
from collections.abc import Mapping

from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.attributes import OF_THE_SIM
from rollkeeper.law.kinds import Attribute
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import LineView, current_tenure
from rollkeeper.registration.rules import read_part
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
    return tuple(
        one
        for one in pack.line_attributes(service.value, of_any_line=line is None)
        if one.name in OF_THE_SIM and one.is_asked(payment=payment.value, is_remote=False)
    )


def read_sim(line: LineView | None, given: Mapping[str, str], *, on: dt.date) -> dict[Field, str]:
    """Return what was given of a line's new SIM, checked. Refuses: MISSING_ATTRIBUTE, INVALID_VALUE, UNKNOWN_ATTRIBUTE, all at once."""
    said = {name: value for name, value in given.items() if value.strip()}
    read = read_part(PartyRole.SUBSCRIBER, given=said, attributes=asked_of_sim(line, on=on), on=on)
    if isinstance(read, list):
        raise_all(read)
        return {}
    return {Field(name): value for name, value in read.values.items()}


def has_newer_sim(line: LineView, *, on: dt.date) -> bool:
    """Tell whether the line got another SIM after a day: what is entered late of that day is no longer in the telephone."""
    (sim,) = rows("SELECT lines_sim_replaced_on(%s) AS day", [line.line_id])
    return sim.day is not None and sim.day > on


def record_sim(line: LineView, values: Mapping[Field, str]) -> None:
    """Put it in the record of the line's subscriber. Precondition: the new SIM is entered in the ledger, in this action."""
    if tenure := current_tenure(line.line_id):
        reseal_sim(tenure.person_id, tenure.tenure_id, values)
