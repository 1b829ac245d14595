"""In a production instance nothing is said in a language whose present texts no native reader accepted."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.incidents.drafts import texts_in
from rollkeeper.kernel.accepted_languages import is_spoken, spoken_here
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.settings import write_settings
from rollkeeper.kernel.side_by_side import side_by_side, text_in
from rollkeeper.languages import queries, texts
from rollkeeper.languages.errors import LANGUAGE_UNREAD
from rollkeeper.languages.queries import changed_since_acceptance, forget_accepted_languages, require_spoken
from rollkeeper.languages.services import withdraw_language
from rollkeeper.ledger.printouts import receipt_checker
from rollkeeper.notices.choices import NO_LANGUAGE
from rollkeeper.notices.gateways.letters import LetterGateway
from rollkeeper.notices.one_time_codes import send_one_time_code
from rollkeeper.notices.queries import count_without_language
from rollkeeper.notices.services import send_due
from rollkeeper.notices.texts import write_cover
from rollkeeper.operations import doctor
from tests.builders.lines import make_sealed_line
from tests.builders.notices import retry_notices
from tests.languages.production import ADMINISTRATOR, READ_ON, accept
from tests.notices.fakes import Way
from tests.notices.people import ON, notice, tell
from tests.refusals import refusing

PAGE = "/account/login/"


@pytest.fixture
def demo(committed):
    forget_accepted_languages()
    yield
    forget_accepted_languages()


@pytest.fixture
def only(production):
    """Have the instance speak these languages and no other."""

    def speak(*languages):
        write_settings(instance={"languages": list(languages)})

    yield speak
    write_settings(instance={"languages": ["en", "zh-hans", "bo"]})


@pytest.fixture
def by_channel():
    return {channel: Way() for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)}


@pytest.fixture
def changed_text(monkeypatch):
    """Have one Tibetan text be another one, as after an upgrade."""

    def change(key="law/sentences.toml.notified"):
        shipped = texts.shipped_texts
        mended = {**shipped("bo"), key: texts.Said("མི་འདྲ།", shipped("bo")[key].english)}
        monkeypatch.setattr(
            texts, "shipped_texts", lambda language: mended if language == "bo" else shipped(language)
        )
        texts._hash.cache_clear()
        forget_accepted_languages()

    yield change
    monkeypatch.undo()
    texts._hash.cache_clear()


def send(by_channel):
    retry_notices()
    return send_due(console_authority(), on=ON, by_channel=by_channel)


def spoken(by_channel, channel=Channel.SMS):
    return [one.languages for one in by_channel[channel].heard]


def offered(client, page=PAGE):
    return re.findall(r'name="language" value="([^"]+)"', client.get(page).content.decode())


def language_of(client, **headers):
    return re.search(r'<html lang="([^"]+)"', client.get(PAGE, **headers).content.decode())[1]


def findings():
    return list(doctor._run_check(doctor._check_languages))


@pytest.mark.usefixtures("production")
def test_a_notice_goes_out_in_the_accepted_languages_of_the_instance(by_channel):
    tell(make_sealed_line(), language="bo")

    assert send(by_channel).accepted == 1
    assert spoken(by_channel) == [("en",)]


@pytest.mark.usefixtures("production")
def test_once_a_native_reader_accepted_it_a_notice_goes_out_in_a_language(by_channel):
    accept("bo")
    tell(make_sealed_line(), language="bo")

    send(by_channel)

    assert spoken(by_channel) == [("bo",)]


@pytest.mark.usefixtures("production")
def test_who_named_no_language_is_notified_in_accepted_languages_alone(by_channel):
    accept("zh-hans")
    tell(make_sealed_line(), language=NO_LANGUAGE)

    send(by_channel)

    assert spoken(by_channel) == [("en", "zh-hans")]


def test_a_notice_without_an_accepted_language_waits_and_is_counted(only, by_channel):
    only("zh-hans", "bo")
    owed = tell(make_sealed_line(), language="bo")

    sent = send(by_channel)

    assert (sent.no_language, sent.quiet, sent.total) == (1, 0, 1)
    assert (notice(owed).state, spoken(by_channel)) == ("queued", [])
    assert count_without_language() == 1
    assert "1 notices wait" in " ".join(one.sentence for one in findings())
    accept("bo")
    assert (send(by_channel).accepted, spoken(by_channel)) == (1, [("bo",)])
    assert count_without_language() == 0


def test_a_call_waits_as_a_message_does(only, by_channel):
    only("bo")
    del by_channel[Channel.SMS]
    tell(make_sealed_line(contact=None), language="bo")

    assert send(by_channel).no_language == 1
    accept("bo")
    assert (send(by_channel).accepted, spoken(by_channel, Channel.VOICE)) == (1, [("bo",)])


def test_a_letter_waits_and_its_cover_sheet_is_in_accepted_languages(only):
    only("bo")
    way = Way()
    tell(make_sealed_line(number=None, contact="\nMs Invented\nLhasa", contact_kind="postal"), language="bo")

    assert send({Channel.POST: way}).no_language == 1
    assert LetterGateway.of_this_instance()._languages == ["en"]
    accept("bo")
    assert LetterGateway.of_this_instance()._languages == ["bo"]
    assert send({Channel.POST: way}).accepted == 1


@pytest.mark.usefixtures("production")
def test_a_cover_sheet_in_a_language_nobody_accepted_is_in_english():
    assert write_cover("bo", count=2, again=0) == write_cover("en", count=2, again=0)


@pytest.mark.usefixtures("production")
def test_a_one_time_code_comes_in_english_until_its_language_is_accepted(by_channel):
    line = make_sealed_line()

    def passed():
        send_one_time_code(
            worker_authority(), line, code="123456", minutes=5, language="bo", on=ON, by_channel=by_channel
        )
        return spoken(by_channel)[-1]

    assert passed() == ("en",)
    accept("bo")
    assert passed() == ("bo",)


def test_the_draft_of_an_incident_shows_what_would_be_sent(only):
    only("zh-hans", "bo")

    assert texts_in("bo", ["name"]) == []
    accept("zh-hans")
    assert [one.language for one in texts_in("bo", ["name"])] == ["zh-hans"]


@pytest.mark.usefixtures("production")
def test_a_receipt_is_printed_in_accepted_languages_alone():
    assert spoken_here() == ["en"]
    accept("bo")
    assert spoken_here() == ["en", "bo"]


@pytest.mark.usefixtures("production")
def test_the_page_that_checks_receipts_has_accepted_languages_alone():
    def languages():
        found = re.search(r'id="words">(.*?)</script>', receipt_checker.check_page(), re.DOTALL)
        return {language: words["note"] for language, words in json.loads(found[1]).items()}

    assert languages() == {"en": ""}
    accept("zh-hans")
    assert languages() == {"en": "", "zh-hans": ""}


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(("name", "page"), [("backoffice", PAGE), ("counter", PAGE), ("portal", "/")])
def test_the_switch_offers_accepted_languages_alone(app, name, page):
    app(name)
    client = Client(headers={"x-forwarded-proto": "https"})

    assert offered(client, page) == ["en"]
    accept("bo")
    assert offered(client, page) == ["en", "bo"]


@pytest.mark.usefixtures("production")
def test_neither_browser_nor_cookie_brings_up_a_language_nobody_accepted(app):
    app("backoffice")
    client = Client()
    browser = {"headers": {"accept-language": "bo, zh-CN;q=0.8, en;q=0.5"}}

    assert language_of(client, **browser) == "en"
    client.post("/i18n/setlang/", {"language": "bo", "next": PAGE})
    assert language_of(client) == "en"
    accept("zh-hans")
    assert language_of(client, **browser) == "zh-hans"
    accept("bo")
    assert language_of(client, **browser) == "bo"


@pytest.mark.usefixtures("production")
def test_a_text_that_changes_needs_acceptance_again(by_channel, changed_text):
    accept("bo")
    changed_text()
    tell(make_sealed_line(), language="bo")

    send(by_channel)

    assert spoken(by_channel) == [("en",)]
    assert changed_since_acceptance("bo") == {"law/sentences.toml.notified"}
    assert "1 of its" in " ".join(one.sentence for one in findings())
    accept("bo")
    assert is_spoken("bo")
    assert changed_since_acceptance("bo") == set()


@pytest.mark.usefixtures("production")
def test_chinese_stands_in_for_missing_tibetan_only_once_it_is_accepted():
    said = {"en": "Come.", "zh-hans": "来。"}
    accept("bo")

    assert text_in("bo", said) == ("Come.", "en")
    accept("zh-hans")
    assert text_in("bo", said) == (side_by_side("来。", "Come."), "bo")


@pytest.mark.usefixtures("production")
def test_a_withdrawn_language_is_not_spoken_even_if_it_was_accepted_before():
    accept("bo")
    accept("bo")
    withdraw_language(ADMINISTRATOR, "bo", on=READ_ON)

    assert not is_spoken("bo")


@pytest.mark.usefixtures("production")
def test_a_report_is_not_written_in_a_language_nobody_accepted():
    with refusing(LANGUAGE_UNREAD):
        require_spoken("zh-hans")
    accept("zh-hans")
    require_spoken("zh-hans")


@pytest.mark.usefixtures("production")
def test_doctor_names_each_language_that_nobody_accepted():
    found = findings()

    assert [one.health for one in found] == [doctor.Health.WARNING] * 2
    assert ["'zh-hans'" in one.sentence for one in found] == [True, False]
    accept("bo")
    accept("zh-hans")
    assert [one.health for one in findings()] == [doctor.Health.OK]


@pytest.mark.usefixtures("demo")
def test_a_demo_speaks_every_language_and_marks_those_nobody_accepted(app, by_channel):
    app("backoffice")
    client = Client()
    tell(make_sealed_line(), language="bo")
    client.cookies["django_language"] = "bo"
    mark = "ངོས་ལེན་བྱས་མེད"

    send(by_channel)

    assert spoken(by_channel) == [("bo",)]
    assert offered(client) == ["en", "zh-hans", "bo"]
    assert mark in client.get(PAGE).content.decode()
    accept("bo")
    assert mark not in client.get(PAGE).content.decode()
    assert [one.health for one in findings()] == [doctor.Health.OK]


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "worker"])
def test_every_process_that_speaks_to_people_may_read_what_was_accepted(as_role, role):
    accept("bo")
    forget_accepted_languages()

    with as_role(role):
        assert queries.accepted_languages() == {"bo"}


@pytest.mark.usefixtures("production")
def test_a_process_asks_the_register_once_in_a_while():
    accept("bo")

    with CaptureQueriesContext(connection) as asked:
        for _ in range(100):
            is_spoken("bo")

    assert len(asked) == 1


@pytest.mark.usefixtures("production")
def test_while_the_register_is_away_what_was_known_before_holds():
    accept("bo")
    assert is_spoken("bo")

    run("ALTER TABLE languages_acceptance RENAME TO languages_away")
    try:
        queries._known.until = 0.0
        assert is_spoken("bo")
    finally:
        run("ALTER TABLE languages_away RENAME TO languages_acceptance")


@pytest.mark.usefixtures("production")
def test_the_ledger_names_the_hash_of_the_texts_and_no_reader():
    accept("bo")

    (entry,) = rows("SELECT body::text AS body FROM ledger_entry WHERE verb = 'languages:texts:accepted'")
    assert texts.texts_hash("bo") in entry.body
    assert "Pema" not in entry.body


def test_a_page_in_another_language_is_still_about_what_was_chosen(app):
    app("backoffice")
    client = Client()

    shown = client.get(f"{PAGE}?line=0a1b&page=2").content.decode()

    assert f'name="next" value="{PAGE}?line=0a1b&amp;page=2"' in shown


@pytest.mark.parametrize("wrong", ["line=Dawa+Norbu", "name=ཟླ་བ", "line=13800000001", "Dawa=1", "line=a%26b"])
def test_a_page_in_another_language_repeats_no_personal_data_of_its_address(app, wrong):
    app("backoffice")
    client = Client()

    shown = client.get(f"{PAGE}?page=2&{wrong}").content.decode()

    assert f'name="next" value="{PAGE}?page=2"' in shown
