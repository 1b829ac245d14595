# SPDX-License-Identifier: EUPL-1.2
"""The command `rollkeeper documents check`."""

import json

import pytest
from typer.testing import CliRunner

from rollkeeper.documents.errors import NothingToCheck, PictureNotRead
from rollkeeper.site.cli import make_app


def call(*words, text=None):
    return CliRunner().invoke(make_app(), ["documents", "check", *words], input=text)


@pytest.mark.parametrize(
    ("number", "verdict", "code"),
    [("11010519491231002x", "valid", 0), ("110105194912310021", "doubtful", 1), ("1234", "invalid", 1)],
)
def test_a_machine_gets_verdict_number_and_reasons_and_the_exit_code_says_yes_or_no(number, verdict, code):
    result = call("--json", "--type", "cn-resident-card", number)

    answer = json.loads(result.stdout)
    assert (answer["verdict"], result.exit_code) == (verdict, code)
    assert set(answer) == {"type", "verdict", "normalised", "reasons", "sentences"}


def test_a_number_can_be_kept_out_of_the_shells_history():
    assert call("-", text="11010519491231002X\n").exit_code == 0


@pytest.mark.parametrize("name", ["card.png", "CARD.JPG", "passport.pdf"])
def test_a_picture_is_refused_with_a_clear_word(name):
    assert isinstance(call(name).exception, PictureNotRead)


def test_nothing_is_refused():
    assert isinstance(call("-", text=" \n").exception, NothingToCheck)
