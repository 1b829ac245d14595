"""Every translation that comes with Rollkeeper says against which English it was written."""

import pytest

from rollkeeper.languages import ages, texts
from rollkeeper.languages.ages import Age, ages_of, brought_up_to_date, recorded_ages
from rollkeeper.languages.texts import Said, digest, shipped_texts, translated_languages

FIRST, LATER = "2026-11-01", "2026-11-28"
WRITE = "run: python -m rollkeeper.languages.ages (or make docs)"


def updated(recorded, **said):
    now = {key: Said(text, english) for key, (text, english) in said.items()}
    return brought_up_to_date(recorded, now, today=LATER)


def is_stale(recorded, key, english):
    return recorded[key][0] != digest(english)


@pytest.mark.parametrize("language", translated_languages())
def test_every_text_has_an_age_and_no_age_lacks_its_text(language):
    recorded = recorded_ages()[language]

    unrecorded = [age.key for age in ages_of(language) if age.state is Age.UNRECORDED]
    gone = recorded.keys() - shipped_texts(language).keys()

    assert not unrecorded, WRITE
    assert not gone, WRITE


def test_every_kind_of_text_that_is_said_to_people_is_collected():
    kinds = {key.split(".")[0].split(" ")[0] for key in texts.texts_of("zh-hans")}

    assert kinds == {
        "catalogue", "notices/texts", "incidents/texts", "law/sentences", "agents/requirements", "reporting/labels",
        "reporting/metrics", "site/formats", "pack",
    }  # fmt: skip


def test_a_text_whose_english_changed_is_stale_until_it_is_written_again(monkeypatch):
    key = "law/sentences.toml.notified"
    said = shipped_texts("bo")[key]
    english = {**shipped_texts("bo"), key: Said(said.text, f"{said.english} And more.")}
    monkeypatch.setattr(ages, "shipped_texts", lambda _: english)
    monkeypatch.setattr(ages, "texts_of", lambda _: english)

    (found,) = (age for age in ages_of("bo") if age.key == key)

    assert found.state is Age.STALE


def test_a_stale_text_stays_stale_when_the_file_is_brought_up_to_date():
    before = {"a": (digest("Come."), digest("来。"), FIRST)}

    after = updated(before, a=("来。", "Come today."))

    assert after == before
    assert is_stale(after, "a", "Come today.")


def test_a_text_that_is_written_again_is_fresh_from_that_day():
    before = {"a": (digest("Come."), digest("来。"), FIRST)}

    assert updated(before, a=("今天来。", "Come today.")) == {
        "a": (digest("Come today."), digest("今天来。"), LATER)
    }


def test_an_entry_whose_english_was_renamed_in_the_catalogue_is_stale():
    before = {"catalogue old": (digest("Come."), digest("来。"), FIRST)}

    after = updated(before, **{"catalogue new": ("来。", "Come today.")})

    assert after == {"catalogue new": (digest("Come."), digest("来。"), FIRST)}
    assert is_stale(after, "catalogue new", "Come today.")


def test_a_stale_text_that_was_read_again_and_holds_is_fresh():
    before = {"a": (digest("Come."), digest("来。"), FIRST), "b": (digest("Go."), digest("去。"), FIRST)}
    said = {"a": Said("来。", "Do come."), "b": Said("去。", "Go.")}

    after = brought_up_to_date(before, said, today=LATER, reread=True)

    assert after == {"a": (digest("Do come."), digest("来。"), LATER), "b": before["b"]}


def test_two_items_of_a_list_with_one_name_are_two_texts():
    tree = {"articles": [{"id": "1", "text": {"bo": "གཅིག"}}, {"id": "1", "text": {"bo": "གཉིས"}}]}

    found = dict(texts._said_in(tree, "bo", at="pack"))

    assert sorted(said.text for said in found.values()) == ["གཅིག", "གཉིས"]
