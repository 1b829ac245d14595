# SPDX-License-Identifier: EUPL-1.2
"""The evidence behind a report: disclosed fields of the entries that it counts, for the authority's named auditor alone.

The published ledger says only a class and a day of each entry, so no figure can be counted again from it. For every entry of the period
in the classes that reports count, the evidence discloses the verb and the counted facts: no line, person, member of staff, instant or
reference. It shows the figures that a report hides, so it is not published; who gets it is recorded.

    {"entries":702,"format":"rollkeeper-evidence-disclosed@v1","origin":"ledger.operator.example","period":"2012-Q1"}
    [12,{"class":"notice","day":"2012-01-02","fields":["<digest>",["<salt>","facts.channel","sms"],...],"v":2}]
    ...                                             the leaf's number and its disclosure (`ledger.leaves`), one a line
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import commitment_of
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import action
from rollkeeper.kernel.files import creating
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger import auditor, notes, queries
from rollkeeper.ledger.leaf_classes import LeafClass
from rollkeeper.ledger.leaves import disclose
from rollkeeper.ledger.secrets import secrets_of
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.errors import EVIDENCE_FILE_EXISTS, EVIDENCE_NOT_GENUINE
from rollkeeper.reporting.metrics import needed_facts
from rollkeeper.reporting.periods import Period

FORMAT = "rollkeeper-evidence-disclosed@v1"
_AT_ONCE = 10_000

type Disclosed = dict[str, Any]
"""What is disclosed of an entry."""


def counted_classes() -> set[str]:
    """Return the classes of the verbs that reports count, and of the entry of a report itself."""
    counted = {verb.leaf_class.value for verb in Verb if verb.value in needed_facts()}
    return counted | {LeafClass.PUBLICATION.value}


def write_evidence(
    authority: Authority,
    period: Period,
    file: Path,
    *,
    given_to: StaffId,
    on: dt.date,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the evidence of a period into a new file that only its owner may read; return how many entries it discloses.

    Erased entries disclose nothing. If writing breaks off, no file stays.
    Ledger: reporting:evidence:disclosed, before anything is disclosed. Refuses: NOT_ALLOWED, EVIDENCE_FILE_EXISTS.
    """
    role = require(authority, Permission.MAKE_REPORTS)
    size = queries.tree_size()
    try:
        made = creating(file)
    except OSError:
        raise EVIDENCE_FILE_EXISTS(file=file.name) from None
    with made as out:
        with action():
            append_entry(
                authority, verb=Verb.EVIDENCE_DISCLOSED, role=role, on=on,
                facts={"first": period.first.isoformat(), "last": period.last.isoformat(), "size": size,
                       "staff": commitment_of(given_to)},
            )  # fmt: skip
        return _write_all(out, period, size, progress=progress)


def _write_all(out: IO[bytes], period: Period, size: int, *, progress: Callable[[int], None]) -> int:
    head = {"format": FORMAT, "origin": notes.origin(), "period": period.name, "entries": size}
    written = 0
    out.write(canonical_bytes(head) + b"\n")
    for first in range(0, size, _AT_ONCE):
        written += _write_some(out, period, first, min(size, first + _AT_ONCE))
        progress(min(size, first + _AT_ONCE) - first)
    return written


def _write_some(out: IO[bytes], period: Period, first: int, end: int) -> int:
    classes = counted_classes()
    days = period.first.isoformat(), period.last.isoformat()
    wanted = [
        one
        for one in queries.entries(first, end)
        if one.leaf_class in classes
        and (days[0] <= one.day <= days[1] or one.verb == Verb.REPORT_MADE)
        and one.body is not None
    ]
    secrets = secrets_of([one.entry_id for one in wanted])
    open_still = [one for one in wanted if one.entry_id in secrets]
    for one in open_still:
        shown = disclose(
            one.body or "", secret=secrets[one.entry_id], entry_id=one.entry_id, leaf_class=one.leaf_class, day=one.day,
            only=_shown_fields(one.verb or ""),
        )  # fmt: skip
        out.write(b"[%d,%b]\n" % (one.leaf_index, shown))
    return len(open_still)


def _shown_fields(verb: str) -> set[str]:
    needed = needed_facts().get(verb)
    facts = ("report",) if verb == Verb.REPORT_MADE else needed.keys if needed else ()
    return {"verb", *(f"facts.{name}" for name in facts)}


def read_evidence(file: Path, *, leaf: Callable[[int], bytes]) -> Iterator[tuple[int, Disclosed]]:
    """Return the number of each disclosed leaf and its disclosed fields, after comparing them with the published leaf.

    Refuses: EVIDENCE_NOT_GENUINE, also if a counted fact is hidden.
    """
    with file.open("rb") as lines:
        try:
            is_known = json.loads(next(lines, b"{}")).get("format") == FORMAT
        except (ValueError, AttributeError, RecursionError):
            is_known = False
        if not is_known:
            raise EVIDENCE_NOT_GENUINE(why="it has another form")
        before = -1
        for line in lines:
            try:
                number, _, shown = line.strip().removeprefix(b"[").removesuffix(b"]").partition(b",")
                index = int(number)
                opened, entry, hidden = auditor.open_disclosure(shown)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                raise EVIDENCE_NOT_GENUINE(why=f"its line after leaf {before} is no disclosure") from None
            if index <= before or opened != leaf(index):
                raise EVIDENCE_NOT_GENUINE(why=f"what it discloses of leaf {index} is not what was published")
            said = json.loads(entry)
            if not _says_what_counts(said, hidden):
                raise EVIDENCE_NOT_GENUINE(why=f"it hides of leaf {index} what is counted")
            yield index, said
            before = index


# The facts of entries without the counted fact: suspensions that bar everything; before 0.9.0, terminations by a campaign.
_DATED = ("anchor", "batch", "last_day")
_WITHOUT_COUNTED: dict[str, tuple[str, ...]] = {Verb.LINE_SUSPENDED: _DATED, Verb.LINE_TERMINATED: _DATED}
# The undisclosed fields of each of these entries that are no facts.
_NOT_FACTS = ("actor", "article", "at", "day", "line", "pack", "role", "v")


def _says_what_counts(said: Disclosed, hidden: int) -> bool:
    """Tell whether a disclosed entry shows its verb and every fact that reports count; `hidden` is the number of its hidden fields.

    An entry with a hidden fact would count in another row or in none, and no sum would show it. Some facts are optional: the number of
    hidden fields shows whether the entry has them.
    """
    verb = said.get("verb")
    if not isinstance(verb, str):
        return False
    needed = needed_facts().get(verb)
    missing = set(needed.keys if needed else ()) - set(said.get("facts", {}))
    others = _WITHOUT_COUNTED.get(verb) if missing else ()
    return not missing or (others is not None and hidden == len(_NOT_FACTS) + len(others))
