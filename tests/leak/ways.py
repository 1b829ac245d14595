# SPDX-License-Identifier: EUPL-1.2
"""The channels to people besides files and mail: letters by a printer, calls by a telephone system, a message centre.

What leaves has numbers and addresses, and goes to the operator's own programs. Nothing of it may remain here.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import pypdfium2

from rollkeeper.notices.gateways.letters import slip_reference
from rollkeeper.notices.rules import key_to_press
from tests.leak.machine import Machine
from tests.leak.people import Person
from tests.notices.caller import telephone_system
from tests.notices.centre import PASSWORD, Centre, message_centre, parts_of
from tests.notices.printer import printing_house

MAP = """
[number]
column = "number"
[service]
constant = "{service}"
[activated_on]
column = "since"
[language]
column = "language"
"""
POSTAL = """
[contact]
postal = ["to", "street"]
"""
_SETTINGS = """post_program = "{post}"
voice_program = "{voice}"
post_from = 00:00:00
post_until = 00:00:00
"""
_AT_ANY_TIME = "[notices]\nquiet_from = 00:00:00\nquiet_until = 00:00:00\n"


def on_an_envelope(people: list[Person]) -> list[dict[str, str]]:
    """Yield rows of lines that only a letter reaches."""
    return [
        row | {"to": person.name, "street": person.address}
        for row, person in zip(number_alone(people), people, strict=True)
    ]


def number_alone(people: list[Person]) -> list[dict[str, str]]:
    """Yield rows of lines of which only the number is known."""
    return [{"number": one.number, "since": "2009-04-01", "language": one.language} for one in people]


@contextmanager
def letters_and_calls(machine: Machine) -> Iterator[Path]:
    """Let the operator's programs print letters and place calls; they store in a folder what they received."""
    folder = machine.own_folder("programs")
    folder.mkdir()
    with machine.setting(
        _AT_ANY_TIME + _SETTINGS.format(post=printing_house(folder), voice=telephone_system(folder))
    ):
        yield folder


def take_in_what_came_back(machine: Machine, folder: Path, people: list[Person], *, on: str) -> None:
    """Scan a slip, a returned envelope and something else; read that a call was heard to its end."""
    (sheets,) = folder.glob("letters-*.pdf")
    with closing(pypdfium2.PdfDocument(sheets)) as document:
        printed = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert [one.address for one in people if one.language == "en" and one.address in printed]
    with machine.register() as owner:
        letters = [
            reference
            for (reference,) in owner.execute(
                "SELECT gateway_reference FROM notices_attempt WHERE channel = 'post'"
            )
        ]
    secret = base64.b64decode((machine.data_dir / "secrets" / "bounces.key").read_text("ascii"))
    came = [slip_reference(letters[0], secret=secret), letters[1], people[0].name, people[0].address]
    said = json.loads(machine.type("notices", "letters", *came, "--json", on=on, answers=(1,)))
    assert (said["intake"]["delivered"], said["intake"]["bounced"], said["unread"]) == (1, 1, 2)
    placed = json.loads((folder / "calls.json").read_text("utf-8"))
    heard = [
        {"reference": one, "ended": "heard", "key": key_to_press(UUID(one)), "to": placed[one]["to"]}
        for one in placed
    ]
    (folder / "ends.json").write_text(json.dumps([*heard, people[0].identity()]), "utf-8")
    said = json.loads(machine.type("notices", "collect", "--calls", "--json", on=on))
    assert said["delivered"] == len(placed) > 0


@contextmanager
def short_messages(machine: Machine) -> Iterator[Centre]:
    """Send short messages to a centre that reports each as delivered."""
    (machine.data_dir / "secrets" / "smpp.password").write_text(PASSWORD, "utf-8")
    with (
        message_centre(reports="DELIVRD") as centre,
        machine.setting(_AT_ANY_TIME + f'smpp_url = "{centre.url}"\nsmpp_report_ids = "same"'),
    ):
        yield centre


def numbers_at(centre: Centre) -> set[str]:
    """Close a centre and return to which numbers it was given something."""
    return {"+" + one["to"] for one in parts_of(centre.close())}
