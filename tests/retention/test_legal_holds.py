# SPDX-License-Identifier: EUPL-1.2
"""Legal holds: laid by a named officer for one line and one case, within bounds, ended early or by themselves."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import line_history
from rollkeeper.operations.cli import make_app
from rollkeeper.retention import services
from rollkeeper.retention.errors import (
    INVALID_CASE_NUMBER,
    INVALID_LEGAL_HOLD_DAYS,
    LEGAL_HOLD_NOT_FOUND,
    RECORD_ERASED,
)
from rollkeeper.retention.legal_holds import MAX_DAYS, add_legal_hold, current_legal_holds, end_legal_hold
from tests.builders.lines import make_line
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.retention.test_erasure import DAY, ENDED, ERASED, LAST_KEPT, ended_line, erase, tenure_of

CASE = "2012/7"
run = CliRunner()


@pytest.fixture
def officer(committed: None) -> Authority:
    return employ(StaffRole.DATA_PROTECTION_OFFICER)


def lay(
    who: Authority, line_id: LineId, *, on: dt.date = LAST_KEPT, days: int = 30, case: str = CASE
) -> None:
    add_legal_hold(who, line_id, case_reference=case, last=on + days * DAY, review_on=on, on=on)


def test_a_legal_hold_has_an_end_a_review_day_and_an_entry_without_its_case(officer: Authority) -> None:
    line_id = ended_line()

    lay(officer, line_id)

    assert line_history(line_id).holds == ((LAST_KEPT, LAST_KEPT + 30 * DAY),)
    (entry,) = rows("SELECT line_id, body FROM ledger_entry WHERE verb = 'line:legal_hold:added'")
    assert (entry.line_id, CASE in entry.body) == (line_id, False)


@pytest.mark.parametrize("who", [console_authority, worker_authority, lambda: employ(StaffRole.SUPERVISOR)])
def test_only_a_named_officer_adds_or_ends_one(who: Callable[[], Authority], officer: Authority) -> None:
    line_id = ended_line()
    lay(officer, line_id)

    with refusing(NOT_ALLOWED):
        lay(who(), line_id)
    with refusing(NOT_ALLOWED):
        end_legal_hold(who(), line_id, case_reference=CASE, on=LAST_KEPT)


@pytest.mark.parametrize(
    ("review", "last"), [(-1, 30), (31, 30), (0, -1), (0, MAX_DAYS + 1), (MAX_DAYS + 1, MAX_DAYS + 1)]
)
def test_it_ends_within_a_year_and_is_reviewed_before(review: int, last: int, officer: Authority) -> None:
    line_id = ended_line()

    with refusing(INVALID_LEGAL_HOLD_DAYS):
        add_legal_hold(
            officer, line_id, case_reference=CASE, last=ENDED + last * DAY, review_on=ENDED + review * DAY, on=ENDED
        )  # fmt: skip
    assert rows("SELECT FROM lines_legalhold") == []


@pytest.mark.parametrize("case", ["2012/7", "（2012）藏法刑初字第7号", "བོད་༧", "Kz. 4-K".replace(" ", "")])
def test_a_case_may_have_the_number_of_any_court(case: str, officer: Authority) -> None:
    lay(officer, ended_line(), case=case)


@pytest.mark.parametrize("case", ["", "Invented", "虚构人", "of Mr Invented 7", "7" * 41, "1\n2"])
def test_a_case_is_identified_by_number_never_by_name(case: str, officer: Authority) -> None:
    with refusing(INVALID_CASE_NUMBER):
        lay(officer, ended_line(), case=case)


def test_what_does_not_exist_is_not_held(officer: Authority) -> None:
    with pytest.raises(LineNotFound):
        lay(officer, LineId(new_uuid()))


def test_what_is_erased_is_not_said_to_be_held(officer: Authority) -> None:
    line_id = ended_line()
    erase(ERASED)

    with refusing(RECORD_ERASED):
        lay(officer, line_id, on=ERASED)
    assert rows("SELECT FROM lines_legalhold") == []
    assert rows("SELECT FROM ledger_entry WHERE verb = 'line:legal_hold:added'") == []


@pytest.mark.parametrize("what", ["line", "past tenure"])
def test_what_is_about_to_be_erased_is_not_said_to_be_held(
    what: str, officer: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    line_id = ended_line() if what == "line" else make_line(is_registered=True)
    if what == "past tenure":
        tenure_of(line_id, ENDED - 300 * DAY, ENDED)
        tenure_of(line_id, ENDED, None)
    with monkeypatch.context() as patched:
        patched.setattr(services, "shred", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            erase(ERASED)

    with refusing(RECORD_ERASED):
        lay(officer, line_id, on=ERASED)
    assert rows("SELECT FROM lines_legalhold") == []


def test_a_line_can_be_held_after_a_past_tenure_was_erased(officer: Authority) -> None:
    line_id = make_line(is_registered=True)
    tenure_of(line_id, ENDED - 300 * DAY, ENDED)
    tenure_of(line_id, ENDED, None)
    erase(ERASED)

    lay(officer, line_id, on=ERASED)

    assert len(line_history(line_id).holds) == 1


def test_a_repeated_legal_hold_replaces_the_former_and_ends_as_one(officer: Authority) -> None:
    line_id = ended_line()
    lay(officer, line_id, on=ENDED)
    lay(officer, line_id, on=ENDED + 20 * DAY, days=40)

    standing = current_legal_holds(console_authority(), on=ENDED + 21 * DAY)
    end_legal_hold(officer, line_id, case_reference=CASE, on=ENDED + 22 * DAY)

    assert [one.review_on for one in standing] == [ENDED + 20 * DAY]
    assert current_legal_holds(console_authority(), on=ENDED + 23 * DAY) == []
    said = [
        row.verb
        for row in rows(
            "SELECT verb FROM ledger_entry WHERE verb LIKE 'line:legal_hold:%%' ORDER BY entry_id"
        )
    ]
    assert said == [f"line:legal_hold:{what}" for what in ("added", "ended", "added", "ended")]


def test_the_case_is_forgotten_with_the_record(officer: Authority) -> None:
    line_id = ended_line()
    lay(officer, line_id, days=1)

    erase(ERASED + DAY)

    assert [row.case_reference for row in rows("SELECT case_reference FROM lines_legalhold")] == [""]


def test_an_ended_legal_hold_lets_the_record_be_erased_the_day_after(officer: Authority) -> None:
    line_id = ended_line()
    lay(officer, line_id)
    lay(officer, line_id, case="other/1")

    end_legal_hold(officer, line_id, case_reference=CASE, on=ERASED)
    erased = [erase(ERASED + days * DAY).lines for days in (0, 1)]
    end_legal_hold(officer, line_id, case_reference="other/1", on=ERASED + DAY)

    ended = "SELECT body::jsonb -> 'facts' AS facts FROM ledger_entry WHERE verb = 'line:legal_hold:ended' ORDER BY entry_id"
    assert erased == [0, 0]  # the other case still holds it
    assert rows(ended)[0].facts == {"first": "2013-04-05", "last": "2013-05-05"}
    assert [erase(ERASED + days * DAY).lines for days in (1, 2)] == [0, 1]
    assert [row.facts for row in rows(ended)] == [None, None]  # reduced with the record


def test_a_legal_hold_is_ended_once_and_by_its_own_case(officer: Authority) -> None:
    line_id = ended_line()
    lay(officer, line_id)

    with refusing(LEGAL_HOLD_NOT_FOUND):
        end_legal_hold(officer, line_id, case_reference="other/1", on=LAST_KEPT)
    end_legal_hold(officer, line_id, case_reference=CASE, on=LAST_KEPT)
    with refusing(LEGAL_HOLD_NOT_FOUND):
        end_legal_hold(officer, line_id, case_reference=CASE, on=LAST_KEPT)

    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'line:legal_hold:ended'")) == 1


def test_legal_holds_are_listed_by_review_day_without_ended_ones(officer: Authority) -> None:
    late, early, over = ended_line(), ended_line(), ended_line()
    for line_id, review in ((late, 20), (early, 10), (over, 5)):
        add_legal_hold(
            officer, line_id, case_reference=CASE, last=ENDED + 30 * DAY, review_on=ENDED + review * DAY, on=ENDED
        )  # fmt: skip
    end_legal_hold(officer, over, case_reference=CASE, on=ENDED)

    assert [one.line_id for one in current_legal_holds(console_authority(), on=ENDED + DAY)] == [early, late]


def test_the_night_s_own_role_can_end_what_it_laid(
    officer: Authority, as_role: Callable[[str], AbstractContextManager[None]]
) -> None:
    line_id = ended_line()
    with as_role("worker"):
        lay(officer, line_id)
        end_legal_hold(officer, line_id, case_reference=CASE, on=LAST_KEPT)

    assert line_history(line_id).holds == ((LAST_KEPT, LAST_KEPT),)


def test_the_commands_lay_list_and_end_one(committed: None) -> None:
    password = "invented horse, invented battery"
    add_staff(
        console_authority(), username="officer-9", password=password, roles=[StaffRole.DATA_PROTECTION_OFFICER], on=ENDED
    )  # fmt: skip
    line_id = make_line()
    asked = f"{password}\n{line_id}\n"
    words = ["--as", "officer-9", "--case", CASE, "--on", "2012-06-01"]

    laid = run.invoke(
        make_app(), ["holds", "add", *words, "--to", "2012-09-30", "--review", "2012-06-30"], input=asked
    )
    before, due = (
        run.invoke(make_app(), ["holds", "list", "--json", "--on", on]) for on in ("2012-06-29", "2012-06-30")
    )
    wrong = run.invoke(make_app(), ["holds", "end", *words], input=f"{password}\n+8613800000009\n")
    ended = run.invoke(make_app(), ["holds", "end", *words], input=asked)
    after = run.invoke(make_app(), ["holds", "list", "--on", "2012-06-02"])

    assert [one.exit_code for one in (laid, before, due, wrong, ended, after)] == [0, 0, 1, 1, 0, 0]
    assert str(UUID(str(line_id))) in before.stdout
    assert str(line_id) not in after.stdout
