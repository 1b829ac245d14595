"""Every command answers a machine in JSON, also where it refuses; an empty list is a sentence for people."""

import json

from rollkeeper.kernel.console import answering_in_json, out, show_error, show_table
from rollkeeper.operations.errors import UNKNOWN_HOST
from tests.operations.test_refused_commands import EVERY
from tests.refusals import refusing

WITHOUT = {
    "serve", "vault serve", "demo", "counter-codes", "notices verify-code", "law schema", "documents worker",
}  # fmt: skip
"""Commands that run until they are stopped, answer line by line, or print JSON anyway."""


def test_every_command_has_the_option():
    without = {
        " ".join(called)
        for called, command in EVERY.items()
        if not any("--json" in one.opts for one in command.params)
    }

    assert without <= WITHOUT


def test_sentences_and_tables_are_one_object(capsys):
    with answering_in_json():
        out.print("Two agents are due.")
        show_table("Agents", ("agent", "lines"), [("agent-017", 3), ("agent-018", 0)])

    assert json.loads(capsys.readouterr().out) == {
        "said": ["Two agents are due."],
        "tables": [
            {
                "title": "Agents",
                "rows": [{"agent": "agent-017", "lines": 3}, {"agent": "agent-018", "lines": 0}],
            }
        ],
    }


def test_a_refusal_prints_no_half_answer(capsys):
    def refused():
        with answering_in_json():
            out.print("One thing was looked at.")
            raise UNKNOWN_HOST(host="nowhere", why="unknown")

    with refusing(UNKNOWN_HOST):
        refused()

    assert capsys.readouterr().out == ""


def test_a_refusal_is_said_to_a_machine_with_its_code_and_remedy(capsys):
    show_error(UNKNOWN_HOST(host="nowhere", why="unknown"), as_json=True)

    (refused,) = json.loads(capsys.readouterr().err)["refused"]
    assert refused["code"] == UNKNOWN_HOST.code
    assert "nowhere" in refused["sentence"]
    assert refused["remedy"]


def test_an_empty_list_is_a_sentence(capsys):
    show_table("Agents", ("agent", "lines"), [])

    assert capsys.readouterr().out == "Agents: none.\n"
