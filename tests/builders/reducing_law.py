# SPDX-License-Identifier: EUPL-1.2
"""A law by which people must reduce their lines, people with too many lines, and a new line: for screens of their pages."""

import datetime as dt
import json
from pathlib import Path

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign.planning import plan_campaigns
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import INSTANCE_OPENER, open_instance
from rollkeeper.kernel.settings import write_settings
from tests.builders.packs import adopt_pack, confirmed
from tests.builders.staff import employ_approvers
from tests.builders.stages import reducing
from tests.campaign.population import night, register, tell
from tests.registration.people import card
from tests.selfcare.people import register_line

FIRST, TODAY = dt.date(2012, 3, 20), dt.date(2012, 5, 22)
NEW_ON = TODAY - dt.timedelta(days=5)
HELD = {"suspended": 4, "told": 6, "chose": 3, "enough": 2, "new": 1}
"""How many lines each of these people has; the law allows two."""
PEOPLE = "reducing-people.json"
"""A file in the instance's folder: each person's document and the number of their telephone, as typed in a browser."""


def main(file: str) -> None:
    """Register these people in the instance, plan the law's campaign, and play it until its first suspensions."""
    law = Path(file)
    law.write_text(confirmed(reducing()), "utf-8")
    law.chmod(0o644)
    INSTANCE_OPENER.register_by_name("rollkeeper.operations.bootstrap:open_instance")
    open_instance()
    approvers = employ_approvers()
    clock.set_demo_date(FIRST)
    lines = {which: [_line(which, nth, on=FIRST) for nth in range(held)] for which, held in HELD.items()}
    write_settings(instance={"pack": str(law), "demo_date": TODAY}, portal={"new_line_days": 14})
    adopt_pack(law, on=FIRST)
    plan_campaigns(console_authority(), pack_id=str(law), on=FIRST)
    for line_id in lines["suspended"]:
        tell(line_id, FIRST)
    night(FIRST, approvers)
    clock.set_demo_date(NEW_ON)
    _line("new", 1, on=NEW_ON)
    for line_id in lines["told"] + lines["chose"]:
        tell(line_id, TODAY)
    for line_id in lines["chose"][:2]:
        register(line_id, TODAY)
    night(TODAY, approvers)
    in_hand = {which: _person(which, {"suspended": 3, "chose": 2, "new": 1}.get(which, 0)) for which in HELD}
    law.with_name(PEOPLE).write_text(json.dumps(in_hand), "utf-8")


def _person(which: str, nth: int = 0) -> dict[str, str]:
    at = list(HELD).index(which)
    return {
        "number": f"+86139089990{at}{nth}", "document_type": "cn-resident-card", "document_number": card(at),
        "name": f"Invented Person {at + 1}", "address": "1 Invented Street",
    }  # fmt: skip


def _line(which: str, nth: int, *, on: dt.date) -> LineId:
    person = _person(which, nth)
    return register_line(person.pop("number"), person, on=on)
