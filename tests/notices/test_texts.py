"""What notices say to subscribers: every kind in every language, and never a link."""

import dataclasses
import datetime as dt
import re

import pytest
from pydantic import ValidationError

from rollkeeper.kernel.choices import BarLevel, Channel
from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.instance import LONGEST_NAME
from rollkeeper.kernel.phrasing import looks_like_link
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.notices import texts
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind
from rollkeeper.notices.errors import LINK_IN_NOTICE, TEXT_FAULT
from rollkeeper.notices.gateways.smpp_text import sms_parts
from rollkeeper.notices.phrases import case_phrases
from rollkeeper.notices.settings import Notices
from rollkeeper.notices.stage_facts import STAGED, StageFacts, said_length, stage_facts
from rollkeeper.notices.texts import (
    best_language,
    languages,
    languages_to_write_in,
    languages_with,
    parse_language,
    read_language,
    say_fields,
    write_code,
    write_code_letter,
    write_notice,
)
from tests.builders.packs import REFERENCE, read_text
from tests.builders.stages import Months, staged
from tests.refusals import refusing

DAY, DAYS = dt.date(2012, 3, 1), 37
SHIPPED = [(language, kind) for language in languages() for kind in NoticeKind]
every_text = pytest.mark.parametrize(("language", "kind"), SHIPPED)
of_the_duty = pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind.is_statutory])
# A part holds 67 letters of Tibetan, and each of its syllables is three or four.
MOST_PARTS = {"en": 4, "zh-hans": 4, "bo": 5}
EMERGENCY = {"en": "emergency", "zh-hans": "紧急", "bo": "ཛ་དྲག"}
"""How each language speaks of emergency calls; a language that is new has to be added."""


def written(language, kind, channel=Channel.SMS, **more):
    facts = {
        "promised_on": DAY,
        "suspension": Term(DAYS),
        "code": "12345678",
        "operator": "Invented Telecom",
        "care": "10086",
        "named": {"law": "Invented Law", "fields": "name"} | case_phrases("dispute", None),
    } | more
    return write_notice(kind, language=language, brief=channel.uses_line, **facts)


def languages_of_text(language, kind, channel):
    """The languages in which a text goes out: Chinese and English where there is no Tibetan."""
    has_text = getattr(read_language(language).texts[kind], "short" if channel.uses_line else "text")
    return [language] if has_text else ["zh-hans", "en"]


@pytest.mark.parametrize(
    ("signature", "begins"),
    [
        ("藏移动", "【藏移动】本号码未实名登记"),
        ("", "本号码未实名登记"),
        (None, "Invented Telecom通知：本号码未实名登记"),
    ],
)
def test_the_signature_stands_in_brackets_in_an_sms_and_nowhere_else(signature, begins):
    text = written("zh-hans", NoticeKind.REGISTER_BY, signature=signature).text

    assert text.startswith(begins)
    assert ("【" in text) == bool(signature)


@pytest.mark.parametrize("name", ["藏", "藏" * 21, "【藏移动】", "[Tel]", " 藏移动", "two\nlines"])
def test_a_signature_that_no_network_takes_is_refused(name):
    with pytest.raises(ValidationError):
        Notices(sms_signature=name)


@pytest.mark.parametrize(
    ("settings", "signed"),
    [
        ({}, "Invented Telecom"), ({"sms_signature": "藏移动"}, "藏移动"),
        ({"sms_signature": "藏移动", "sms_signed_by_gateway": True}, ""),
    ],
)  # fmt: skip
def test_an_sms_is_signed_as_the_settings_say(monkeypatch, settings, signed):
    monkeypatch.setattr(texts, "settings", lambda: Notices(**settings))

    assert texts.sms_signature() == signed


@pytest.mark.parametrize("language", languages())
def test_a_code_is_signed_as_a_notice_is(language):
    facts = {"language": language, "minutes": 10, "operator": "Invented Telecom", "care": "10086"}

    signed = write_code("4711", signature="Signed", **facts)
    bare = write_code("4711", signature="", **facts)

    assert signed.replace("【", "").startswith("Signed")
    assert signed.endswith(bare[1:])
    assert write_code("4711", **facts).startswith("Invented Telecom")


def test_the_duty_to_register_is_said_with_the_whole_title_of_its_law():
    text = written(
        "zh-hans",
        NoticeKind.REGISTER_BY,
        Channel.EMAIL,
        named={"law": load_pack("cn-xz-2011").title("zh-hans")},
    ).text

    assert "《西藏自治区人民代表大会常务委员会关于实行电话和互联网用户真实身份登记的决定》" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "may have been: full name, number of the document."), ("zh-hans", "姓名（名称）、证件号码")],
)
def test_a_notice_of_an_exposure_names_what_was_exposed(language, said):
    fields = say_fields(["name", "document_number", "name"], language=language)

    assert said in written(language, NoticeKind.DATA_EXPOSED, Channel.EMAIL, named={"fields": fields}).text


@pytest.mark.parametrize(
    ("language", "never"), [("en", ("We stopped", "have notified")), ("zh-hans", ("已采取", "已报告"))]
)
def test_a_notice_of_an_exposure_says_of_nothing_that_may_wait_that_it_was_done(language, never):
    text = written(language, NoticeKind.DATA_EXPOSED, Channel.EMAIL, named={"fields": "x"}).text

    assert not [one for one in never if one in text]


def source(language="en"):
    from importlib.resources import files

    return (files("rollkeeper") / "notices" / "texts" / f"{language}.toml").read_text("utf-8")


def test_there_are_texts_in_english_chinese_and_tibetan():
    assert set(languages()) >= {"en", "zh-hans", "bo"}


@every_text
@pytest.mark.parametrize("channel", Channel)
def test_no_text_holds_a_link_or_anything_like_one(language, kind, channel):
    made = written(language, kind, channel)

    assert not re.search(r"http|www|://|\w\.(com|cn|org|net)\b", made.subject + made.text, re.IGNORECASE)
    assert not looks_like_link(made.text)


@every_text
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_every_text_says_who_writes_whom_to_call_and_how_to_check_it(language, kind, channel):
    text = written(language, kind, channel).text

    assert "Invented Telecom" in text
    assert "10086" in text
    assert "12345678" in text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind.promises_date])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_text_that_promises_a_day_names_it(language, kind, channel):
    text = written(language, kind, channel).text

    assert all(
        read_language(one).write_day(DAY) in text for one in languages_of_text(language, kind, channel)
    )


@pytest.mark.parametrize("language", languages())
@of_the_duty
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_the_first_notice_names_the_days_of_suspension_before_the_number_is_lost(language, kind, channel):
    assert str(DAYS) in written(language, kind, channel).text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        *(
            (kind, channel)
            for kind in NoticeKind
            if kind.is_statutory
            for channel in (Channel.SMS, Channel.EMAIL)
        ),
        (NoticeKind.SUSPENDED, Channel.EMAIL),
        (NoticeKind.TERMINATED, Channel.EMAIL),
    ],
)
def test_who_loses_service_is_told_what_becomes_of_emergency_calls(language, kind, channel):
    assert EMERGENCY[language] in written(language, kind, channel).text.lower()


@every_text
def test_no_text_holds_a_number_of_the_law(language, kind):
    made = written(language, kind, Channel.EMAIL)
    bare = made.text.replace("10086", "").replace("12345678", "").replace(str(DAYS), "")
    for one in languages_of_text(language, kind, Channel.EMAIL):
        bare = bare.replace(read_language(one).write_day(DAY), "")

    assert not re.search(r"\d", bare)


@every_text
def test_a_short_text_goes_out_in_few_parts(language, kind):
    longest = written(language, kind, promised_on=dt.date(2012, 12, 30))

    assert sms_parts(longest.text) <= MOST_PARTS[language]


@pytest.mark.parametrize("letter", ["a", "藏"])
@pytest.mark.parametrize("language", ["zh-hans", "bo"])
def test_a_suspension_keeps_within_its_parts_under_the_longest_name(language, letter):
    name = letter * LONGEST_NAME

    signed = written(
        language, NoticeKind.SUSPENDED, promised_on=dt.date(2012, 12, 30), operator=name, signature=name
    )

    assert sms_parts(signed.text) <= MOST_PARTS[language]


def test_a_suspension_in_english_keeps_within_its_parts_under_the_longest_name():
    name = "a" * LONGEST_NAME

    signed = written(
        "en", NoticeKind.SUSPENDED, promised_on=dt.date(2012, 12, 30), operator=name, signature=name
    )

    assert sms_parts(signed.text) == 2


@pytest.mark.parametrize(
    ("language", "kind"), [(language, kind) for language, kind in SHIPPED if not kind.is_statutory]
)
def test_a_short_text_of_what_was_done_does_so_with_the_code_of_its_receipt_too(language, kind):
    assert sms_parts(written(language, kind, receipt="10004711-K2M9QX").text) <= MOST_PARTS[language]


@every_text
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_notice_shows_its_receipt_code_and_nothing_without_one(language, kind, channel):
    with_one = written(language, kind, channel, receipt="4711-K2M9QX").text
    without = written(language, kind, channel).text

    assert with_one.startswith(without)
    assert "4711-K2M9QX" in with_one
    assert not looks_like_link(with_one)


@every_text
def test_a_code_of_a_receipt_is_no_link_whatever_its_letters_are(language, kind):
    for code in ("4711-WWW9QX", "4711-K2MWWW", "4711-2HTTPS"):
        assert written(language, kind, Channel.SMS, receipt=code).text.count(code) == 1


@pytest.mark.parametrize(
    ("language", "day"),
    [("en", "1 March 2012"), ("zh-hans", "2012年3月1日"), ("bo", "2012 ལོའི་ཟླ་ 3 པའི་ཚེས་ 1 ཉིན་")],
)
def test_each_language_writes_a_day_in_its_own_format(language, day):
    assert read_language(language).write_day(DAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "see http://x",
        "see HTTPS://x",
        "www.x",
        "WWW x",
        "http x",
        "go to telecom.cn",
        "t.cn/abc",
        "10.0.0.1",
        "a@b",
        "x\\y",
        "ftp://a",
        "tele-com.example now",
        "telecom\u200b.cn",
        "telecom\u3164.cn",
        "telecom.c\ufe0fn",
        "telecom.c\u034fn",
        "telecom.c\U000e0061n",
        "telecom．cn",
        "a＠b",
        "telecom.中国",
        "电信．公司",
        "связь.рф",
    ],
)
def test_what_looks_like_a_link_is_seen(text):
    assert looks_like_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "Call 10086. Then wait.",
        "code 12345678.",
        "2012年3月1日。",
        "No. 3, please",
        "完成。中国电信",
        "10086.中",
    ],
)
def test_what_is_no_link_is_not_taken_for_one(text):
    assert not looks_like_link(text)


def test_an_operator_whose_name_is_a_link_sends_nothing():
    with refusing(LINK_IN_NOTICE):
        written("en", NoticeKind.REGISTER_BY, operator="telecom.example")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("{code}", "", "lacks {code}"),
        ("{days:day|days}", "weeks", "lacks {days}"),
        ("by {day} at", "soon at", "lacks {day}"),
        ("{care}", "{phone}", "nothing is put in for {phone}"),
        ("counters", "counters or telecom.example", "looks like a link"),
        ("{operator}:", "{operator:", "braces"),
        ("{operator}: register", "register", "does not begin with the opening"),
    ],
)
def test_a_faulty_text_does_not_load(old, new, why):
    head, _, tail = source().partition("[register_by]")
    body, _, rest = tail.partition("[reminder]")
    changed = head + "[register_by]" + body.replace(old, new) + "[reminder]" + rest

    with refusing(TEXT_FAULT, Faults, match=re.escape(why)):
        parse_language(changed, file="en.toml")


def test_every_fault_of_a_file_is_reported():
    changed = (
        source().replace("[suspended]", "[forgotten]").replace("{month} ", "", 1).replace('"December"', "", 1)
    )

    with pytest.raises(Faults) as refusal:
        parse_language(changed, file="en.toml")

    assert {fault.facts["text"] for fault in refusal.value.faults} == {
        "suspended.subject", "suspended.short", "suspended.text", "day", "months",
    }  # fmt: skip


def test_a_file_that_is_not_toml_is_refused_by_name():
    with refusing(TEXT_FAULT, match=r"xx\.toml"):
        parse_language("= broken", file="xx.toml")


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [
        ("bo", ["en", "zh-hans"], ["bo"]),
        (NO_LANGUAGE, ["zh-hans", "bo"], ["zh-hans", "bo"]),
        (NO_LANGUAGE, ["xx", "bo"], ["bo"]),
        ("xx", ["zh-hans", "bo"], ["zh-hans", "bo"]),
        (NO_LANGUAGE, ["xx"], []),
        ("xx", [], []),
    ],
)
def test_who_named_no_language_is_notified_in_each_that_the_instance_offers(wanted, offered, chosen):
    assert languages_to_write_in(wanted, offered=offered) == chosen


@pytest.mark.parametrize(
    ("wanted", "offered", "chosen"),
    [("bo", ["en"], "bo"), ("fr", ["zh-hans", "en"], "zh-hans"), ("fr", ["xx"], "en")],
)
def test_a_subscriber_whose_language_has_no_texts_is_notified_in_the_first_one(wanted, offered, chosen):
    assert best_language(wanted, offered=offered) == chosen


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_notice_without_tibetan_goes_out_in_chinese_and_english(channel):
    parts = "short" if channel is Channel.SMS else "text"
    lacking = [kind for kind in NoticeKind if getattr(read_language("bo").texts[kind], parts) is None]

    for kind in lacking:
        said = written("bo", kind, channel).text
        assert said.startswith(written("zh-hans", kind, channel).text)
        assert said.endswith(written("en", kind, channel).text.removeprefix("Invented Telecom: ")[1:])
    assert lacking


def test_a_short_text_in_two_languages_is_signed_once():
    for signature, begins in ((None, "Invented Telecom通知："), ("藏移动", "【藏移动】"), ("", "")):
        chinese, english = written("bo", NoticeKind.SUSPENDED, signature=signature).text.split("\n")

        assert chinese.startswith(f"{begins}本号码未实名登记已停机")
        assert english.startswith("Line suspended")


def test_a_notice_without_tibetan_goes_out_once_in_each_language_that_stands_in():
    assert languages_with(NoticeKind.DISCLOSED, ["bo"]) == ["zh-hans", "en"]
    assert languages_with(NoticeKind.DISCLOSED, ["zh-hans", "bo"]) == ["zh-hans", "en"]
    assert languages_with(NoticeKind.REMINDER, ["bo"]) == ["bo"]


def test_only_tibetan_may_lack_a_text():
    without = source().replace("[disclosed]", "[no_such_notice]")

    with pytest.raises(Faults):
        parse_language(without, file="en.toml")
    assert parse_language(without.replace('language = "en"', 'language = "bo"'), file="bo.toml")


STAGES = {
    "first of several": StageFacts(BarLevel.OUTGOING, BarLevel.CALLS, more_follow=True, ends=True),
    "the end comes next": StageFacts(BarLevel.CALLS, None, more_follow=False, ends=True),
    "no end": StageFacts(BarLevel.OUTGOING_AND_DATA, None, more_follow=False, ends=False),
}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
@pytest.mark.parametrize("kind", STAGED)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_notice_of_a_stage_says_what_works_what_follows_and_emergency_calls(language, kind, stage):
    text = written(language, kind, stage=stage).text
    phrases = read_language(language).phrases

    assert phrases[f"bars_{stage.level}"] in text
    assert EMERGENCY[language] in text.lower()
    assert (str(DAYS) in text) is (kind.is_statutory and stage.ends)
    if kind is NoticeKind.SUSPENDED:
        assert phrases[f"works_{stage.level}"].format(care="10086") in text
        assert ("2012" in text) is (stage.ends or stage.follows is not None)
    assert sms_parts(text) <= MOST_PARTS[language]


@pytest.mark.parametrize(
    ("time", "english", "chinese"),
    [
        (Term(months=1), "1 month ", "1个月"),
        (Term(months=3), "3 months ", "3个月"),
        (Term(days=20, months=1), "1 month and 20 days ", "1个月又20日"),
        (Term(days=20, months=14), "14 months and 20 days ", "14个月又20日"),
        (Term(days=1, months=1), "1 month and 1 day ", "1个月又1日"),
        (Term(days=1, months=2), "2 months and 1 day ", "2个月又1日"),
    ],
)
@pytest.mark.parametrize("more_follow", [True, False])
@pytest.mark.parametrize("kind", [NoticeKind.REGISTER_BY, NoticeKind.REMINDER])
def test_an_end_after_months_is_told_in_months(kind, more_follow, time, english, chinese):
    follows = BarLevel.CALLS if more_follow else None
    stage = StageFacts(
        BarLevel.OUTGOING, follows, more_follow=more_follow, ends=True, length=said_length(time)
    )

    for language, said in (("en", english), ("zh-hans", chinese)):
        for channel in (Channel.SMS, Channel.EMAIL):
            text = written(language, kind, channel, stage=stage, suspension=time).text

            assert said in text
            assert "None" not in text
            if channel is Channel.SMS:
                assert sms_parts(text) <= MOST_PARTS[language]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
@pytest.mark.parametrize("kind", [NoticeKind.REGISTER_BY, NoticeKind.REMINDER])
@pytest.mark.parametrize("stage", [None, *list(STAGES.values())[:2]])
def test_one_day_is_no_days(kind, stage, channel):
    text = written("en", kind, channel, stage=stage, suspension=Term(1)).text

    assert " 1 day " in text
    assert not re.search(r"\b1 (days|months)\b", text)


def test_a_code_may_be_good_for_one_minute_and_a_letter_for_one_day():
    facts = {"language": "en", "operator": "Invented Telecom", "care": "10086"}

    assert "valid for 1 minute," in write_code("4711", minutes=1, **facts)
    assert "valid for 1 day," in write_code_letter("4711", days=1, **facts).text


def test_a_law_in_months_is_told_by_its_stages():
    pack = read_text(staged(Months(3), bars=(("suspended", "{}"),)))

    found = stage_facts(pack, NoticeKind.REGISTER_BY, step=None)

    assert found is not None
    assert (found.level, found.length, found.ends) == (BarLevel.ALL, "months", True)
    assert stage_facts(load_pack("cn-xz-2011"), NoticeKind.REGISTER_BY, step=None) is None


@pytest.mark.parametrize(
    ("between", "length"),
    [
        ((30, Months(1)), "days_month"),
        ((30, Months(2)), "days_months"),
        ((Months(1), 30), "month_days"),
        ((Months(1), Months(1)), "months"),
    ],
)
def test_times_are_told_in_the_order_in_which_they_are_counted(between, length):
    pack = read_text(staged(*between))

    assert stage_facts(pack, NoticeKind.REGISTER_BY, step=None).length == length


def test_days_on_either_side_of_months_are_refused_by_name():
    assert "days before and after months" in str(read_text(staged(5, Months(1), 5)).unsupported_fields)


NAMED = StageFacts(
    BarLevel.OUTGOING, BarLevel.CALLS, more_follow=True, ends=True,
    names={"bars": {"en": "Outgoing bar", "zh-hans": "限制呼出"}, "next_bars": {"zh-hans": "双向限制"}},
)  # fmt: skip


@pytest.mark.parametrize("kind", STAGED)
def test_a_letter_names_a_bar_where_the_law_names_it_in_its_language(kind):
    english, chinese = (
        written(language, kind, Channel.EMAIL, stage=NAMED).text for language in ("en", "zh-hans")
    )

    assert "outgoing calls and messages (Outgoing bar)" in english
    assert "呼出和发送短信（限制呼出）" in chinese
    assert ("通话和短信（呼出和呼入）（双向限制）" in chinese) is (kind is NoticeKind.SUSPENDED)
    assert "双向" not in english


def test_a_short_notice_has_no_room_for_the_name_of_a_bar():
    for kind in STAGED:
        assert (
            written("en", kind, stage=NAMED).text
            == written("en", kind, stage=STAGES["first of several"]).text
        )


def test_a_notice_without_names_is_as_it_was():
    bare = dataclasses.replace(NAMED, names={})

    assert (
        written("en", NoticeKind.REMINDER, Channel.EMAIL, stage=bare).text
        == written("en", NoticeKind.REMINDER, Channel.EMAIL, stage=STAGES["first of several"]).text
    )


CHARGES = {"en": "Nothing is charged", "zh-hans": "不收取费用"}


@pytest.mark.parametrize("language", CHARGES)
@pytest.mark.parametrize(
    ("money", "is_said"), [("charges: frozen", True), ("charges: accrue", False), ("balance: keep", False)]
)
def test_that_nothing_is_charged_is_written_only_where_the_law_says_so(language, money, is_said):
    text = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    law = text.replace("charges: frozen\n            late_fee: false", money, 1)
    assert money in law
    stage = stage_facts(read_text(law), NoticeKind.SUSPENDED, step=1)

    said = written(language, NoticeKind.SUSPENDED, Channel.EMAIL, stage=stage).text

    assert (CHARGES[language] in said) is is_said
    assert "2012" in said
    assert "10086" in said


def test_a_notice_of_a_stage_in_tibetan_goes_out_in_chinese_and_english():
    text = written("bo", NoticeKind.SUSPENDED, stage=STAGES["no end"]).text

    assert "数据业务" in text
    assert "data services" in text
