# SPDX-License-Identifier: EUPL-1.2
"""Campaigns that concern only some lines: planned in the real tables, and simulated with the lines of the register."""

import datetime as dt

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import planning
from rollkeeper.campaign.register_histories import write_histories
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import progress
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.engine_rules import span_of
from rollkeeper.law.events import read_events
from rollkeeper.law.packs import load_pack
from tests.builders.packs import REFERENCE, use_pack
from tests.campaign.population import day

PLANNED, NOTIFIED = day("2011-12-19"), day("2011-12-20")
PLAIN = REFERENCE[: REFERENCE.index("\ntests:")]


def plan(text, on=PLANNED):
    use_pack(text)
    clock.set_demo_date(on)
    return planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=on)


def members(line_ids):
    found = rows(
        "SELECT line_id, stage FROM campaign_member WHERE line_id = ANY (%s::uuid[])", [list(line_ids)]
    )
    return {row.line_id: row.stage for row in found}


def campaigns_of(lines):
    """Return, by the line's name in the test, the names of the campaigns that concern it."""
    found = rows(
        "SELECT m.line_id, c.campaign_name AS name FROM campaign_member m JOIN campaign_campaign c USING (campaign_id)"
        " WHERE m.line_id = ANY (%s::uuid[])",
        [list(lines.values())],
    )
    return {one: [row.name for row in found if row.line_id == line_id] for one, line_id in lines.items()}


def cut_in_a_simulation(engine, text, folder):
    """Return which lines of the register an engine suspends in 2012 under a law, by their names in its file."""
    use_pack(text)
    pack, file = load_pack(instance().pack), folder / "lines.csv"
    write_histories(file, (pack,), NOTIFIED)
    events = read_events(file)
    with progress("law") as bar:
        found = engine(pack, events, span_of(events, dt.date(2012, 1, 1), dt.date(2012, 12, 31)), bar)
    return {name for name, on in zip(events.names, found["suspended_on"], strict=True) if on is not None}
