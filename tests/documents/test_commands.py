# SPDX-License-Identifier: EUPL-1.2
"""The command `rollkeeper documents check`."""

import json

import pytest

from rollkeeper.documents.errors import (
    IMAGE_NOT_READABLE,
    IMAGE_REJECTED,
    NOTHING_TO_CHECK,
    OUTPUT_FILE_EXISTS,
    UNKNOWN_SPECIMEN,
)
from rollkeeper.documents.specimens import Kind, make_specimen
from rollkeeper.documents.specimens.people import invent
from tests.builders.documents import zone_picture
from tests.in_process import invoke


@pytest.fixture(scope="module")
def zone(fonts, tmp_path_factory):
    """A picture of a passport's zone, which is only read."""
    file = tmp_path_factory.mktemp("zone") / "zone.png"
    zone_picture(Kind.PASSPORT, seed=1).save(file)
    return file


@pytest.fixture(scope="module")
def passport(fonts, tmp_path_factory):
    """A picture of which a copy is made."""
    file = tmp_path_factory.mktemp("passport") / "passport.png"
    make_specimen(Kind.PASSPORT, seed=1).image.save(file)
    return file


def call(*words, typed=None):
    return invoke("documents", "check", *words, typed=typed)


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
    assert call("-", typed="11010519491231002X\n").exit_code == 0


@pytest.mark.parametrize("name", ["card.png", "CARD.JPG", "passport.pdf"])
def test_a_picture_that_is_not_there_is_said_to_be_missing(name):
    assert call(name).exception.code == IMAGE_NOT_READABLE.code
    assert (
        invoke("documents", "redact", name, "copy.jpg", "--purpose", "x").exception.code
        == IMAGE_NOT_READABLE.code
    )


def test_nothing_is_refused():
    assert call("-", typed=" \n").exception.code == NOTHING_TO_CHECK.code


def test_a_picture_is_read_and_checked(zone, data_dir):
    result = call("--json", "--on", "2012-03-02", str(zone))

    answer = json.loads(result.stdout)
    assert (answer["verdict"], answer["type"], result.exit_code) == ("valid", "TD3", 0)
    assert answer["normalised"] == answer["read"]["document_number"] == invent(1).number


def test_a_picture_is_read_from_standard_input(zone):
    result = call("--json", "-", typed=zone.read_bytes())

    assert json.loads(result.stdout)["read"]["document_number"] == invent(1).number


def test_a_text_that_is_called_a_picture_is_refused(tmp_path):
    (tmp_path / "card.jpg").write_text("11010519491231002X")

    assert call(str(tmp_path / "card.jpg")).exception.code == IMAGE_REJECTED.code


def test_a_copy_is_made_once_and_written_over_nothing(tmp_path, passport):
    words = (str(passport), str(tmp_path / "copy.jpg"), "--purpose", "registration")

    first, second = invoke("documents", "redact", *words), invoke("documents", "redact", *words)

    assert first.exit_code == 0
    assert (tmp_path / "copy.jpg").read_bytes()[:2] == b"\xff\xd8"
    assert second.exception.code == OUTPUT_FILE_EXISTS.code


def test_specimens_are_drawn_with_the_truth_beside_them(tmp_path, fonts):
    result = invoke(
        "documents",
        "specimen",
        str(tmp_path),
        "--kind",
        "passport",
        "--seed",
        "4",
        "--count",
        "2",
        "--photographed",
    )

    assert result.exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "passport-4.json", "passport-4.png", "passport-5.json", "passport-5.png",
    ]  # fmt: skip
    assert json.loads((tmp_path / "passport-4.json").read_text())["number"] == invent(4).number


@pytest.mark.parametrize("words", [("--kind", "banknote"), ("--format", "bmp")])
def test_a_specimen_of_no_kind_is_refused(tmp_path, words, fonts):
    assert invoke("documents", "specimen", str(tmp_path), *words).exception.code == UNKNOWN_SPECIMEN.code


def test_the_worker_says_what_is_enforced():
    assert "seccomp" in json.loads(invoke("documents", "worker", "--json").stdout)["enforced"]


def test_an_attribute_that_there_is_not_is_refused_and_the_others_are_named(tmp_path):
    copy = tmp_path / "copy.jpg"

    result = invoke("documents", "redact", "card.jpg", str(copy), "--purpose", "x", "--show", "nmae")

    assert result.exit_code == 2
    assert "document_number" in result.output
    assert not copy.exists()
