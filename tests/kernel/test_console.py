# SPDX-License-Identifier: EUPL-1.2
"""What commands print: a number with the word that goes with it."""

import io
import json
import re
from pathlib import Path

import pytest

import rollkeeper
from rollkeeper.kernel import console
from rollkeeper.kernel.console import counted, emit, out, progress, show_table

PACKAGE = Path(rollkeeper.__file__).parent
NOUNS = (
    "lines|rows|entries|notices|people|accounts|records|attempts|tables|keys|values|devices|alarms|differences|figures|tenures"
    "|applications|erasures|texts|openings|requests|regions|days"
)


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1001, "1,001 lines")]
)
def test_a_number_has_the_word_that_goes_with_it(n, said):
    assert counted(n, "line", "lines") == said


def test_a_table_in_a_file_is_as_wide_as_its_words(capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    path = "/a/folder/" + "of-a-long-name/" * 20

    show_table("Folders", ("what", "where", "how many"), [("copies", path, 1200)])

    (row,) = [line for line in capsys.readouterr().out.splitlines() if path in line]
    assert row.split() == ["│", "copies", "│", path, "│", "1,200", "│"]


def test_a_table_on_a_terminal_keeps_to_its_width(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(console, "out", console._PlainConsole(highlight=False, soft_wrap=True))

    show_table("Folders", ("what", "where"), [("copies", "/a/folder/" * 20)])

    assert max(map(len, capsys.readouterr().out.splitlines())) <= 60


def test_a_narrow_terminal_breaks_no_name_and_no_title(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(console, "out", console._PlainConsole(highlight=False, soft_wrap=True))
    columns = ("pack", "jurisdiction", "status", "missing here", "emergency numbers")
    title = "A title that is longer than all the rows of its table together are"

    show_table(title, columns, [("au-prepaid-2017", "AU", "confirmed", "nothing", "000 112 106")])

    said = capsys.readouterr().out.splitlines()
    assert said[0] == title
    assert any("│ au-prepaid-2017 │" in line for line in said)
    assert max(map(len, said[1:])) <= 60


def test_no_command_prints_a_count_before_a_word_that_is_plural_for_one_too():
    files = [
        one
        for one in PACKAGE.rglob("*.py")
        if "commands" in one.parts or one.name in {"commands.py", "cli_output.py"}
    ]

    found = [
        f"{file.relative_to(PACKAGE)}: {one}"
        for file in files
        for one in re.findall(rf"\{{[^{{}}]+:,\}} (?:[a-z-]+ )?(?:{NOUNS})\b", file.read_text("utf-8"))
    ]

    assert len(files) > 15
    assert found == []


def test_brackets_are_shown_in_sentences_and_in_cells(capsys):
    out.print("Write 'folder' under [ledger] into settings.toml, [/not a mark]")
    show_table(
        "Of [instance]", ("column [x]", "found"), [("[tel]", "Write 'zone' under [instance]. :smile:")]
    )

    said = capsys.readouterr().out
    for whole in ("under [ledger] into", "[/not a mark]", "Of [instance]", "column [x]", "[tel]", "under [instance]. :smile:"):  # fmt: skip
        assert whole in said


@pytest.mark.parametrize(
    "sign", ["\x1b", "\x9b", "\x07", "\x7f", "\u202a", "\u202b", "\u202e", "\u2066", "\u2067", "\u2069"]
)
def test_nothing_that_someone_typed_acts_upon_a_terminal(capsys, sign):
    typed = f"a{sign}[2Jb"

    out.print(typed)
    show_table("Names", ["name"], [[typed]])
    emit({"name": typed})
    shown = capsys.readouterr().out

    assert sign not in shown
    assert json.loads(shown[shown.index("{") :]) == {"name": typed}


def test_a_bar_shows_the_name_of_a_file_with_brackets(monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(console, "err", console._PlainConsole(file=written, force_terminal=True, width=200))

    with progress("Reading customers[x].csv", total=1) as bar:
        bar.advance()

    assert "customers[x].csv" in written.getvalue()


def test_a_narrow_terminal_leaves_a_reference_and_a_day_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(console, "out", console._PlainConsole(highlight=False, soft_wrap=True))
    reference = "7707e409-638b-47de-86fc-77d8f2f4e834"
    columns = ("line", "register says", "network says", "asked at", "being tried")

    show_table("1 difference", columns, [(reference, "barred", "open", "2012-03-02 09:00", "yes")])

    said = capsys.readouterr().out
    assert all(f"│ {one} " in said for one in (reference, "2012-03-02"))
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("width", ["100", "120", "200"])
def test_two_columns_of_sentences_share_the_width_of_a_terminal(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setattr(console, "out", console._PlainConsole(highlight=False, soft_wrap=True))
    long = (
        "The country has no file: its emergency numbers and documents are not known, and no line is barred. "
        * 2
    )
    advice = (
        "Write /var/lib/rollkeeper/law/countries/be.yaml, which 'rollkeeper law schema --country' describes."
    )

    show_table("A pack", ("weight", "topic", "finding", "what to do"), [("doubt", "open question", long, advice)])  # fmt: skip

    said = capsys.readouterr().out
    assert "/var/lib/rollkeeper/law" in said
    assert max(map(len, said.splitlines())) <= int(width)
    assert len(said.splitlines()) <= 14


@pytest.mark.parametrize("sign", ["\x1b]0;", "\x9b2J", "\u2067"])
def test_the_name_of_a_file_acts_upon_no_terminal_while_it_is_read(monkeypatch, sign):
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", console._PlainConsole(file=shown, force_terminal=True, width=100))

    with progress(f"Reading lines{sign}.csv", total=2) as bar:
        bar.advance(1)

    assert "Reading lines" in shown.getvalue()
    assert sign not in shown.getvalue()
