"""Calls: only a subscriber who provably heard one was notified."""

import json
import re
import sys
import uuid

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.settings import write_settings
from rollkeeper.notices.choices import NO_LANGUAGE, CallResult, Outcome
from rollkeeper.notices.errors import VoiceProgramFailed
from rollkeeper.notices.gateways.base import Answer, Message
from rollkeeper.notices.gateways.registry import gateways
from rollkeeper.notices.gateways.voice import VoiceGateway
from rollkeeper.notices.rules import judge_call, key_to_press
from rollkeeper.notices.services import send_due
from rollkeeper.notices.texts import RenderedText
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.secret_value import SecretValue
from tests.builders.lines import make_sealed_line
from tests.notices.caller import telephone_system
from tests.notices.people import ON, attempts, notice, tell

run = CliRunner()
ATTEMPT = uuid.UUID(int=4)


@pytest.mark.parametrize(
    ("ended", "pressed", "outcome"),
    [
        (CallResult.HEARD, "5", Outcome.DELIVERED), (CallResult.HEARD, "6", Outcome.FAILED),
        (CallResult.HEARD, None, Outcome.FAILED), (CallResult.HUNG_UP, "5", Outcome.FAILED),
        (CallResult.BUSY, None, Outcome.FAILED), (CallResult.NO_ANSWER, None, Outcome.FAILED),
        (CallResult.NO_SUCH_NUMBER, None, Outcome.BOUNCED),
    ],
)  # fmt: skip
def test_only_who_heard_to_the_end_and_pressed_the_key_was_notified(ended, pressed, outcome):
    assert key_to_press(ATTEMPT) == "5"
    assert judge_call(ended, pressed=pressed, attempt_id=ATTEMPT) is outcome


@pytest.fixture
def folder(committed, tmp_path):
    clock.set_demo_date(ON)
    write_settings(notices={"voice_program": telephone_system(tmp_path)})
    yield tmp_path
    write_settings(notices={"voice_program": None})


def called(language="en"):
    owed = tell(make_sealed_line(contact=None, service="fixed_line"), language=language)
    send_due(console_authority(), on=ON, by_channel={Channel.VOICE: VoiceGateway.of_this_instance()})
    return owed, str(attempts(owed)[-1].attempt_id)


def collect(folder, *ends):
    (folder / "ends.json").write_text(json.dumps(ends))
    return json.loads(run.invoke(make_app(), ["notices", "collect", "--calls", "--json"]).stdout)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_call_says_its_text_and_asks_for_a_key_and_the_key_proves(folder, language):
    owed, reference = called(language)
    (call,) = json.loads((folder / "calls.json").read_text()).values()
    (said,) = call["says"]
    (asked,) = re.findall(r"(?<![0-9])[1-9](?![0-9])", said["text"][-45:])

    taken = collect(folder, {"reference": reference, "ended": "heard", "key": asked})

    assert (call["to"], said["language"], notice(owed).code in said["text"]) == (
        "+8613900001234",
        language,
        True,
    )
    assert (taken["delivered"], notice(owed).state) == (1, "delivered")


def test_a_call_without_a_named_language_repeats_text_and_key_in_each(folder):
    owed, _ = called(NO_LANGUAGE)
    (call,) = json.loads((folder / "calls.json").read_text()).values()

    keys = [re.findall(r"(?<![0-9])[1-9](?![0-9])", said["text"][-45:]) for said in call["says"]]

    assert [said["language"] for said in call["says"]] == ["en", "zh-hans", "bo"]
    assert all(notice(owed).code in said["text"] for said in call["says"])
    assert len({tuple(key) for key in keys}) == 1


def test_an_answering_machine_a_busy_line_and_nonsense_prove_nothing(folder):
    owed, reference = called()
    busy, of_busy = called()

    taken = collect(
        folder, {"reference": reference, "ended": "heard"}, {"reference": of_busy, "ended": "busy"},
        {"reference": reference, "ended": "delivered"}, {"reference": "13900001234", "ended": "heard"}, {},
    )  # fmt: skip

    assert (taken["delivered"], taken["failed"], taken["unknown"]) == (0, 2, 0)
    assert {notice(owed).state, notice(busy).state} == {"queued"}


def test_results_that_were_taken_in_are_forgotten_by_the_program_and_repeat_nothing(folder):
    owed, reference = called()
    end = {"reference": reference, "ended": "no_such_number"}

    first, again = collect(folder, end), collect(folder, end)

    assert (first["bounced"], again["bounced"], again["repeated"]) == (1, 0, 0)
    assert [one.outcome for one in attempts(owed)] == ["bounced"]


def test_a_program_that_is_broken_or_missing_puts_calls_off_and_loses_none(folder):
    (folder / "broken").touch()
    owed, _ = called()
    with pytest.raises(VoiceProgramFailed):
        VoiceGateway.of_this_instance().results()
    missing = VoiceGateway(str(folder / "nothing"))

    assert [one.outcome for one in attempts(owed)] == ["failed"]
    assert notice(owed).next_try_at > clock.now()
    with pytest.raises(VoiceProgramFailed):
        missing.results()


def test_a_program_that_does_not_end_has_the_calls_that_it_took(tmp_path):
    program = tmp_path / "slow"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys, time\nrow = json.loads(sys.stdin.readline())\n"
        "print(json.dumps({'reference': row['reference'], 'answer': 'accepted'}), flush=True)\ntime.sleep(60)\n"
    )
    program.chmod(0o700)
    calls = [
        Message(
            uuid.uuid4(),
            Channel.VOICE,
            SecretValue("+8689100000001"),
            texts=(RenderedText("en", "", "Please register."),),
        )
        for _ in range(2)
    ]

    said = VoiceGateway(str(program), patience_s=1.5).send(calls)

    assert [one.answer for one in said] == [Answer.ACCEPTED, Answer.RETRY]


def test_no_number_is_in_any_file_that_the_register_writes(folder, data_dir):
    called()

    written = [file for file in data_dir.rglob("*") if file.is_file() and "register" not in file.parts]
    assert not [file for file in written if b"13900001234" in file.read_bytes()]


def test_an_instance_that_names_a_program_calls_by_it(folder):
    assert isinstance(gateways()[Channel.VOICE], VoiceGateway)
