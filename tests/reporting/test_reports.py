# SPDX-License-Identifier: EUPL-1.2
"""A report from the register to an outsider: two ways of counting agree, no person is in it, nothing can be changed."""

import base64
import csv
import datetime as dt
import hashlib
import io
import json
import random
import re
import shutil
import stat
from hashlib import sha256

import pypdfium2
import pytest
from django.db.utils import ProgrammingError
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import commitment_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import rows, run
from rollkeeper.ledger import publication
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting import queries, services
from rollkeeper.reporting.errors import (
    EVIDENCE_FILE_EXISTS,
    EVIDENCE_NOT_GENUINE,
    LEDGER_NOT_PUBLISHED,
    PERIOD_NOT_OVER,
    REPORT_FOLDER_NOT_EMPTY,
    REPORT_NOT_GENUINE,
)
from rollkeeper.reporting.evidence import write_evidence
from rollkeeper.reporting.metrics import needed_facts, tables
from rollkeeper.reporting.periods import quarters_of, year
from rollkeeper.reporting.printouts import pdf
from rollkeeper.reporting.report_files import csv_bytes, write_report
from rollkeeper.reporting.verification import verify_report
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.reporting.entries import FIRST, ZEROS, write_year

CONSOLE = console_authority()
AFTER = dt.date(2013, 1, 2)
Q1, Q2, *_ = quarters_of(2012)
YEAR = year(2012)


@pytest.fixture(scope="module")
def lived(data_dir, empty_everything, tmp_path_factory):
    """A year of entries, published; the report of the first quarter, then that of the year; both written out."""
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)
    folder = tmp_path_factory.mktemp("evidence")
    chance = random.Random(2012)  # noqa: S311 - figures to be counted, no secret
    write_year(chance, most=60)
    publish(folder / "ledger")
    reports = {
        "q1": services.make_report(CONSOLE, Q1, on=AFTER),
        "year": services.make_report(CONSOLE, YEAR, on=AFTER),
    }
    for name, report in reports.items():
        write_report(folder / name, report, language="en")
    publish(folder / "ledger")
    to = employed("auditor-3").staff_id
    write_evidence(CONSOLE, YEAR, folder / "evidence", given_to=to, on=AFTER)
    clock.set_demo_date(None)
    yield folder, reports
    empty_everything()
    publication.last_checkpoint_file().unlink(missing_ok=True)


@pytest.fixture
def vkey(lived):
    return (lived[0] / "ledger" / "vkey").read_text("utf-8")


def test_what_was_counted_in_the_register_is_what_the_published_bytes_give(lived, vkey):
    folder, _ = lived

    quarter, whole = (
        verify_report(folder / name, folder / "ledger", vkey=vkey, evidence=folder / "evidence")
        for name in ("q1", "year")
    )

    assert quarter.entered_at is not None
    assert whole.entered_at is not None
    assert quarter.entries == whole.entries > 500
    assert 0 < quarter.hidden < quarter.cells
    assert (quarter.recounted, quarter.undisclosed) == (True, 0)


def test_without_the_evidence_nothing_is_counted_again(lived, vkey):
    folder, _ = lived

    found = verify_report(folder / "q1", folder / "ledger", vkey=vkey)

    assert (found.recounted, found.entered_at) == (False, None)


def test_the_evidence_names_no_line_no_person_no_staff_and_no_instant(lived):
    folder, _ = lived
    shown = set()
    for line in (folder / "evidence").read_text().splitlines()[1:]:
        shown |= {field[1] for field in json.loads(line)[1]["fields"] if isinstance(field, list)}

    facts = {f"facts.{key}" for needed in needed_facts().values() for key in needed.keys}
    assert shown <= {"verb", "facts.report", *facts}
    assert ZEROS not in (folder / "evidence").read_text()


def test_to_whom_the_evidence_went_is_in_the_ledger(lived):
    (entry,) = rows(
        "SELECT body::jsonb AS body FROM ledger_entry WHERE verb = 'reporting:evidence:disclosed'"
    )

    (auditor,) = rows("SELECT staff_id FROM access_staff WHERE username = 'auditor-3'")
    assert entry.body["facts"]["staff"] == commitment_of(auditor.staff_id)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'"facts.channel","[a-z_]+"', b'"facts.channel","fax"'),
        (b'"facts.channel"', b'"facts.channels"'),
        (b'"class":"notice"', b'"class":"change"'),
    ],
)
def test_evidence_that_was_changed_is_not_what_was_published(lived, vkey, tmp_path, old, new):
    spoilt = tmp_path / "evidence"
    content, changes = re.subn(old, new, (lived[0] / "evidence").read_bytes(), count=1)
    spoilt.write_bytes(content)
    assert changes == 1

    with refusing(EVIDENCE_NOT_GENUINE):
        verify_report(lived[0] / "q1", lived[0] / "ledger", vkey=vkey, evidence=spoilt)


@pytest.mark.parametrize("name", ["taken", "nowhere/evidence"])
def test_evidence_that_cannot_be_written_is_not_recorded_as_disclosed(lived, tmp_path, name):
    (tmp_path / "taken").write_bytes(b"mine")
    (before,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'reporting:evidence:disclosed'")
    (auditor,) = rows("SELECT staff_id FROM access_staff WHERE username = 'auditor-3'")

    with refusing(EVIDENCE_FILE_EXISTS):
        write_evidence(
            console_authority(),
            Q1,
            tmp_path / name,
            given_to=auditor.staff_id,
            on=AFTER,
        )

    (after,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'reporting:evidence:disclosed'")
    assert after == before
    assert (tmp_path / "taken").read_bytes() == b"mine"


def test_evidence_is_its_owners_alone(lived):
    assert stat.S_IMODE((lived[0] / "evidence").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"[]\n", b"PK\x03\x04"])
def test_what_is_no_evidence_at_all_is_refused_in_words(lived, vkey, tmp_path, content):
    spoilt = tmp_path / "evidence"
    spoilt.write_bytes(content)

    with refusing(EVIDENCE_NOT_GENUINE, match="another form"):
        verify_report(lived[0] / "q1", lived[0] / "ledger", vkey=vkey, evidence=spoilt)


@pytest.mark.parametrize(
    ("hidden", "of"),
    [("verb", "line:line:restored"), ("facts.channel", "notices:notice:delivered"), ("facts.upheld", "selfcare:case:settled"),
     ("facts.bars", "line:line:suspended"), ("facts.by", "line:line:terminated"), ("facts.last_day_kept", "line:record:erased")],
)  # fmt: skip
def test_evidence_that_hides_what_is_counted_is_none(lived, vkey, tmp_path, hidden, of):
    head, *lines = (lived[0] / "evidence").read_text().splitlines()
    nth = next(nth for nth, line in enumerate(lines) if f'"verb","{of}"' in line and f'"{hidden}"' in line)
    index, said = json.loads(lines[nth])
    for place, shown in enumerate(said["fields"]):
        if isinstance(shown, list) and shown[1] == hidden:
            salted = base64.urlsafe_b64decode(shown[0] + "==") + canonical_bytes(shown[1:])
            said["fields"][place] = base64.urlsafe_b64encode(sha256(salted).digest()).rstrip(b"=").decode()
    lines[nth] = f"[{index},{canonical_bytes(said).decode()}]"
    (tmp_path / "evidence").write_text("\n".join([head, *lines, ""]))

    with refusing(EVIDENCE_NOT_GENUINE, match=f"it hides of leaf {index} what is counted"):
        verify_report(lived[0] / "q1", lived[0] / "ledger", vkey=vkey, evidence=tmp_path / "evidence")


def test_what_evidence_leaves_out_is_counted_and_said(lived, vkey, tmp_path):
    lines = (lived[0] / "evidence").read_text().splitlines(keepends=True)
    period = [
        line
        for line in lines[1:]
        if Q1.first.isoformat() <= json.loads(line)[1]["day"] <= Q1.last.isoformat()
    ]
    left_out = period[::2]
    (tmp_path / "evidence").write_text("".join(line for line in lines if line not in set(left_out)))

    found = verify_report(lived[0] / "q1", lived[0] / "ledger", vkey=vkey, evidence=tmp_path / "evidence")

    assert found.undisclosed == len(left_out) > 0


def test_every_verb_that_is_counted_is_one_that_the_ledger_can_say(lived):
    promised = {"disclosures:request:entered", "disclosures:request:refused", "disclosures:request:delivered",
                "disclosures:person:notified", "disclosures:notification:deferred"}  # fmt: skip
    counted = {metric.verb for table in tables() for metric in table.rows}

    assert counted - {verb.value for verb in Verb} <= promised


def test_every_fact_that_is_counted_by_belongs_to_its_verb():
    wrong = []
    for table in tables():
        for metric in table.rows:
            if metric.verb not in set(Verb):
                continue
            named = [*(metric.where or {}), metric.sum, metric.day_by, metric.late,
                     metric.is_not and metric.is_not[0]]  # fmt: skip
            known = Verb(metric.verb).schema.all_facts
            wrong += [(table.id, metric.row, name) for name in named if name and name not in known]

    assert wrong == []


def test_no_small_number_of_people_stands_in_a_report(lived):
    _, reports = lived

    for report in reports.values():
        for table in json.loads(report)["tables"]:
            for cells in table["cells"].values():
                if table["people"]:
                    assert not [row for row, value in cells.items() if value is not None and 0 < value < 10]


def test_a_quarter_says_the_same_alone_and_in_its_year(lived):
    _, reports = lived
    alone, beside = (json.loads(reports[name])["tables"] for name in ("q1", "year"))

    assert [t["cells"]["2012-Q1"] for t in alone] == [t["cells"]["2012-Q1"] for t in beside]


def test_made_again_it_is_the_same_to_the_byte_whatever_came_in_between(lived):
    folder, reports = lived
    before = rows("SELECT count(*) AS n FROM ledger_entry")[0].n
    write_late()

    assert services.make_report(CONSOLE, Q1, on=AFTER) == reports["q1"]
    assert services.make_report(CONSOLE, YEAR, on=AFTER) == reports["year"]
    publish(folder / "ledger")
    key = (folder / "ledger" / "vkey").read_text("utf-8")
    assert verify_report(folder / "year", folder / "ledger", vkey=key).entries == before + 1


def write_late():
    from rollkeeper.ledger.services import append_entry

    append_entry(CONSOLE, verb=Verb.CANARY_OPENED, role="console", on=FIRST)


def test_the_csv_fits_its_schema_and_says_what_the_report_says(lived):
    folder, reports = lived
    table = (folder / "q1" / "report.csv").read_bytes()
    package = json.loads((folder / "q1" / "datapackage.json").read_text("utf-8"))
    (resource,) = package["resources"]

    found = list(csv.DictReader(io.StringIO(table.decode())))

    assert resource["hash"] == f"sha256:{hashlib.sha256(table).hexdigest()}"
    assert [field["name"] for field in resource["schema"]["fields"]] == list(found[0])
    assert len({(r["table"], r["period"], r["row"]) for r in found}) == len(found)
    for row in found:
        assert (row["count"] == "") is (row["hidden"] == "true")
        said = next(t for t in json.loads(reports["q1"])["tables"] if t["table"] == row["table"])
        assert said["cells"][row["period"]][row["row"]] == (int(row["count"]) if row["count"] else None)


def test_a_report_of_an_operator_that_lies_holds_no_formula():
    cells = {"2012-Q1": {"=HYPERLINK(1)": 10, "mobile": 20}}

    table = csv_bytes({"tables": [{"table": "@SUM(1)", "source": "register", "cells": cells}]})

    assert table.decode().splitlines()[1:] == [
        "'@SUM(1),2012-Q1,'=HYPERLINK(1),10,false,register", "'@SUM(1),2012-Q1,mobile,20,false,register"
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pdf_reads_in_each_language_and_names_every_table(lived, language, tmp_path):
    _, reports = lived

    write_report(tmp_path / "r", reports["q1"], language=language)

    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / "r" / "report.pdf")
    )
    squeezed = "".join(text.split())
    if language == "bo":  # its letters are stacked, and a reader of text takes them apart
        assert "2012-Q1" in text
    else:
        titles = ["".join(table.title[language].split()) for table in tables()]
        assert [title for title in titles if title not in squeezed] == []


def test_the_pdf_writes_its_figures_with_separators(lived):
    _, reports = lived
    report = json.loads(reports["q1"])
    cells = next(table["cells"] for table in report["tables"] if any(table["cells"].values()))
    period = report["period"]
    cells[period] |= dict(zip(cells[period], (8020, 1234567), strict=False))

    made = pdf(report, language="en", digest="00")

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made))
    assert "8,020" in text
    assert "8020" not in text


def employed(name):
    clock.set_demo_date(AFTER)
    return employ(StaffRole.AUDITOR, username=name)


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda f: change(f / "q1/report.csv", b"ledger", b"Ledger"), "changed after it was signed"),
        (
            lambda f: change(f / "q1/report.json", b'"people":true', b'"people":false'),
            "changed after it was signed",
        ),
        (lambda f: change(f / "q1/report.pdf", b"%PDF", b"%PDf"), "changed after it was signed"),
        (lambda f: change(f / "q1/signature", b"signature", b"signature"), None),
        (lambda f: (f / "q1/checkpoint").unlink(), "cannot be read"),
        (
            lambda f: change(f / "ledger/tile/entries/000", b'"class":"', b'"Class":"'),
            "first wrong one",
        ),
    ],
    ids=["table", "figures", "paper", "nothing", "checkpoint", "ledger"],
)
def test_whatever_is_changed_is_noticed(lived, vkey, tmp_path, spoil, why):
    there = tmp_path / "copy"
    shutil.copytree(lived[0], there)
    if why is None:
        assert verify_report(there / "q1", there / "ledger", vkey=vkey)
        return

    spoil(there)

    with refusing(REPORT_NOT_GENUINE, match=why):
        verify_report(there / "q1", there / "ledger", vkey=vkey)


def test_an_operator_who_signs_other_figures_is_found_out_by_the_count(lived, vkey, tmp_path):
    folder, reports = lived
    report = json.loads(reports["q1"])
    cells = next(t for t in report["tables"] if t["table"] == "batches")["cells"]["2012-Q1"]
    cells["stopped"] = cells["stopped"] + 1
    from rollkeeper.kernel.canonical import canonical_bytes

    write_report(tmp_path / "forged", canonical_bytes(report), language="en")

    with refusing(REPORT_NOT_GENUINE, match="'batches' is not what the disclosed entries give"):
        verify_report(tmp_path / "forged", folder / "ledger", vkey=vkey, evidence=folder / "evidence")


def test_another_key_proves_nothing(lived, vkey):
    name, _, rest = vkey.strip().partition("+")

    with refusing(REPORT_NOT_GENUINE):
        verify_report(lived[0] / "q1", lived[0] / "ledger", vkey=f"other.{name}+{rest}")


def test_a_folder_with_other_files_is_left_alone(lived, tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")

    with refusing(REPORT_FOLDER_NOT_EMPTY):
        write_report(tmp_path, lived[1]["q1"], language="en")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_the_auditor_reads_reports_and_never_the_raw_counts(lived, as_role):
    auditor = Authority(frozenset({StaffRole.AUDITOR}), None, "0a" * 32)

    with as_role("backoffice"):
        assert queries.report_periods(auditor) == ["2012-Q1", "2012"] or queries.report_periods(auditor)
        assert queries.report_of(auditor, "2012-Q1")["period"] == "2012-Q1"
    for role in ("backoffice", "auditor", "counter", "portal"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            run("SELECT counts FROM reporting_quarter")


def test_who_may_not_make_reports_makes_none(lived):
    for role in (StaffRole.AUDITOR, StaffRole.CLERK, StaffRole.SUPERVISOR):
        with refusing(NOT_ALLOWED):
            services.make_report(Authority(frozenset({role}), None, "0a" * 32), Q2, on=AFTER)


@pytest.mark.parametrize(("days", "over"), [(-1, False), (0, False), (1, True)])
def test_a_period_is_counted_when_it_is_over(lived, days, over):
    on = Q2.last + dt.timedelta(days=days)

    if over:
        assert services.make_report(CONSOLE, Q2, on=on)
    else:
        with refusing(PERIOD_NOT_OVER):
            services.make_report(CONSOLE, Q2, on=on)


def test_what_is_not_published_yet_is_not_counted(register):
    from rollkeeper.ledger.services import append_entry

    append_entry(CONSOLE, verb=Verb.CANARY_OPENED, role="console", on=dt.date(2010, 2, 3))

    with refusing(LEDGER_NOT_PUBLISHED, match=r"^1 entries"):
        services.make_report(CONSOLE, quarters_of(2010)[0], on=AFTER)


def test_the_commands_refuse_what_is_on_no_grid(tmp_path):
    from rollkeeper.operations.cli import make_app

    said = CliRunner().invoke(
        make_app(), ["reports", "make", "--from", "2012-01-01", "--to", "2012-03-30", str(tmp_path / "x")]
    )

    assert said.exit_code != 0
    assert "neither a quarter nor a calendar year" in str(said.exception)


@pytest.mark.parametrize("given", ["a file", "no+key", "/nowhere/at/all"])
def test_a_key_that_is_none_is_a_wrong_call_and_says_nothing_about_the_report(tmp_path, given):
    keyless = tmp_path / "vkey"
    keyless.write_text("no key\n", "utf-8")
    from rollkeeper.operations.cli import make_app

    done = CliRunner().invoke(
        make_app(),
        ["reports", "verify", str(tmp_path), "--vkey", str(keyless) if given == "a file" else given],
    )

    assert done.exit_code == 2
    assert "--vkey" in done.output
