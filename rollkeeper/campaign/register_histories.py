# SPDX-License-Identifier: EUPL-1.2
"""The lines of the register as a simulation reads them, before a campaign is planned."""

import csv
import datetime as dt
from pathlib import Path

from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.kernel.instance import open_instance
from rollkeeper.law.pack import Pack
from rollkeeper.law.register_histories import WrittenHistories


def write_histories(file: Path, pack: Pack, notified_on: dt.date) -> WrittenHistories:
    """Write each line that the pack may concern, with the day on which its subscriber is taken to be notified. Changes nothing."""
    open_instance()
    services = sorted(pack.campaign.services) if pack.has_campaign else []
    values = {"notified_on": notified_on, "services": services}
    with action(), without_timeout(), file.open("w", encoding="utf-8", newline="") as out:
        written = csv.writer(out)
        written.writerow(("line", "date", "event", "until"))
        for row in rows(sql("campaign", "histories"), values):
            written.writerow((row.line_id, row.day.isoformat(), row.event, ""))
        (counts,) = rows(
            "SELECT count(*) FILTER (WHERE service = ANY (%(services)s) AND NOT is_essential) AS lines,"
            " count(*) FILTER (WHERE service <> ALL (%(services)s)) AS other_service,"
            " count(*) FILTER (WHERE service = ANY (%(services)s) AND is_essential) AS essential"
            " FROM lines_line WHERE state IN ('active', 'suspended')",
            values,
        )
    return WrittenHistories(counts.lines, counts.other_service, counts.essential)
