# SPDX-License-Identifier: EUPL-1.2
"""Files of delivery reports, as any gateway writes them: JSON lines or CSV. A file is read whole before anything is recorded.

Each row has `reference` (ours, or the gateway's own id), `outcome` and, if the gateway gives it, `at`. The words of SMPP's
delivery receipts are accepted as well as ours; a row that is not final yet is skipped.
"""

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import raise_all
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.errors import DeliveryReportFault

_MOST_FAULTS: Final = 100
_LONGEST_ROW: Final = 10_000
_FINAL: Final = {
    "delivered": Outcome.DELIVERED, "delivrd": Outcome.DELIVERED, "bounced": Outcome.BOUNCED,
    "undeliv": Outcome.BOUNCED, "undeliverable": Outcome.BOUNCED, "expired": Outcome.BOUNCED,
    "rejectd": Outcome.BOUNCED, "rejected": Outcome.BOUNCED, "deleted": Outcome.BOUNCED, "failed": Outcome.BOUNCED,
}  # fmt: skip
_NOT_FINAL: Final = frozenset(
    {"accepted", "acceptd", "enroute", "sent", "buffered", "unknown", "scheduled", "delayed", "waiting"}
)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One delivery report."""

    reference: str
    outcome: Outcome
    at: dt.datetime

    @property
    def attempt_id(self) -> UUID | None:
        """Return the attempt that the reference names, None where it is a gateway's own id."""
        try:
            return UUID(self.reference)
        except ValueError:
            return None


def outcome_of(word: str) -> Outcome | None:
    """Return what a word of SMPP's delivery receipts means: `ACCEPTED` where it is not final, None where it is not known."""
    return _FINAL.get(word.lower(), Outcome.ACCEPTED if word.lower() in _NOT_FINAL else None)


def read_delivery_reports(file: Path) -> list[DeliveryReport]:
    """Read a file of reports, without those that are not final. Refuses: DeliveryReportFault, every fault of the file at once."""
    faults: list[DeliveryReportFault] = []
    found: list[DeliveryReport] = []
    for row, raw in _rows(file):
        one = raw if isinstance(raw, DeliveryReportFault) else _read(raw, file=file.name, row=row)
        if isinstance(one, DeliveryReportFault):
            faults.append(one)
        elif one is not None:
            found.append(one)
        if len(faults) >= _MOST_FAULTS:
            break
    raise_all(faults)
    return found


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any] | DeliveryReportFault]]:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        first = lines.readline(_LONGEST_ROW)
        lines.seek(0)
        yield from (
            _json_rows(lines, file.name) if first.lstrip().startswith("{") else _csv_rows(lines, file.name)
        )


def _json_rows(lines: Any, file: str) -> Iterator[tuple[int, dict[str, Any] | DeliveryReportFault]]:
    row = 0
    while line := lines.readline(_LONGEST_ROW):
        row += 1
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            yield row, value
        else:
            yield (
                row,
                DeliveryReportFault(file=file, row=row, column="(whole row)", why="it is not a JSON object"),
            )


def _csv_rows(lines: Any, file: str) -> Iterator[tuple[int, dict[str, Any] | DeliveryReportFault]]:
    reader = csv.DictReader(lines)
    try:
        columns = {name.strip().lower(): name for name in reader.fieldnames or () if name}
        missing = [name for name in ("reference", "outcome") if name not in columns]
        for name in missing:
            yield 1, DeliveryReportFault(file=file, row=1, column=name, why="the column is missing")
        for values in reader if not missing else ():
            yield reader.line_num, {name: values[given] for name, given in columns.items()}
    except csv.Error:
        row = reader.line_num
        yield row, DeliveryReportFault(file=file, row=row, column="(whole row)", why="it is not CSV")


def _read(raw: dict[str, Any], *, file: str, row: int) -> DeliveryReport | DeliveryReportFault | None:
    reference, word = str(raw.get("reference") or "").strip(), str(raw.get("outcome") or "").strip().lower()
    if (
        not reference or len(reference) > 200 or not reference.isprintable()
    ):  # no table holds a NUL or half a letter
        return DeliveryReportFault(file=file, row=row, column="reference", why="it is missing or too long")
    if word not in _FINAL and word not in _NOT_FINAL:
        return DeliveryReportFault(file=file, row=row, column="outcome", why="it is no outcome that is known")
    at = _instant(raw.get("at"))
    if at is None:
        return DeliveryReportFault(
            file=file, row=row, column="at", why="it is no instant, or lies in the future"
        )
    return DeliveryReport(reference, _FINAL[word], at) if word in _FINAL else None


def _instant(text: object) -> dt.datetime | None:
    """Read an instant: now if it is missing, in the instance's zone if it names none, None if it is wrong or more than a day ahead."""
    if text is None or not str(text).strip():
        return clock.now()
    try:
        at = dt.datetime.fromisoformat(str(text).strip())
        at = at.replace(tzinfo=clock.zone()) if at.tzinfo is None else at
        return at if at <= clock.now() + dt.timedelta(days=1) else None
    except (ValueError, OverflowError):
        return None
