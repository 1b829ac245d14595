"""Every stored choice that a page of the back office can show has a label, and only there."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import translation

import rollkeeper
from rollkeeper.backoffice import labels
from rollkeeper.backoffice.templatetags.backoffice import say_row_fault
from rollkeeper.campaign.choices import Action, BatchState, SkipReason, Stage
from rollkeeper.imports import row_errors
from rollkeeper.incidents import scope
from rollkeeper.incidents.choices import Step
from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.lines.choices import LineState
from rollkeeper.operations.scheduler import PACKAGES_WITH_JOBS

TEMPLATES = Path(rollkeeper.__file__).parent / "backoffice" / "templates"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("stage", Stage),
        ("action", Action),
        ("state", BatchState),
        ("service", Service),
        ("line_state", LineState),
        ("reason", SkipReason),
        ("channel", Channel),
    ],
)
def test_it_is_said(name, known):
    assert [labels.say(value, name) for value in known.values] == [str(label) for label in known.labels]


@pytest.mark.parametrize(("name", "known"), [("stage_note", Stage), ("step_note", Step)])
def test_every_choice_with_notes_has_one_for_each_value(name, known):
    assert {*known.values} == labels.NOTES[name].keys()


def test_every_job_is_told_in_words():
    known = {
        job.name for package in PACKAGES_WITH_JOBS for job in import_module(f"rollkeeper.{package}.jobs").JOBS
    }

    assert known == labels.JOBS.keys()


def test_every_name_that_a_template_writes_is_known():
    written = {
        name
        for file in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\|say:"(\w+)"', file.read_text("utf-8"))
    }

    assert len(written) > 20
    assert written <= {*labels.CHOICES, *labels.NOTES}


def test_a_note_takes_no_label_s_place():
    assert not {
        (name, value)
        for name in {*labels.CHOICES} & {*labels.NOTES}
        for choices in labels.CHOICES[name]
        for value in choices.values
        if value in labels.NOTES[name]
    }


def test_whatever_an_incident_may_have_exposed_is_said():
    labelled = {value for choices in labels.CHOICES["field"] for value in choices.values}

    assert {*scope.FIELDS, scope.OTHER} <= labelled | labels.NOTES["field"].keys()


def test_every_state_of_a_batch_has_a_colour():
    assert set(labels.STATE_COLOURS) == {state.value for state in BatchState}


def test_a_value_that_no_choice_has_is_shown_as_it_is():
    assert labels.say("from_tomorrow", "reason") == "from tomorrow"


@pytest.mark.parametrize("language", ["zh-hans", "bo"])
def test_why_a_row_of_a_file_is_refused_is_told_in_the_language_of_the_page(language):
    reasons = [one.text for one in vars(row_errors).values() if isinstance(one, row_errors.Reason)]
    reasons += [row_errors.bad_number("letters instead of digits").text, row_errors.wrong_width(5, 6).text]

    with translation.override(language):
        said = {one: say_row_fault(one) for one in reasons}

    assert len(said) > 30
    assert [one for one, shown in said.items() if shown == one or 'lang="en"' in shown] == []
    if language == "zh-hans":
        assert said["not a number of a line: letters instead of digits"] == "不是业务号码：应为数字，却有字母"
        assert said["5 fields where the header has 6"] == "有 5 列，而表头有 6 列"
