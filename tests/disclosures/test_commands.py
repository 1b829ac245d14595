"""The whole way typed at the machine: passwords and numbers on standard input, and `age` opens what comes out."""

import json
import shutil
import subprocess

import pyrage
import pytest
from typer.testing import CliRunner

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.operations.cli import make_app
from tests.disclosures.conftest import NUMBER, PASSWORD, SCAN


@pytest.fixture
def typed(instance):
    def typing(*words, answers=()):
        done = CliRunner().invoke(
            make_app(), [*words, "--on", "2012-03-02"], input="".join(f"{a}\n" for a in answers)
        )
        if isinstance(done.exception, RollkeeperError):
            return done.exception.code
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output

    typing.instance = instance
    return typing


def test_a_disclosure_request_is_typed_from_its_entry_to_the_handing_over(typed):
    instance, folder = typed.instance, typed.instance.folder
    instance.register_line()
    (folder / "order.pdf").write_bytes(SCAN)
    said = typed(
        "disclosures", "enter", str(folder / "order.pdf"), "--as", "clerk", "--authority", str(instance.court), "--instrument",
        "warrant", "--field", "name", "--held-on", "2012-03-02", "--expires", "2012-06-30",
        answers=[PASSWORD, "2012 no. 17", NUMBER],
    )  # fmt: skip
    disclosure = said.split(":")[0]
    typed(
        "disclosures", "document", disclosure, str(folder / "read.pdf"), "--as", "officer", answers=[PASSWORD]
    )
    for name in ("supervisor", "officer"):
        typed(
            "disclosures",
            "approve",
            disclosure,
            "--as",
            name,
            "--held-on",
            "2012-03-02",
            answers=[PASSWORD, NUMBER],
        )

    answer = folder / "answer.age"
    wrong = typed(
        "disclosures", "answer", disclosure, str(answer), "--as", "officer", "--second", "supervisor", "--held-on", "2012-03-02",
        answers=[PASSWORD, "a guess", NUMBER],
    )  # fmt: skip
    shown = typed(
        "disclosures", "answer", disclosure, str(answer), "--as", "officer", "--second", "supervisor", "--held-on", "2012-03-02",
        answers=[PASSWORD, PASSWORD, NUMBER],
    )  # fmt: skip
    handed = typed("disclosures", "delivered", disclosure, "--as", "officer", answers=[PASSWORD])
    listed = CliRunner().invoke(make_app(), ["disclosures", "list", "--json"]).output

    assert (folder / "read.pdf").read_bytes() == SCAN
    assert wrong == "not_signed_in"
    assert "held" in shown
    assert "Noted" in handed
    assert json.loads(listed)[0]["state"] == "delivered"
    assert answer.stat().st_mode & 0o777 == 0o600
    assert not [one for one in (NUMBER[1:], instance.person["name"]) if one in said + shown + handed + listed]
    if shutil.which("age"):
        (folder / "key.txt").write_text(str(instance.key) + "\n")
        opened = subprocess.run(
            ["age", "--decrypt", "-i", folder / "key.txt", answer], capture_output=True, check=True
        ).stdout
    else:
        opened = pyrage.decrypt(answer.read_bytes(), [instance.key])
    answered = json.loads(opened)
    assert answered.keys() == {
        "v",
        "disclosure",
        "held_on",
        "answered_on",
        "held",
        "assurance",
        "contested",
        "fields",
    }
    assert answered["fields"] == {"name": instance.person["name"]}


def test_a_reason_that_is_the_laws_alone_is_not_typed_by_anybody(typed):
    said = CliRunner().invoke(
        make_app(),
        ["disclosures", "refuse", str(typed.instance.enter()), "--as", "officer", "--because", "no_power"],
    )

    assert said.exit_code == 2
