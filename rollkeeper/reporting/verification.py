# SPDX-License-Identifier: EUPL-1.2
"""Check a report: anyone can check its signature and its ledger; with the evidence also its entry, its counts and its hidden figures.

Needs the folder of the report, a copy of the ledger and its key, and for the counts the evidence; no database and no instance.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rollkeeper.ledger import auditor, notes
from rollkeeper.reporting.errors import REPORT_NOT_GENUINE
from rollkeeper.reporting.periods import Period, period_between
from rollkeeper.reporting.recompute import recompute
from rollkeeper.reporting.report_files import FILES, SIGNATURE, csv_bytes, signed_text
from rollkeeper.reporting.report_tables import FORMAT, protected_tables


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The result of the check: how many leaves were hashed, and at which the report was recorded (None: nothing shows it).

    `recounted` says whether the figures were counted again; `undisclosed` how many entries of the period the evidence leaves out.
    """

    period: str
    entries: int
    tables: int
    cells: int
    hidden: int
    entered_at: int | None
    recounted: bool
    undisclosed: int = 0


def verify_report(
    folder: Path, ledger: Path, *, vkey: str, evidence: Path | None = None
) -> VerificationResult:
    """Check as much of a report as the given files allow.

    Refuses: REPORT_NOT_GENUINE, with the first thing that does not hold; EVIDENCE_NOT_GENUINE.
    """
    try:
        key = auditor.read_key(vkey)
        files = {name: (folder / name).read_bytes() for name in (*FILES, SIGNATURE)}
        head = auditor.audit(ledger, key=key, older=[folder / "checkpoint"])
        report = _read(files, key)
    except auditor.AuditError as fault:
        raise REPORT_NOT_GENUINE(why=str(fault).rstrip(".")) from fault
    except OSError as fault:
        raise REPORT_NOT_GENUINE(why=f"{Path(str(fault.filename)).name} cannot be read") from fault
    period, sizes = _period(report)
    if max(sizes.values()) > head.size:
        _not_genuine("it was counted over more entries than this ledger has: bring your copy up to date")
    quarters = {one.name: (one, sizes[one.name]) for one in period.quarters or (period,)}
    found = evidence and recompute(ledger, evidence, head_size=head.size, quarters=quarters)
    if found:
        _require_same(report, protected_tables(period, found.figures), undisclosed=found.undisclosed)
    digest = hashlib.sha256(files["report.json"]).hexdigest()
    cells = [
        value for table in report["tables"] for rows in table["cells"].values() for value in rows.values()
    ]
    return VerificationResult(
        period.name, head.size, len(report["tables"]), len(cells), cells.count(None),
        next((leaf for leaf, said in (found.entered if found else ()) if said == digest), None),
        recounted=found is not None, undisclosed=found.undisclosed if found else 0,
    )  # fmt: skip


def _read(files: Mapping[str, bytes], key: auditor.Key) -> dict[str, Any]:
    """Read a report whose files match the signature of the ledger's key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    note = files[SIGNATURE].decode("utf-8", "replace")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    if not notes.is_signed_by(note, name=key.name, public=public):
        _not_genuine("it is not signed with the key that was given")
    if not note.startswith(f"{signed_text(key.name, files)}\n"):
        _not_genuine("one of its files was changed after it was signed")
    report: dict[str, Any] = json.loads(files["report.json"])
    if report.get("format") != FORMAT or report.get("origin") != key.name:
        _not_genuine("it is of another form, or of another ledger")
    if csv_bytes(report) != files["report.csv"]:
        _not_genuine("its table says something else than its figures")
    return report


def _period(report: Mapping[str, Any]) -> tuple[Period, dict[str, int]]:
    period = period_between(dt.date.fromisoformat(report["first"]), dt.date.fromisoformat(report["last"]))
    sizes = report["quarters"]
    if period.name != report["period"] or {q.name for q in period.quarters or (period,)} != set(sizes):
        _not_genuine("it says that it is about another period than its days")
    return period, sizes


def _require_same(report: Mapping[str, Any], counted: list[dict[str, Any]], *, undisclosed: int) -> None:
    """Require the same figures; if some entries are not disclosed because they were erased, no figure below what the others give."""
    said = [table for table in report["tables"] if table["source"] == "ledger"]
    if [table["table"] for table in said] != [table["table"] for table in counted]:
        _not_genuine("it has other tables than this program counts")
    for mine, theirs in zip(counted, said, strict=True):
        if mine != theirs and not (undisclosed and _may_be(mine["cells"], theirs["cells"])):
            _not_genuine(f"the table '{mine['table']}' is not what the disclosed entries give")


type _Cells = Mapping[str, Mapping[str, int | None]]


def _may_be(counted: _Cells, said: _Cells) -> bool:
    return all(
        value is None or (counted.get(period, {}).get(row) or 0) <= value
        for period, cells in said.items()
        for row, value in cells.items()
    )


def _not_genuine(why: str) -> NoReturn:
    raise REPORT_NOT_GENUINE(why=why)
