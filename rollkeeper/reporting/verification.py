# SPDX-License-Identifier: EUPL-1.2
"""Check a report against the published ledger: its signature, its counts, its hidden figures.

Needs the folder of the report, a copy of the ledger and its key; no database and no instance.
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
    """The result of the check: how many entries were hashed and counted, at which leaf the report was recorded (None: not yet
    published).
    """

    period: str
    entries: int
    tables: int
    cells: int
    hidden: int
    entered_at: int | None


def verify_report(folder: Path, ledger: Path, *, vkey: str) -> VerificationResult:
    """Check everything about a report that an outsider can. Refuses: REPORT_NOT_GENUINE, with the first thing that does not hold."""
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
        _not("it was counted over more entries than this ledger has: bring your copy up to date")
    quarters = {one.name: (one, sizes[one.name]) for one in period.quarters or (period,)}
    counts, entered = recompute(ledger, head_size=head.size, quarters=quarters)
    _require_same(report, protected_tables(period, counts))
    digest = hashlib.sha256(files["report.json"]).hexdigest()
    cells = [
        value for table in report["tables"] for rows in table["cells"].values() for value in rows.values()
    ]
    return VerificationResult(
        period.name, head.size, len(report["tables"]), len(cells), cells.count(None),
        next((leaf for leaf, said in entered if said == digest), None),
    )  # fmt: skip


def _read(files: Mapping[str, bytes], key: auditor.Key) -> dict[str, Any]:
    """Read a report whose files match the signature of the ledger's key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    note = files[SIGNATURE].decode("utf-8", "replace")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    if not notes.is_signed_by(note, name=key.name, public=public):
        _not("it is not signed with the key that was given")
    if not note.startswith(f"{signed_text(key.name, files)}\n"):
        _not("one of its files was changed after it was signed")
    report: dict[str, Any] = json.loads(files["report.json"])
    if report.get("format") != FORMAT or report.get("origin") != key.name:
        _not("it is of another form, or of another ledger")
    if csv_bytes(report) != files["report.csv"]:
        _not("its table says something else than its figures")
    return report


def _period(report: Mapping[str, Any]) -> tuple[Period, dict[str, int]]:
    period = period_between(dt.date.fromisoformat(report["first"]), dt.date.fromisoformat(report["last"]))
    sizes = report["quarters"]
    if period.name != report["period"] or {q.name for q in period.quarters or (period,)} != set(sizes):
        _not("it says that it is about another period than its days")
    return period, sizes


def _require_same(report: Mapping[str, Any], counted: list[dict[str, Any]]) -> None:
    said = [table for table in report["tables"] if table["source"] == "ledger"]
    if [table["table"] for table in said] != [table["table"] for table in counted]:
        _not("it has other tables than this program counts")
    for mine, theirs in zip(counted, said, strict=True):
        if mine != theirs:
            _not(f"the table '{mine['table']}' is not what the published entries give")


def _not(why: str) -> NoReturn:
    raise REPORT_NOT_GENUINE(why=why)
