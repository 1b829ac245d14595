# SPDX-License-Identifier: EUPL-1.2
"""A command answers in the terminal's language where the pages have it; programs are answered in English."""

import re
from pathlib import Path

import pytest
import typer
from babel.messages.pofile import read_po
from typer.main import get_command

import rollkeeper
from rollkeeper.kernel.terminal_language import terminal_language
from rollkeeper.operations.cli import make_app
from rollkeeper.operations.command_table import COMMANDS
from rollkeeper.operations.help_texts import CONTEXT, paragraphs, texts_of
from tests.command_server import common_server

UNKNOWN = "+8613099999999"
CATALOGUE = Path(rollkeeper.__file__).parent / "site/locale/zh_Hans/LC_MESSAGES/django.po"


@pytest.fixture
def typed(committed):
    def run(language, *words):
        surroundings = {"LC_MESSAGES": language, "ROLLKEEPER_ROLE": "worker"}
        return common_server().run(*words, surroundings=surroundings)

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


@pytest.mark.parametrize("words", [["serve", "--port", "70000"], ["setup", "--production"], ["demo"]])
def test_what_makes_content_or_runs_processes_refuses_in_the_terminals_language(typed, words):
    english, chinese = (typed(one, *words).stderr for one in ("C.UTF-8", "zh_CN.UTF-8"))

    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.search("[\u4e00-\u9fff]", chinese), chinese
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", chinese), chinese
    assert typed("zh_CN.UTF-8", *words, "--json").stderr == typed("C", *words, "--json").stderr


def test_a_program_is_answered_in_english(typed):
    assert (
        typed("zh_CN.UTF-8", "explain", UNKNOWN, "--json").stderr
        == typed("C", "explain", UNKNOWN, "--json").stderr
    )


def help_texts(command, name):
    """Yield the name of a command, and of each below it, with the texts of its help."""
    helps = [*paragraphs(command.help), *(one.help for one in command.params if getattr(one, "help", None))]
    yield name, {text for one in helps for text in texts_of(one)}
    for below, one in getattr(command, "commands", {}).items():
        yield from help_texts(one, f"{name} {below}".strip())


@pytest.fixture(scope="module")
def helped():
    """The texts of the help of every command, by its name."""
    program = get_command(make_app())
    context = typer.Context(program)
    own = {"Show this message and exit.", *(one.help for one in program.params), *paragraphs(program.help)}
    found = {"": own | {entry.help_line for entry in COMMANDS}}
    for entry in COMMANDS:
        found |= dict(help_texts(program.get_command(context, entry.name), entry.name))
    return found


@pytest.fixture(scope="module")
def in_chinese():
    with CATALOGUE.open("rb") as file:
        return {one.id for one in read_po(file) if one.context == CONTEXT and one.string}


def test_the_help_of_every_command_is_whole_in_chinese(helped, in_chinese):
    assert len(helped) > 100
    assert {name: texts - in_chinese for name, texts in helped.items() if texts - in_chinese} == {}


def test_no_help_is_kept_in_chinese_that_no_command_has(helped, in_chinese):
    assert in_chinese - set().union(*helped.values()) == set()


def test_help_is_in_the_terminals_language(typed):
    english, chinese = (typed(one, "campaign", "approve", "--help").stdout for one in ("C", "zh_CN.UTF-8"))

    assert "Approve a batch; two different people must approve." in english
    assert "批准批次，须由两名不同的人批准。" in chinese
    assert "示例：rollkeeper campaign approve" in chinese
    assert "two different people" not in chinese
    assert "显示本说明并退出。" in chinese


def test_help_without_tibetan_is_in_chinese_and_english_without_brackets(typed):
    shown = typed("bo_CN.UTF-8", "campaign", "approve", "--help").stdout

    assert "※ 显示本说明并退出。 · Show this message and exit." in " ".join(shown.split())
    assert not set("⟦‖⟧") & set(shown)


def test_what_only_runs_processes_explains_itself_in_the_terminals_language(typed):
    assert "运行各网页应用和后台任务" in typed("zh_CN.UTF-8", "serve", "--help").stdout
    assert "运行各网页应用和后台任务" in typed("zh_CN.UTF-8", "--help").stdout


def test_a_line_of_chinese_help_fits_the_terminal(typed):
    shown = typed("zh_CN.UTF-8", "ledger", "publish", "--help").stdout.split("Arguments:")[0]

    assert max(len(line.encode("gbk", "replace")) for line in shown.splitlines()) <= 80
    assert not [line for line in shown.splitlines() if line.endswith(("（", "“"))]
    assert not [line for line in shown.splitlines() if line.strip().startswith(("，", "）", "。", "”"))]
