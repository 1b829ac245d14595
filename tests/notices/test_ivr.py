"""Whether a message is genuine, asked by dialling; and who writes at all, published."""

import json

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import write_settings
from rollkeeper.notices import ivr
from rollkeeper.notices.services import send_due
from rollkeeper.operations.cli import make_app
from tests.builders.lines import give_number, make_sealed_line
from tests.notices.fakes import Way
from tests.notices.people import ON, notice, tell

NUMBER = "+8613900001234"
run = CliRunner()


@pytest.fixture
def code(committed):
    """The code of a notice that went to the number."""
    clock.set_demo_date(ON)
    line = make_sealed_line(NUMBER)
    give_number(line, NUMBER)
    owed = tell(line, language="bo")
    send_due(console_authority(), on=ON, by_channel={Channel.SMS: Way()})
    return notice(owed).code


def ask(*asked):
    answered = run.invoke(make_app(), ["notices", "verify-code"], input="".join(f"{one}\n" for one in asked))
    assert answered.exit_code == 0, answered.output
    return [json.loads(line) for line in answered.stdout.splitlines()]


def test_the_menu_says_what_a_genuine_notice_promised_in_whose_language(code):
    (said,) = ask(f"{NUMBER} {code}")

    assert said == {
        "genuine": True, "kind": "register_by", "languages": ["bo"], "queued_on": "2011-12-20", "promised_on": "2012-03-01",
    }  # fmt: skip


def test_every_other_question_is_answered_alike(code):
    other = "00000001" if code != "00000001" else "00000002"

    said = ask(
        f"{NUMBER} {other}", f"+8613900009999 {code}", f"{NUMBER}", "", "no number at all", f"x {code}"
    )

    assert said == [{"genuine": False}] * 6


@pytest.mark.parametrize(("guesses", "genuine"), [(4, True), (5, False), (6, False)])
def test_a_number_that_guesses_too_often_hears_no_for_an_hour(code, guesses, genuine, monkeypatch):
    now_s = iter([*range(guesses + 1), 3700])
    monkeypatch.setattr(ivr.time, "monotonic", lambda: float(next(now_s)))
    wrong = [f"{NUMBER} 1"] * guesses

    *_, straight, an_hour_later = ivr.answers([*wrong, f"{NUMBER} {code}", f"{NUMBER} {code}"])

    assert straight["genuine"] is genuine
    assert an_hour_later["genuine"]


def test_one_number_written_in_other_ways_has_no_further_tries(code):
    ways = [NUMBER, "008613900001234", "13900001234", "139-0000-1234", "(139)00001234", "8613900001234"]

    *_, straight = ivr.answers([*(f"{way} 1" for way in ways), f"{NUMBER} {code}"])

    assert not straight["genuine"]


def test_the_published_list_names_who_writes_and_how_to_check_and_nobody_else(code):
    write_settings(
        notices={
            "genuine_senders": ["95599"],
            "smpp_url": "smpp://us@127.0.0.1:2775",
            "smpp_sender": "REGISTER",
        }
    )
    try:
        published = json.loads(run.invoke(make_app(), ["notices", "senders"]).stdout)
    finally:
        write_settings(notices={"genuine_senders": [], "smpp_url": None, "smpp_sender": None})

    assert published["senders"] == ["10086", "REGISTER", "95599"]
    assert (published["check_by_dialling"], published["as_of"]) == ("10086", "2011-12-20")
    assert NUMBER not in json.dumps(published)
