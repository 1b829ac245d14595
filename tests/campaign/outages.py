"""Read from billing's file the periods in which lines were out of service."""

import csv
import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign.outage_hours import export_outage_hours
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId


@dataclass(frozen=True, slots=True)
class Outage:
    line_id: LineId
    cause: str
    off_from: dt.datetime
    off_until: dt.datetime
    credited: bool


def list_outages(*, first: dt.date, last: dt.date) -> list[Outage]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hours.csv"
        export_outage_hours(console_authority(), file, first=first, last=last, on=clock.today())
        with file.open(encoding="utf-8", newline="") as opened:
            return [
                Outage(
                    LineId(UUID(row["line"])), row["cause"], dt.datetime.fromisoformat(row["off_from"]),
                    dt.datetime.fromisoformat(row["off_until"]), row["credit"] == "yes",
                )
                for row in csv.DictReader(opened)
            ]  # fmt: skip
