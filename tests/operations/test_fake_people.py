"""Demo people are invented, varied and the same every time."""

import tomllib
from importlib.resources import files

from stdnum.iso7064 import mod_11_2

from rollkeeper.operations.fake_people import FakePeople


def test_the_same_seed_invents_the_same_people():
    first, second = FakePeople(7), FakePeople(7)

    assert [first.person() for _ in range(50)] == [second.person() for _ in range(50)]


def test_three_scripts_and_single_names_are_among_them():
    single = set(
        tomllib.loads((files("rollkeeper") / "operations" / "data" / "fake_people.toml").read_text("utf-8"))[
            "names"
        ]["tibetan"]
    )

    people = [FakePeople(seed).person() for seed in range(300)]

    assert {person.language for person in people} == {"bo", "zh-hans", "en"}
    assert any(person.name in single for person in people)


def test_fake_resident_cards_have_a_valid_check_digit_and_an_unused_county():
    inventor = FakePeople(1)
    cards = [
        p.document_number
        for p in (inventor.person() for _ in range(300))
        if p.document_type == "cn-resident-card"
    ]

    assert all(mod_11_2.is_valid(card) for card in cards)
    assert all(card.startswith("549999") for card in cards)
    assert len(set(cards)) == len(cards)
