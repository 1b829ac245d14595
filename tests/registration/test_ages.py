# SPDX-License-Identifier: EUPL-1.2
"""A kind of subscriber that a law has from an age on, or up to one."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.database import rows
from rollkeeper.law.errors import UNSUPPORTED_PACK_FIELD
from rollkeeper.registration.errors import OF_AGE, TOO_YOUNG
from rollkeeper.registration.services import register_subscriber
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.kinds import PUPIL, with_kinds
from tests.builders.packs import read_text, use_pack
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")


def register(born: str) -> str:
    """Register a pupil who was born on a day, with their guardian; return the number."""
    number = fresh_number()
    parts = {
        PartyRole.SUBSCRIBER: {"name": "Invented Pupil", "birth_date": born},
        PartyRole.GUARDIAN: without_address(),
    }
    given = submission(number, person(), kind=PartyKind.MINOR, added_kind="pupil", parts=parts)
    register_subscriber(console_authority(), given, on=ON)
    return number


@pytest.mark.parametrize("born", ["1994-03-03", "2006-03-02"], ids=["18 tomorrow", "6 today"])
def test_a_person_of_the_age_is_registered(born):
    use_pack(with_kinds(PUPIL))

    assert register(born)


@pytest.mark.parametrize(
    ("born", "refusal", "age"),
    [("1994-03-02", OF_AGE, 18), ("1960-01-01", OF_AGE, 18), ("2006-03-03", TOO_YOUNG, 6)],
    ids=["18 today", "long of age", "6 tomorrow"],
)
def test_a_person_of_another_age_is_refused_in_words_without_the_day(born, refusal, age):
    use_pack(with_kinds(PUPIL))
    tenures = rows("SELECT count(*) AS n FROM lines_tenure")[0].n

    with refusing(refusal) as refused:
        register(born)

    assert f"{age} years old" in str(refused.value)
    assert born not in str(refused.value)
    assert rows("SELECT count(*) AS n FROM lines_tenure")[0].n == tenures


@pytest.mark.parametrize("born", [" 1960-01-01", "1960-01-01\u3000"])
def test_no_space_around_a_date_of_birth_hides_an_age(born):
    use_pack(with_kinds(PUPIL))

    with refusing(OF_AGE):
        register(born)


def test_an_age_that_no_reader_confirmed_turns_no_one_away():
    use_pack(
        with_kinds(
            PUPIL.replace(
                'majority: 18, because: {article: "2 ¶1"}',
                'majority: 18, because: {article: "2 ¶1", confirmed: false}',
            )
        )
    )

    assert register("1960-01-01")


def test_an_age_without_a_date_of_birth_cannot_be_checked():
    pack = read_text(with_kinds(PUPIL.replace("name: birth_date", "name: address")))

    with refusing(UNSUPPORTED_PACK_FIELD) as refused:
        pack.refuse_unsupported()

    assert "age' (of a kind whose date of birth is not asked)" in str(refused.value)
