# SPDX-License-Identifier: EUPL-1.2
"""The worker's part of uploads: open a file into memory, propose, count, import, and destroy its key. No clear byte reaches a disk."""

import datetime as dt
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import batched
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from rollkeeper.access.authority import Authority, require, worker_authority
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.staff_requests import Asked, Outcome
from rollkeeper.imports import column_dictionary
from rollkeeper.imports.choices import UploadState
from rollkeeper.imports.errors import IMPORT_HEADER_UNKNOWN, UPLOAD_NOT_FOUND
from rollkeeper.imports.files import FileScan, scan_file
from rollkeeper.imports.kind_values import KindValues, kind_values, without_rare
from rollkeeper.imports.mapping import ImportMap, file_part, make_map
from rollkeeper.imports.mapping_guess import Proposal, propose
from rollkeeper.imports.models import Upload
from rollkeeper.imports.registrations import asked_in_files
from rollkeeper.imports.reject_file import read_rejects
from rollkeeper.imports.rows import RowReader
from rollkeeper.imports.services import CHUNK_ROWS, import_lines, require_named_values
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.stored_refusals import stored_refusals
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault.epochs import require_opening
from rollkeeper.vault.files import destroy_file, open_file

LASTS: Final = dt.timedelta(hours=24)
"""A file that no one imports is destroyed after this time."""
_MOST_REFUSED_SHOWN: Final = 200
_KNOWN_NAMES: Final = 2


def discard_old_uploads(*, on: dt.date) -> int:
    """Destroy the files that no one imported within a day; return how many. Ledger: imports:upload:destroyed. Refuses: SEAL_ONLY_PROCESS."""
    require_opening()
    old = Upload.objects.filter(ended_at__isnull=True, uploaded_at__lt=clock.now() - LASTS)
    for one in old:
        _finish(worker_authority(), StaffRole.WORKER, one, UploadState.DISCARDED, on=on)
    return len(old)


def read_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Propose a map for a file that was handed in. Ledger: imports:upload:opened. Refuses: SEAL_ONLY_PROCESS, UPLOAD_NOT_FOUND."""
    return _work_on(authority, asked, UploadState.RECEIVED, on=on)


def count_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Count with the map that was sent. Ledger and refuses: as `read_by_request`."""
    return _work_on(authority, asked, UploadState.COUNT_REQUESTED, on=on)


def import_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Import as it was counted, and destroy the file. Ledger: as `import_lines`, imports:upload:opened, imports:upload:destroyed."""
    return _work_on(authority, asked, UploadState.IMPORT_REQUESTED, on=on)


def discard_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Destroy a file unused. Ledger: imports:upload:destroyed. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS, UPLOAD_NOT_FOUND."""
    role = require(authority, Permission.IMPORT_LINES)
    require_opening()
    one = _living(asked)
    if one is not None:
        _finish(authority, role, one, UploadState.DISCARDED, on=on)
    return Outcome()


def _work_on(authority: Authority, asked: Asked, step: UploadState, *, on: dt.date) -> Outcome:
    """Do one step; a refusal is kept with the file, and the file's page shows it."""
    require_opening()
    one = _living(asked)
    if one is None:
        return Outcome()
    if "map" in asked.said:
        one.map = asked.said["map"]
    try:
        role = require(authority, Permission.IMPORT_LINES)
        with _opened(authority, role, one, step, on=on) as file:
            match step:
                case UploadState.RECEIVED:
                    _move(one, UploadState.PROPOSED, proposal=_proposed(file, on=on), outcome=None)
                case UploadState.COUNT_REQUESTED:
                    _move(one, UploadState.COUNTED, outcome=_counted(file, one, on=on), map=one.map)
                case _:
                    outcome = _imported(authority, file, one, on=on)
                    _finish(authority, role, one, UploadState.IMPORTED, on=on, outcome=outcome)
    except RollkeeperError as refused:
        outcome = {"refusals": [_plain_facts(row) for row in stored_refusals(refused)]}
        if step is UploadState.RECEIVED:
            _finish(worker_authority(), StaffRole.WORKER, one, UploadState.UNREADABLE, on=on, outcome=outcome)
        else:
            _move(one, UploadState.PROPOSED, outcome=outcome, map=one.map)
    return Outcome()


def _living(asked: Asked) -> Upload | None:
    """Return the file of a request, None if it is gone already: the worker is asked again for a step that was cut short."""
    one = Upload.objects.filter(upload_id=asked.subject).first() if asked.subject else None
    if one is None:
        raise UPLOAD_NOT_FOUND(upload=asked.subject)
    return None if one.ended_at else one


@contextmanager
def _opened(
    authority: Authority, role: StaffRole, one: Upload, step: UploadState, *, on: dt.date
) -> Iterator[Path]:
    """Open the file into memory, after a ledger entry says so; after the block it is gone."""
    facts = {"step": step.value, "upload": str(one.upload_id)}
    with transaction.atomic(using="vault", durable=True):
        append_entry(authority, verb=Verb.UPLOAD_OPENED, role=role, on=on, facts=facts, using="vault")
    handle = os.memfd_create("import")
    try:
        with os.fdopen(os.dup(handle), "wb") as out:
            out.write(open_file(authority, one.upload_id, one.file_id))
        yield Path(f"/proc/self/fd/{handle}")
    finally:
        os.close(handle)


def _proposed(file: Path, *, on: dt.date) -> dict[str, Any]:
    """Return what a page needs for the mapping: names of columns and kinds. Refuses: as `scan_file`, IMPORT_HEADER_UNKNOWN."""
    scan, here = scan_file(file), instance()
    if sum(map(column_dictionary.is_known, scan.header)) < _KNOWN_NAMES:
        raise IMPORT_HEADER_UNKNOWN(file=file, row=scan.header_row)
    pack = load_pack(here.pack)
    duty = pack.duty and may_act(pack, Act.COLLECT, on=on)
    asked = asked_in_files(pack) if duty else {}
    names = frozenset(name for part in asked.values() for name in part)
    proposal = propose(
        scan,
        country=here.country_code,
        as_of=on,
        duty=duty,
        asks_payment=bool(pack.payment_asked),
        asked=names,
    )
    values = _values(scan, proposal)
    return {
        "description": scan.opened.description,
        "rows": scan.row_count,
        "columns": [
            {
                "name": name, "about": column_dictionary.sensitive_about(name, asked=names), "values": dict(values[name].shown),
                "rare": values[name].rare,
            }
            for name in scan.header
        ],
        "raw": _without_rare(proposal.raw, values),
        "asked": {place: list(part) for place, part in asked.items()},
    }  # fmt: skip


def _values(scan: FileScan, proposal: Proposal) -> dict[str, KindValues]:
    """Return the kinds in each column, but none of a column with personal data, or about something that is not kept."""
    personal = {"number", "contact", "reference"}
    raw = proposal.raw
    hidden = {
        raw[part]["column"] for part in personal if isinstance(raw.get(part), dict) and "column" in raw[part]
    }
    personal_parts = ("name", "address", "document_number")
    hidden |= {part[name] for part in _parts(raw) for name in personal_parts if name in part}
    hidden |= {
        name
        for name in scan.header
        if column_dictionary.sensitive_about(name) or column_dictionary.is_personal(name)
    }
    shown = [name for name in scan.header if name not in hidden]
    counts = scan.distinct_values(shown, most=column_dictionary.MOST_KINDS)
    return {name: kind_values(counts.get(name, Counter())) for name in scan.header}


def _without_rare(raw: dict[str, Any], values: dict[str, KindValues]) -> dict[str, Any]:
    made = {name: dict(part) if isinstance(part, dict) else part for name, part in raw.items()}
    activated = made.get("activated_on", {})
    made |= {"activated_on": {name: _json(part) for name, part in activated.items()}} if activated else {}
    for part in ("status", "language", "payment"):
        if part in made and "values" in made[part]:
            made[part]["values"] = without_rare(made[part]["values"], values[made[part]["column"]].shown)
    for source in made.get("service", {}).get("from", []):
        source["values"] = without_rare(source["values"], values[source["column"]].shown)
    for registered in _parts(made := deepcopy(made)):
        for table, column in (("document_types", "document_type"), ("kinds", "kind")):
            if table in registered:
                registered[table] = without_rare(registered[table], values[registered[column]].shown)
    return made


def _counted(file: Path, one: Upload, *, on: dt.date) -> dict[str, Any]:
    """Read every row as an import would, and write nothing. Refuses: as `import_lines`."""
    scan, made = _as_mapped(file, one)
    require_named_values(scan, made)
    here = instance()
    reader = RowReader(
        made, header=scan.header, country=here.country_code, languages=here.languages, pack=load_pack(here.pack), on=on
    )  # fmt: skip
    counts: Counter[str] = Counter(rows=0, lines=0, refused=0, left_out=0)
    reasons: Counter[tuple[str, str]] = Counter()
    done = 0
    for batch in batched(scan.records(reader.wanted), CHUNK_ROWS):
        chunk = reader.parse(batch, first_row=scan.first_row + done)
        done += len(batch)
        refused = len(chunk.refused_rows)
        counts.update(rows=chunk.row_count, refused=refused, left_out=chunk.left_out, lines=len(chunk.rows))
        reasons.update((column, reason.text) for _, column, reason in chunk.row_errors)
    return dict(counts) | {"reasons": _listed(reasons), "registers": bool(made.parts)}


def _imported(authority: Authority, file: Path, one: Upload, *, on: dt.date) -> dict[str, Any]:
    scan, made = _as_mapped(file, one)
    with tempfile.TemporaryDirectory(prefix="rollkeeper-refused-") as folder:
        refused_file = Path(folder) / "refused.csv"  # rows, columns and reasons: no value of any row
        result = import_lines(authority, scan, made, refused_file=refused_file, on=on)
        rows = read_rejects(refused_file, most=_MOST_REFUSED_SHOWN) if result.refused_file else []
    return {
        "rows": result.rows, "lines": result.lines, "known": result.known, "refused": result.refused,
        "registered": result.registered, "left_out": result.left_out, "barred": result.barred, "completed": result.completed,
        "was_done": result.was_done, "reasons": _listed(result.reasons), "refused_rows": rows,
    }  # fmt: skip


def _as_mapped(file: Path, one: Upload) -> tuple[FileScan, ImportMap]:
    chosen = dict(one.map or {})
    raw, others = deepcopy(chosen.get("raw", {})), dict(chosen.get("others", {}))
    part = file_part(raw, named="The map")
    scan = scan_file(
        file, encoding=part.encoding, separator=part.separator, sheet=part.sheet, has_names=part.header,
        header_row=part.header_row,
    )  # fmt: skip
    made = make_map(raw, named="The map", header=scan.header)
    return scan, _with_others(scan, made, raw, others)


def _parts(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each part of a registration in a map, as it is written."""
    company = raw.get("company", {})
    return [
        one for one in (raw.get("registration"), company, company.get("bearer"), company.get("user")) if one
    ]


def _with_others(scan: FileScan, made: ImportMap, raw: dict[str, Any], others: dict[str, str]) -> ImportMap:
    """Give the values that no page showed the meaning that was chosen for all others; they are named only here, in memory."""
    kinds = {column: named for column, named, _ in made.kinds()}
    found = scan.distinct_values(kinds, most=column_dictionary.MOST_KINDS)
    for column, named in kinds.items():
        meaning, unknown = others.get(column), [value for value in found[column] if value not in named]
        if not meaning or not unknown:
            continue
        if raw.get("status", {}).get("column") == column:
            raw["status"] = raw["status"] | {
                "values": raw["status"]["values"] | dict.fromkeys(unknown, meaning)
            }
        elif raw.get("company", {}).get("kind") == column:
            raw["company"] = raw["company"] | {
                "kinds": raw["company"]["kinds"] | dict.fromkeys(unknown, meaning)
            }
        elif typed := [part for part in _parts(raw) if part.get("document_type") == column]:
            for part in typed:
                part["left_out"] = [*part.get("left_out", ()), *unknown]
        else:
            (source,) = raw["service"]["from"]
            raw["service"] = {"from": [source | {"left_out": [*source.get("left_out", ()), *unknown]}]}
    return make_map(raw, named="The map", header=scan.header)


def _finish(
    authority: Authority,
    role: StaffRole,
    one: Upload,
    state: UploadState,
    *,
    on: dt.date,
    outcome: dict[str, Any] | None = None,
) -> None:
    """Destroy the file and its key; the counts stay."""
    with action():
        destroy_file(one.upload_id, one.file_id)
        facts = {"upload": str(one.upload_id)}
        append_entry(authority, verb=Verb.UPLOAD_DESTROYED, role=role, on=on, facts=facts)
        _move(one, state, outcome=outcome, ended_at=clock.now(), proposal=None, map=None)


def _move(one: Upload, state: UploadState, **also: Any) -> None:
    Upload.objects.filter(upload_id=one.upload_id).update(state=state.value, **also)


def _json(part: Any) -> Any:
    return part.isoformat() if isinstance(part, dt.date) else part


def _listed(reasons: Counter[tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"column": c, "reason": r, "rows": n} for (c, r), n in reasons.most_common(50)]


def _plain_facts(row: dict[str, Any]) -> dict[str, Any]:
    """Name the file as a person does: in this process it has only a number. Values that no page shows are not repeated."""
    facts = dict(row["facts"]) | ({"file": "The file"} if "file" in row["facts"] else {})
    if "values" in facts:
        facts["values"] = "…"
    return row | {"facts": facts}
