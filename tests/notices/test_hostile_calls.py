"""What a voice menu hands over was typed or sent by anyone: no line ends the program, and none says more than its place allows."""

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.lines.counter_codes import issue_codes
from rollkeeper.notices import ivr
from rollkeeper.operations.cli import make_app
from rollkeeper.selfcare.handed_codes import answer_calls
from tests.builders.lines import give_number, make_sealed_line
from tests.notices.people import ON

NUMBER = "+8613900001234"
HOSTILE = [
    "", " ", "\0", f"{NUMBER} 1\0", f"{NUMBER}\0 1", "\udcff 1", f"{NUMBER} \udcff", "\ud800", "1" * 100_000, "a" * 100_000 + " 1",
    "x\u0301" * 50_000, "example.cn 1 own-network", "\u202e1 2 own-network", "https:// 1 own-network", "10.0.0.0/8 1 own-network", "xn--a 1 own-network",
    "# 1 own-network", "+ 1 own-network", "'; DROP TABLE x 1 own-network", "\x1b[2J 1 own-network", f"{NUMBER} \u0664\u0667 own-network", f"{NUMBER} {'9' * 5000} own-network",
]  # fmt: skip


@pytest.fixture
def line(committed):
    clock.set_demo_date(ON)
    give_number(make_sealed_line(NUMBER), NUMBER)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_no_menu_should_send_is_answered_no_and_the_next_one_is_answered(line, text):
    authority = console_authority()

    assert list(ivr.answers([text, NUMBER])) == [{"genuine": False}] * 2
    assert [one["code"] for one in answer_calls(authority, [text, ""], on=ON)] == [None] * 2
    assert [one["code"] is None for one in issue_codes(authority, [text, NUMBER], on=ON)] == [True, False]


@pytest.mark.parametrize("command", [["notices", "verify-code"], ["codes", "by-call"], ["counter-codes"]])
def test_bytes_that_are_no_text_end_no_menu(line, command):
    said = CliRunner().invoke(make_app(), command, input=b"\xff\xfe 1 own-network\n\n")

    assert (said.exit_code, len(said.stdout.splitlines())) == (0, 2), said.output
