"""The pages on which disclosure requests are decided, in the back office's own role of the database: two approve, one says no, nothing shows."""

import re

import pytest
from django.test import Client

from rollkeeper.disclosures.models import DisclosureRequest
from tests.builders.staff import enter
from tests.builders.tibetan import take_tibetan
from tests.disclosures.conftest import NUMBER, ON, hashed, instance, law  # noqa: F401 - fixtures

YES = {"number": NUMBER, "held_on": ON.isoformat(), "checked": "on"}


@pytest.fixture
def asked(instance, app, as_role):  # noqa: F811
    """Request a page as a user; requests use the back office's role."""
    instance.register_line()
    instance.disclosure_id = instance.enter()
    app("backoffice")

    def asking(name, method, address, data=None):
        client = Client()
        with as_role("backoffice"):
            enter(client, name)
        with as_role("backoffice"):
            answer = getattr(client, method)(address, data or {}, HTTP_ACCEPT="text/html")
            answer.text_ = answer.content.decode()
            return answer

    asking.at = f"/disclosures/{instance.disclosure_id}/"
    asking.instance = instance
    return asking


def test_a_disclosure_request_is_shown_with_its_law_and_without_its_number(asked):
    listed, page = asked("officer", "get", "/disclosures/"), asked("officer", "get", asked.at)

    assert "Invented Court" in listed.text_
    assert page.status_code == 200
    assert "Full name" in page.text_
    assert "Warrant" in page.text_
    assert NUMBER[1:] not in page.text_ + listed.text_
    assert asked.instance.person["name"] not in page.text_


def test_a_supervisor_and_an_officer_say_yes_through_the_page(asked):
    states = []
    for name in ("supervisor", "officer"):
        assert asked(name, "post", asked.at + "approve/", YES).status_code == 302
        states.append(DisclosureRequest.objects.get().state)

    assert states == ["waiting", "approved"]
    assert "open it together" in asked("officer", "get", asked.at).text_


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"checked": ""}, 422),
        ({"number": ""}, 422),
        ({"number": "+8613908911235"}, 422),
        ({"held_on": "2012-03-01"}, 422),
    ],
)
def test_who_has_not_read_it_cannot_say_yes_and_what_was_typed_is_not_shown_again(asked, changes, status):
    page = asked("officer", "post", asked.at + "approve/", YES | changes)

    assert page.status_code == status
    assert 'id="id_number"' in page.text_, "the form is still there"
    assert NUMBER not in page.text_
    assert "13908911235" not in page.text_
    assert DisclosureRequest.objects.get().state == "waiting"


def test_one_says_no_with_a_reason(asked):
    without = asked("officer", "post", asked.at + "refuse/", {})
    by_law_alone = asked("officer", "post", asked.at + "refuse/", {"because": "no_power"})

    question = asked("officer", "post", asked.at + "refuse/", {"because": "not_genuine"})
    before = DisclosureRequest.objects.get().state
    asked("officer", "post", asked.at + "refuse/", {"because": "not_genuine", "confirmed": "yes"})

    assert "It cannot be taken back" in question.text_
    assert 'name="because" value="not_genuine"' in question.text_
    assert before == "waiting"
    assert (without.status_code, by_law_alone.status_code) == (422, 422)
    assert DisclosureRequest.objects.get().refused_because == "not_genuine"
    assert "It is not genuine" in asked("officer", "get", asked.at).text_


def test_a_clerk_sees_no_disclosure_request_even_one_they_entered(asked):
    assert {asked("clerk", "get", address).status_code for address in ("/disclosures/", asked.at)} == {403}


def page_in(language, asked):
    client = Client(headers={"accept-language": language})
    enter(client, "officer")
    return client.get(asked.at, HTTP_ACCEPT="text/html").content.decode()


def test_the_pages_speak_the_readers_language(asked):
    page = page_in("zh-hans", asked)

    assert "Why is it refused" not in page
    assert "Requested" not in page


def test_what_has_no_tibetan_is_shown_in_chinese_and_in_english_that_is_marked(asked, monkeypatch):
    take_tibetan(monkeypatch, None, "Warrant")

    page = page_in("bo", asked)

    assert re.search(r'lang="zh-hans">[^<]+</span>[^<]*<span lang="en">Warrant<', page)
    assert page.count("Warrant<") == page.count('lang="en">Warrant<')
