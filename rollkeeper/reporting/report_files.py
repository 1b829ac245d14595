# SPDX-License-Identifier: EUPL-1.2
"""Write a report into a folder: JSON, CSV with a schema, PDF, the checkpoint that it rests on, and a signature over all of it.

report.json        the figures, canonical JSON; its SHA-256 is in the ledger's entry
report.csv         the same as a long table
datapackage.json   its schema (Frictionless Data Package), with the hash of the table
report.pdf         the same for reading, with pictures
checkpoint         the signed head of the ledger, as last published
signature          a signed note (c2sp.org/signed-note) over the SHA-256 of each of these, by the ledger's key
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollkeeper.kernel.files import write_atomically
from rollkeeper.ledger import notes, queries
from rollkeeper.reporting.errors import REPORT_FOLDER_NOT_EMPTY
from rollkeeper.reporting.printouts import pdf
from rollkeeper.reporting.report_tables import FORMAT, csv_rows

SIGNATURE = "signature"
FILES = ("checkpoint", "datapackage.json", "report.csv", "report.json", "report.pdf")


def write_report(folder: Path, report: bytes, *, language: str) -> dict[str, Any]:
    """Write the files of a report, over older files of the same report. Refuses: REPORT_FOLDER_NOT_EMPTY, REPORT_FONTS_MISSING."""
    read: dict[str, Any] = json.loads(report)
    _require_empty_folder(folder, report)
    newest = queries.newest_publication()
    table = csv_bytes(read)
    made = {
        "checkpoint": (newest.note if newest else "").encode(),
        "report.json": report,
        "report.csv": table,
        "datapackage.json": _datapackage(read, table),
        "report.pdf": pdf(read, language=language, digest=hashlib.sha256(report).hexdigest()),
    }
    made[SIGNATURE] = notes.sign_text(
        signed_text(read["origin"], made), name=read["origin"], key=notes.signing_key()
    ).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        write_atomically(folder / name, content, mode=0o644)
    return read


def signed_text(origin: str, files: Mapping[str, bytes]) -> str:
    """Return the signed text: the format, the ledger's name, and the hash of each file."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()} {name}" for name in FILES]
    return "\n".join([FORMAT, origin, *lines]) + "\n"


def csv_bytes(report: Mapping[str, Any]) -> bytes:
    """Return the table of a report (RFC 4180, UTF-8)."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(csv_rows(report))
    return out.getvalue().encode()


def _datapackage(report: Mapping[str, Any], table: bytes) -> bytes:
    fields = [
        {"name": "table", "type": "string", "description": "What is counted."},
        {"name": "period", "type": "string", "description": "A quarter (2012-Q1) or a year (2012)."},
        {"name": "row", "type": "string"},
        {
            "name": "count", "type": "integer", "constraints": {"minimum": 0},
            "description": "Empty where it is hidden: fewer than ten people, or a cell that would give such a one away.",
        },
        {"name": "hidden", "type": "boolean"},
        {
            "name": "source", "type": "string", "constraints": {"enum": ["ledger", "register"]},
            "description": "ledger: counted from its entries, again by a reader of their evidence. register: as the operator says, rounded to ten.",
        },
    ]  # fmt: skip
    package = {
        "name": f"evidence-{report['period'].lower()}", "profile": "tabular-data-package",
        "resources": [{
            "name": "report", "path": "report.csv", "profile": "tabular-data-resource", "encoding": "utf-8",
            "hash": f"sha256:{hashlib.sha256(table).hexdigest()}", "bytes": len(table),
            "schema": {"fields": fields, "missingValues": [""], "primaryKey": ["table", "period", "row"]},
        }],
    }  # fmt: skip
    return json.dumps(package, indent=1).encode() + b"\n"


def _require_empty_folder(folder: Path, report: bytes) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        kept = folder / "report.json"
        if not kept.is_file() or kept.read_bytes() != report:
            raise REPORT_FOLDER_NOT_EMPTY(folder=folder)
