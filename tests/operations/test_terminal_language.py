# SPDX-License-Identifier: EUPL-1.2
"""A command answers in the terminal's language where the pages have it; programs are answered in English."""

import os
import subprocess

import pytest

from rollkeeper.kernel.terminal_language import terminal_language
from tests.operations.test_process_supervisor import COMMAND

UNKNOWN = "+8613099999999"


@pytest.fixture
def typed(committed):
    def run(language, *words):
        environment = {k: v for k, v in os.environ.items() if k not in {"LC_ALL", "LC_MESSAGES", "LANG"}}
        return subprocess.run(
            [COMMAND, *words], env=environment | {"LC_MESSAGES": language, "ROLLKEEPER_ROLE": "worker", "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"), ({}, "en"),
        ({"LC_MESSAGES": "bo_CN", "LANG": "de_DE.UTF-8"}, "bo"), ({"LANG": "zh_TW.UTF-8"}, "en"), ({"LC_ALL": "", "LANG": "bo"}, "bo"),
    ],
)  # fmt: skip
def test_the_language_is_the_first_that_is_set(given, language):
    assert terminal_language(given) == language


def test_a_refusal_is_in_the_terminals_language(typed):
    english, chinese, tibetan = (
        typed(one, "explain", UNKNOWN).stderr for one in ("C.UTF-8", "zh_CN.UTF-8", "bo_CN.UTF-8")
    )

    assert "number" in english
    assert "number" not in chinese
    assert "号码" in chinese
    assert "⟦" not in tibetan
    assert tibetan not in (english, chinese)


def test_a_program_is_answered_in_english(typed):
    assert (
        typed("zh_CN.UTF-8", "explain", UNKNOWN, "--json").stderr
        == typed("C", "explain", UNKNOWN, "--json").stderr
    )
