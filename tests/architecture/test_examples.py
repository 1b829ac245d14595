"""The examples that Hypothesis tries."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from tests.examples import EXAMPLES


# So many that Hypothesis tries a constant in place of a random number: it does so in one of twenty.
@settings(max_examples=300, database=None)
@given(st.integers())
def draw(number):
    assert isinstance(number, int)


def test_examples_do_not_depend_on_what_is_imported():
    draw()

    assert len(providers._local_constants) == 0 or EXAMPLES > 1
