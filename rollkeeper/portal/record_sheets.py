# SPDX-License-Identifier: EUPL-1.2
"""All that is held about a subscriber as sheets to print, in the language of the page; made in memory, and no file is written."""

import datetime as dt
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _

from rollkeeper.kernel.accepted_languages import spoken_here
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import bracketed, colon, write_day
from rollkeeper.kernel.side_by_side import as_plain_text
from rollkeeper.ledger.printouts import render_pdf


def pdf(shown: dict[str, Any], *, on: dt.date, language: str) -> bytes:
    """Return the sheets: each record with its entries in clear, and until when it is kept. Refuses: FontsMissing."""
    data = {
        "title": _("Data held about me"), "operator": instance().operator_name, "day": write_day(on),
        "language": language.partition("-")[0], "colon": colon(),
        "foot": as_plain_text(_("Pictures of documents are in the file for machines. Keep these sheets where no one else reads them.")),
        "records": [_record(one) for one in shown["records"]],
    }  # fmt: skip
    sheet = (files("rollkeeper") / "portal" / "record.typ").read_bytes()
    return render_pdf(sheet, data, languages=spoken_here())


def _record(record: dict[str, Any]) -> dict[str, Any]:
    kept = [f"{_('Last day kept')}{colon()}{_until(record)}"]
    if record["copy"]:
        kept.append(f"{_('Last day kept of the copy of the document')}{colon()}{_until(record['copy'])}")
    return {
        "head": " · ".join(filter(None, [record["number"], str(record["service"]), record["last_day"] and _("former record")])),
        "rows": [[str(row["field"]), str(row["value"] or "–"), row["article"]] for row in record["entries"]],
        "kept": kept,
    }  # fmt: skip


def _until(row: dict[str, Any]) -> str:
    day = write_day(row["last_day"]) if row["last_day"] else _("not known while the contract runs")
    return day + (bracketed(row["kept_article"]) if row["kept_article"] else "")
