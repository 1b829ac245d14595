# SPDX-License-Identifier: EUPL-1.2
"""Wrong input gets a sentence and an exit code, never a traceback, and loses nothing."""

import errno
import fcntl
import os
import signal
import sys

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from rollkeeper.kernel.console import out, read_date, read_instant, show_error, show_table
from rollkeeper.kernel.errors import DATE_OUT_OF_RANGE, INVALID_DATE, Faults
from rollkeeper.operations import cli, demo
from rollkeeper.operations.errors import DATA_DIR_IN_USE, DEMO_IN_PROGRESS, UNKNOWN_HOST
from rollkeeper.operations.unexpected_errors import tell
from rollkeeper.platform import embedded_postgres
from tests.command_server import common_server
from tests.refusals import refusing


@pytest.fixture
def typed(monkeypatch, capsys):
    """Run `main` on an app of one command; give the exit code and what was said on standard error."""
    before, umask = signal.getsignal(signal.SIGINT), os.umask(0o077)

    def run(body):
        app = typer.Typer(pretty_exceptions_enable=False)
        app.command()(body)
        monkeypatch.setattr(cli, "make_app", lambda: app)
        monkeypatch.setattr(sys, "argv", ["rollkeeper"])
        monkeypatch.setenv("ROLLKEEPER_TRACEBACK", "")
        with pytest.raises(SystemExit) as end:
            cli.main()
        return end.value.code, capsys.readouterr().err

    yield run
    signal.signal(signal.SIGINT, before)
    os.umask(umask)


def test_ctrl_c_in_a_command_is_a_sentence_and_130(typed):
    def interrupted():
        raise KeyboardInterrupt

    code, said = typed(interrupted)

    assert code == 130
    assert said.startswith("Stopped by Ctrl-C")
    assert "Traceback" not in said


def test_ctrl_c_while_the_program_is_still_being_read_is_a_sentence_and_130(typed, monkeypatch):
    def interrupted(_words):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_only_serves", interrupted)

    assert typed(lambda: None)[0] == 130


def test_a_fault_that_nobody_foresaw_shows_its_place_and_no_value(typed):
    def broken():
        raise RuntimeError("Tashi Dorje")

    code, said = typed(broken)

    assert code == 2
    assert "RuntimeError" in said
    assert "Tashi" not in said


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "Tashi"), 2, "byte at position 2"),
        (UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "Tashi"), 2, "byte at position 2"),
        (psycopg.errors.DataException("Tashi"), 2, "entries later than the day"),
        (psycopg.errors.DiskFull("Tashi"), 2, "disk is full"),
        (psycopg.errors.LockNotAvailable("Tashi"), 1, "Another process"),
        (psycopg.errors.UniqueViolation("Tashi"), 2, "UniqueViolation"),
        (OSError(errno.ENOSPC, "no space"), 2, "the output could not be written"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), 2, "/srv/x: Permission denied"),
    ],
)
def test_each_fault_from_below_has_its_sentence(fault, code, says):
    notified = tell(fault)

    assert says in str(notified)
    assert notified.kind.exit_code == code
    assert "Tashi" not in str(notified)


@pytest.mark.parametrize(("place", "is_ours", "code"), [("run/lock", False, "instance_of_another_user"), ("run/lock", True, "file_access_refused"), ("../x", False, "file_access_refused")])  # fmt: skip
def test_who_may_not_use_an_instance_learns_whose_it_is(tmp_path, monkeypatch, place, is_ours, code):
    (tmp_path / "instance").mkdir()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "instance"))
    uid = (tmp_path / "instance").stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: uid if is_ours else 54321)

    refused = tell(
        PermissionError(errno.EACCES, "Permission denied", os.path.normpath(tmp_path / "instance" / place))
    )

    assert refused.code == code
    assert ("you are 54321" in str(refused)) == (code == "instance_of_another_user")


@pytest.mark.parametrize(("is_full", "code"), [(True, "disk_full"), (False, "database_unreachable")])
def test_a_server_that_went_away_on_a_full_disk_is_a_full_disk(monkeypatch, is_full, code):
    monkeypatch.setattr(embedded_postgres, "disk_is_full", lambda: is_full)

    assert tell(psycopg.OperationalError("the connection is lost")).code == code


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1950-00-00", "2012-02-30", "20120101", "2012-W01-1", "２０１２-01-01"]
)
def test_only_a_plain_date_is_a_date(text):
    with refusing(INVALID_DATE):
        read_date(text)


def test_what_is_no_date_at_all_is_not_repeated():
    with refusing(INVALID_DATE, match=r"^What was given \(11 characters\) is not a date"):
        read_date("Tashi Dorje")


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_a_year_without_a_calendar_is_refused(year):
    with refusing(DATE_OUT_OF_RANGE, match="1900 to 2199"):
        read_date(f"{year}-01-01")
    with refusing(DATE_OUT_OF_RANGE, match="1900 to 2199"):
        read_instant(f"{year}-01-01T00:00+08:00")


def test_the_first_and_the_last_year_are_read():
    assert (read_date("1900-01-01").year, read_date("2199-12-31").year) == (1900, 2199)


def test_what_is_shown_never_commands_the_terminal(capsys):
    show_table("Columns", ("column",), [("\x1b]0;owned\x07name\x9b2J",)])
    out.print("a\x1b[2Jb\tc\n")

    said = capsys.readouterr().out
    assert not set(said) & {"\x1b", "\x07", "\x9b"}
    assert "\t" in said or "    " in said


def test_a_sentence_that_two_faults_share_is_said_once(capsys):
    show_error(Faults([UNKNOWN_HOST(host="nowhere", why="unknown")] * 2))

    assert capsys.readouterr().err.count("nowhere") == 1


def test_the_demo_is_not_made_where_something_else_lies(monkeypatch, tmp_path):
    (tmp_path / "mine").touch()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))

    refused = CliRunner().invoke(cli.make_app(), ["demo"])

    assert refused.exception.code == DATA_DIR_IN_USE.code
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_demo_in_progress_is_not_cleared_away_by_a_second_one(monkeypatch, tmp_path):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    (tmp_path / "half").touch()

    with (tmp_path / demo.IN_PROGRESS).open("a") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with refusing(DEMO_IN_PROGRESS):
            demo.make_demo(lines=100)

    assert (tmp_path / "half").exists()


def test_an_import_never_writes_its_rejects_over_the_export(data_dir, tmp_path):
    export = tmp_path / "customers.csv"
    export.write_text("number,service,activated_on\n12,mobile,2010-05-01\n", "utf-8")
    before = export.read_bytes()

    done = common_server().run("import", str(export), "--yes", "--refused", str(export))

    assert done.returncode == 2
    assert "Nothing was imported" in done.stderr
    assert "Traceback" not in done.stderr
    assert export.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["agents", "evidence", "agent-017", "trained", "EMPTY"], "is empty"),
        (["agents", "audit", "agent-017", "--finding", "trained:awful:2012-04-01"], "or with major"),
        (["reports", "verify", "FOLDER", "--vkey", "EMPTY.vkey"], "neither a key nor a file with one"),
        (["reports", "verify", "FOLDER", "--ledger", "FOLDER"], "contains no published ledger"),
    ],
)
def test_a_wrong_file_or_word_is_named_before_anything_is_opened(tmp_path, monkeypatch, words, says):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "no-instance"))
    (tmp_path / "empty").touch()
    places = {"EMPTY": "empty", "FOLDER": ".", "EMPTY.vkey": "none.vkey"}

    done = CliRunner().invoke(
        cli.make_app(), [str(tmp_path / places[one]) if one in places else one for one in words]
    )

    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


def test_every_date_of_a_disclosure_request_is_refused_in_the_same_words():
    words = (
        "enter FILE --as a --authority 01900000-0000-7000-8000-000000000000 --instrument warrant --field name"
    )
    dates = {"--held-on": "2012-03-02", "--expires": "2012-06-30", "--received": "2012-03-02"}

    for wrong in dates:
        given = [part for pair in (dates | {wrong: "1950-00-00"}).items() for part in pair]
        done = CliRunner().invoke(
            cli.make_app(), ["disclosures", *words.replace("FILE", __file__).split(), *given]
        )
        assert done.exception.code == INVALID_DATE.code
