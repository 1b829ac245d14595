"""The command itself, including a real operator's export."""

import csv
import json
import os
import pty
import tomllib
from pathlib import Path

import pytest

from rollkeeper.imports.reject_file import default_path
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line

ROOT = Path(__file__).parents[2]
TELCO = ROOT.parent / "shared" / "data" / "telco-customers.csv"
CONSOLE = {"ROLLKEEPER_ROLE": "console"}
SIMPLE = (
    "mobile number,since,gender\n13800138000,2011-05-13,x\n13800138001,2011-05-14,y\n13800138002,no day,y\n"
)


@pytest.fixture(scope="module")
def rollkeeper(command_server):
    """Type a command; the answer is (exit code, what it printed, its remarks)."""

    def typed(*words):
        done = command_server.run(*map(str, words), surroundings=CONSOLE)
        return done.returncode, done.stdout, done.stderr

    return typed


@pytest.fixture
def simple(tmp_path):
    file = tmp_path / "lines.csv"
    file.write_text(SIMPLE, "utf-8")
    return file


@pytest.fixture
def telco(tmp_path):
    if not TELCO.exists():
        pytest.skip(f"{TELCO} is not there: the journey on a foreign export was NOT run")
    file = tmp_path / "telco-customers.csv"
    file.write_bytes(TELCO.read_bytes())
    return file


def test_without_a_yes_nothing_is_imported_and_the_answer_is_no(committed, rollkeeper, simple):
    code, _, remarks = rollkeeper("import", simple)

    assert code == 1
    assert "was not confirmed" in remarks
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0


@pytest.mark.parametrize(("answer", "code", "lines"), [(b"y\n", 1, 2), (b"n\n", 1, 0)])
def test_a_person_at_a_terminal_is_asked(committed, command_server, simple, answer, code, lines):
    ours, theirs = pty.openpty()
    os.write(ours, answer)

    done = command_server.run("import", str(simple), terminal=theirs, surroundings=CONSOLE)
    os.close(ours)
    os.close(theirs)

    assert "Import with this mapping?" in done.stderr
    assert done.returncode == code, done.stderr
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == lines


def test_a_proposal_prints_a_map_that_can_be_used_as_it_is(committed, rollkeeper, simple, tmp_path):
    _, printed, _ = rollkeeper("import", simple, "--propose")
    (tmp_path / "map.toml").write_text(printed, "utf-8")

    code, _, remarks = rollkeeper("import", simple, "--map", tmp_path / "map.toml")

    assert code == 1, remarks  # a row was refused
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 2


def test_a_machine_gets_json_with_counts_reasons_and_what_was_dropped(committed, rollkeeper, simple):
    code, printed, _ = rollkeeper("import", simple, "--yes", "--json")

    answer = json.loads(printed)
    assert code == 1
    assert (answer["rows"], answer["lines"], answer["refused"]) == (3, 2, 1)
    assert answer["dropped"] == [{"about": "gender or sex", "column": "gender"}]
    assert answer["reasons"] == [{"column": "since", "reason": "not a date of a form in the map", "rows": 1}]
    assert answer["refused_file"] == str(default_path(simple))


def test_a_file_of_companies_is_proposed_and_imported_by_the_command(committed, rollkeeper, tmp_path):
    file = tmp_path / "companies.csv"
    file.write_text(
        "mobile number,since,company name,company address,business licence number,representative\n"
        "13800138000,2011-05-13,Invented Trading,2 Invented Road,91350211MA000100Y3,Tsering\n"
    )

    _, proposed, _ = rollkeeper("import", file, "--propose")
    _, done, _ = rollkeeper("import", file, "--yes", "--json")

    assert '[company]\nname = "company name"' in proposed
    assert '[company.bearer]\nname = "representative"' in proposed
    assert json.loads(done)["registered"] == 1
    assert [one.party_kind for one in rows("SELECT party_kind FROM lines_tenure")] == ["company"]


def test_refused_rows_can_be_sent_to_another_place(committed, rollkeeper, simple, tmp_path):
    rollkeeper("import", simple, "--yes", "--refused", tmp_path / "elsewhere.csv")

    assert (tmp_path / "elsewhere.csv").exists()
    assert not default_path(simple).exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("anything\nx\n", "only one column"),
        ("Tashi Invented\nLobsang Invented\n", "only one column"),
        ("Tashi Invented,Tashi Invented\nx,y\n", "all have one name"),
        ("13800138000,2011-05-01\n13800138001,2011-05-01\n", "the column names are missing"),
        ("phone,phone\n1,2\n", "all have one name"),
        ("name,remark\na,b\n", "is missing information"),
        ('mobile number,since\n1,"2011-05-13\n', "never closed"),
        ("mobile number,since\nx,2011-05-13\ny,2011-05-13\n", "none of its 2 rows can be imported"),
    ],
)
def test_a_file_that_cannot_be_imported_gets_a_sentence_and_exit_code_2(
    committed, rollkeeper, tmp_path, content, sentence
):
    file = tmp_path / "lines.csv"
    file.write_text(content, "utf-8")

    code, _, remarks = rollkeeper("import", file, "--yes")

    assert code == 2
    assert sentence in " ".join(remarks.split())
    assert "Traceback" not in remarks
    assert "Invented" not in remarks
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0


def test_a_foreign_export_gets_a_sensible_proposal(rollkeeper, telco):
    code, printed, _ = rollkeeper("import", telco, "--propose", "--as-of", "2011-12-01")

    made = tomllib.loads(printed)
    assert code == 0
    assert made["reference"] == {"column": "customerID"}
    assert made["activated_on"]["tenure_months"] == "tenure"
    assert [source["column"] for source in made["service"]["from"]] == ["PhoneService", "InternetService"]
    assert "number" not in made
    assert printed.count("MISSING") == 1
    assert "7,043 free numbers" in printed
    for column, about in (
        ("gender", "gender or sex"),
        ("SeniorCitizen", "age"),
        ("Partner", "family"),
        ("Dependents", "family"),
    ):
        assert f"# Dropped, since it is about {about}: {column}\n" in printed


def test_a_foreign_export_is_imported_whole_and_once(committed, rollkeeper, telco):
    words = (
        "import",
        telco,
        "--yes",
        "--number-range",
        "+8689100000000",
        "--as-of",
        "2011-12-01",
        "--on",
        "2011-12-01",
    )

    first, printed, remarks = rollkeeper(*words)
    second, again, _ = rollkeeper(*words)

    assert (first, second) == (0, 0), remarks
    assert "7,043 rows: 7,043 lines made" in printed
    assert "was imported before" in again
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 7_043
    by_service = {
        r.service: r.n for r in rows("SELECT service, count(*) AS n FROM lines_line GROUP BY service")
    }
    with telco.open(encoding="utf-8", newline="") as source:
        customers = list(csv.DictReader(source))
    telephones = sum(customer["PhoneService"] == "Yes" for customer in customers)
    assert by_service == {"fixed_line": telephones, "internet_access": len(customers) - telephones}
    oldest = find_line("+8689100000000")
    assert oldest.activated_on.isoformat() == "2011-11-01", "one month of tenure before the first of December"
    assert not oldest.is_registered


def test_imports_are_listed_and_shown_by_their_counts_alone(committed, rollkeeper, simple):
    nothing = rollkeeper("imports", "list")[1]
    rollkeeper("import", simple, "--yes")

    (one,) = json.loads(rollkeeper("imports", "list", "--json")[1])
    shown = rollkeeper("imports", "show", one["import_id"])[1]

    assert nothing.strip() == "Nothing was imported yet."
    assert (one["rows"], one["lines"], one["refused"]) == (3, 2, 1)
    assert "lines made: 2" in shown
    assert simple.name not in shown


def test_an_unknown_import_is_refused_with_what_to_do(committed, rollkeeper):
    code, _, remarks = rollkeeper("imports", "show", "019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182")

    assert code == 1
    assert "rollkeeper imports list" in " ".join(remarks.split())


def test_rejected_rows_are_mended_and_taken_in_with_the_same_map(committed, rollkeeper, simple, tmp_path):
    rows_file, map_file = tmp_path / "rows.csv", tmp_path / "map.toml"
    map_file.write_text(rollkeeper("import", simple, "--propose")[1], "utf-8")
    rollkeeper("import", simple, "--map", map_file, "--rejected-rows", rows_file)
    rows_file.write_text(rows_file.read_text("utf-8-sig").replace("no day", "2011-05-20"), "utf-8")

    code, _, remarks = rollkeeper("import", rows_file, "--map", map_file)

    assert code == 0, remarks
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 3
