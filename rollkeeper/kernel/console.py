# SPDX-License-Identifier: EUPL-1.2
"""Command output: tables and bars for people, JSON for machines, exit codes 0, 1 and 2.

Progress and remarks go to standard error, results to standard output, so that a pipe carries only results.
"""

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.highlighter import JSONHighlighter
from rich.table import Table
from rich.text import Text

from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.errors import (
    DATE_OUT_OF_RANGE,
    INVALID_DATE,
    INVALID_INSTANT,
    RollkeeperError,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_WIDEST, _SENTENCE, _PHRASE, _WORD = 10_000, 100, 10, 6
_CONTROLS = {
    code: "\ufffd"
    for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\n\t"
}
"""Signs that control a terminal, or that change the order in which the letters after them are shown."""
_ESCAPED = {code: f"\\u{code:04x}" for code in _CONTROLS if code > 31}
"""The same signs for JSON, without those that JSON escapes already."""


class _PlainConsole(Console):
    """Shows text from files or typed input, such as column names, as it is: [brackets] are no markup, and terminal control sequences are
    neutralized.

    While it collects the answer of a command that has no JSON, it keeps sentences instead of printing them.
    """

    collected: "Collected | None" = None

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"highlight": False, "markup": False, "emoji": False} | how)

    def print(self, *objects: Any, **how: Any) -> None:
        if self.collected is None:
            super().print(*objects, **how)
        else:
            self.collected.said.extend(str(one) for one in objects)

    def render_str(self, text: str, **how: Any) -> Text:
        return super().render_str(_as_said(text).translate(_CONTROLS), **how)


def _as_said(text: str) -> str:
    """Return a text without the brackets that a page turns into two languages side by side."""
    if "⟦" not in text:
        return text
    from rollkeeper.kernel.side_by_side import as_plain_text

    return as_plain_text(text)


out = _PlainConsole(soft_wrap=True)
err = _PlainConsole(stderr=True, soft_wrap=True)


def read_date(text: str) -> dt.date:
    """Read a plain date, year first. Refuses: INVALID_DATE, DATE_OUT_OF_RANGE."""
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        # The input could be anything, even a name typed in the wrong place, so it is not repeated.
        raise INVALID_DATE(given=f"What was given ({len(text)} characters)")
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as fault:
        raise INVALID_DATE(given=f"'{text}'") from fault
    if not clock.YEARS[0] <= day.year <= clock.YEARS[1]:
        raise DATE_OUT_OF_RANGE(day=day, first=clock.YEARS[0], last=clock.YEARS[1])
    return day


def read_instant(text: str) -> dt.datetime:
    """Read an instant; without an offset, it is in the instance's zone. Refuses: INVALID_INSTANT, DATE_OUT_OF_RANGE."""
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        raise INVALID_INSTANT() from None
    if not clock.YEARS[0] <= read.year <= clock.YEARS[1]:
        raise DATE_OUT_OF_RANGE(day=read.date(), first=clock.YEARS[0], last=clock.YEARS[1])
    return read if read.tzinfo else read.replace(tzinfo=clock.zone())


def _given(value: dt.date | None) -> dt.date | None:
    if value is not None:
        clock.set_demo_date(value)
    return value


def _looked_back_to(value: dt.date | None) -> dt.date | None:
    if value is not None:
        clock.set_demo_date(value, looks_back=True)
    return value


DateOption = Annotated[
    dt.date | None,
    typer.Option(
        "--on", parser=read_date, callback=_given, metavar="DATE", help="Demo instances only: run as on DATE."
    ),
]
LookBackOption = Annotated[
    dt.date | None,
    typer.Option(
        "--on", parser=read_date, callback=_looked_back_to, metavar="DATE", help="Demo instances only: as on DATE, which may be past.",
    ),
]  # fmt: skip
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a machine.")]


def group_called(app: typer.Typer, name: str) -> typer.Typer | None:
    """Return a group that another package registered, or None where that package's commands are not imported."""
    return next((group.typer_instance for group in app.registered_groups if group.name == name), None)


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its word: `1 line`, `2 lines`; if a verb follows, `one` and `many` include it."""
    return f"{n:,} {one if n == 1 else many}"


def emit(answer: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print an answer as JSON on standard output."""
    text = json.dumps(json.loads(canonical_bytes(answer)), ensure_ascii=False, indent=2)
    shown = Text(text.translate(_ESCAPED))
    if out.color_system:  # a file and a pipe have no colours, and an answer may be long
        JSONHighlighter().highlight(shown)
    out.print(shown, soft_wrap=True)


def show_table(title: str, columns: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print a table with numbers right-aligned; if it has no lines, print a sentence."""
    if out.collected is not None:
        rows = [dict(zip(columns, map(_plain_cell, line), strict=True)) for line in lines]
        out.collected.tables.append({"title": title, "rows": rows})
        return
    if not lines:
        out.print(f"{title}: none.", markup=False)
        return
    # A file or a pipe has no edge. A path that is broken into two lines could not be searched for or copied.
    has_edge = out.is_terminal or "COLUMNS" in os.environ
    table = Table(header_style="bold")
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line] for line in lines]
    widths = _widths([columns, *cells], out.width)
    for index, column in enumerate(columns):
        number = all(isinstance(line[index], int) for line in lines)
        longest = max(len(word) for row in cells for word in row[index].split(" "))
        table.add_column(
            column, justify="right" if number else "left", overflow="fold",
            width=widths[index] if has_edge else None, max_width=None if has_edge else max(_SENTENCE, longest),
        )  # fmt: skip
    for row in cells:
        table.add_row(*row)
    # The title is printed above the table: inside it, a title that is longer than the rows would be broken.
    out.print(title, style="italic")
    (out if has_edge else _PlainConsole(file=out.file, width=_WIDEST)).print(table)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the width of each column in a narrow terminal.

    Columns of single words, such as names, come first and stay whole while there is room: a broken word cannot be copied. The other
    columns have room for a date, and share the rest, so that no column takes it all.
    """
    columns = range(len(rows[0]))
    natural = [max(cell_len(row[index]) for row in rows) for index in columns]
    words = {index for index in columns if not any(" " in row[index] for row in rows[1:])}
    given = [min(natural[index], _WORD if index in words else _PHRASE) for index in columns]
    room = width - 3 * len(columns) - 1 - sum(given)
    for index in words:
        more = natural[index] - given[index]
        if more <= room:
            given[index] += more
            room -= more
    phrases = sorted(set(columns) - words, key=lambda index: natural[index] - given[index])
    for others, index in zip(range(len(phrases), 0, -1), phrases, strict=True):
        more = max(0, min(natural[index] - given[index], room // others))
        given[index] += more
        room -= more
    return given


def _plain_cell(cell: object) -> object:
    return cell if isinstance(cell, (int, str)) else str(cell)


def show_error(fault: RollkeeperError, *, as_json: bool = False, with_english: bool = False) -> None:
    """Print each fault with its remedy on standard error, for a machine as `{"refused": [{code, sentence, remedy}]}`."""
    if as_json:
        refused = [{"code": one.code, "sentence": str(one), "remedy": one.advice} for one in fault.faults]
        err.print(json.dumps({"refused": refused}, ensure_ascii=False), markup=False)
        return
    texts = [_in_the_terminals_language(fault)]
    if with_english and texts != [english := _in_english(fault)]:
        texts.append(english)
    for said, advice in texts:
        for sentence in dict.fromkeys(said):
            err.print(sentence, markup=False, style="red")
        err.print(advice, markup=False)


def _in_the_terminals_language(fault: RollkeeperError) -> tuple[list[str], str]:
    """Return the sentences of a fault and its remedy, in the words of the pages."""
    if "django.utils.translation.trans_real" in sys.modules:
        from django.conf import settings
        from django.utils.translation import get_language

        if not settings.configured:  # for example because the fault is in the settings themselves
            return _in_english(fault)

        if (get_language() or "en") != "en":
            from rollkeeper.kernel.error_messages import translated

            faults = translated(fault)
            return [one.sentence for one in faults], "\n".join(dict.fromkeys(one.remedy for one in faults))
    return _in_english(fault)


def _in_english(fault: RollkeeperError) -> tuple[list[str], str]:
    return [str(one) for one in fault.faults], fault.advice


@dataclass(slots=True)
class Collected:
    """What a command would have printed: its sentences, and its tables as rows by column."""

    said: list[str] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def answering_in_json() -> Iterator[None]:
    """Collect what is printed, and print it as JSON at the end: `said`, and `tables` with a title and rows by column."""
    out.collected = answer = Collected()
    is_refused = False
    try:
        yield
    except RollkeeperError:
        is_refused = True
        raise
    finally:
        out.collected = None
        if not is_refused:
            emit({"said": answer.said, "tables": answer.tables})


class Bar:
    """A progress bar that one task moves."""

    def __init__(self, progress: "Progress", task: "TaskID") -> None:
        self._progress, self._task = progress, task

    def advance(self, steps: int = 1) -> None:
        """Move on by so many steps."""
        self._progress.advance(self._task, steps)

    def set_total(self, total: int) -> None:
        """State how many steps there are, once it is known."""
        self._progress.update(self._task, total=total)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Bar]:
    """Show a bar on standard error while something takes its time."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        yield Bar(shown, shown.add_task(what.translate(_CONTROLS), total=total))
