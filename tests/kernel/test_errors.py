"""Refusals that a person can act on."""

import pytest

from rollkeeper.kernel.errors import Faults, Kind, Refusal, as_one, raise_all
from tests.refusals import refusing

ODD_NUMBER = Refusal("odd_number", Kind.REFUSED, "{number} is odd.", "Add one to {number}.")
WRONG_CALL = Refusal("wrong_call", Kind.MALFORMED, "{word} is wrong.", "Call again.")


def test_a_single_fault_is_raised_as_itself():
    with refusing(ODD_NUMBER, match=r"^3 is odd\.$"):
        raise_all([ODD_NUMBER(number=3)])


def test_several_faults_are_raised_together():
    with pytest.raises(Faults) as refusal:
        raise_all([ODD_NUMBER(number=3), ODD_NUMBER(number=5)])

    assert str(refusal.value) == "3 is odd.\n5 is odd."
    assert refusal.value.advice == "Add one to 3.\nAdd one to 5."


def test_faults_within_faults_are_told_one_by_one_and_each_once():
    inner = Faults([ODD_NUMBER(number=3), ODD_NUMBER(number=5)])

    told = as_one([inner, ODD_NUMBER(number=7), ODD_NUMBER(number=5)])

    assert [str(one) for one in told.faults] == ["3 is odd.", "5 is odd.", "7 is odd."]


def test_one_fault_of_several_things_is_that_fault():
    with refusing(ODD_NUMBER):
        raise_all([ODD_NUMBER(number=3), ODD_NUMBER(number=3)])


def test_no_fault_raises_nothing():
    raise_all([])


@pytest.mark.parametrize(("kind", "code"), [(Kind.MALFORMED, 2), (Kind.REFUSED, 1), (Kind.NOT_FOUND, 1)])
def test_the_exit_code_tells_a_no_from_a_wrong_call(kind, code):
    assert kind.exit_code == code


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([ODD_NUMBER(number=3), ODD_NUMBER(number=5)], 1),
        ([ODD_NUMBER(number=3), WRONG_CALL(word="a")], 2),
        ([WRONG_CALL(word="a"), WRONG_CALL(word="b")], 2),
    ],
)
def test_several_reasons_for_a_no_are_a_no_unless_the_call_was_wrong_as_well(faults, code):
    with pytest.raises(Faults) as refusal:
        raise_all(faults)

    assert refusal.value.kind.exit_code == code
