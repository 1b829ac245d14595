"""Why a line has its status: plain sentences, with the dates and the article of each step."""

import datetime as dt
import re
import tomllib
from importlib.resources import files

import pytest

from rollkeeper.law.explain import LineHistory, explain_history
from rollkeeper.law.packs import load_pack
from tests.builders.packs import write_pack
from tests.builders.stages import Months, MonthsToLast, asking_again, in_months, staged

D = dt.date
PACK = load_pack("cn-xz-2011")
NOTIFIED = {"activated_on": D(2010, 5, 1), "notices_delivered": (D(2011, 12, 20),)}


def explained(on: dt.date, language: str = "en", **facts) -> str:
    """Return the whole explanation as one text."""
    found = explain_history(PACK, LineHistory(**NOTIFIED | facts), on, language=language)
    return " ".join(f"{sentence.text} [{sentence.article}]" for sentence in found)


def test_a_line_that_is_being_counted_learns_its_last_day_and_what_follows():
    text = explained(D(2012, 1, 10))

    assert "9 of 60 days have been counted. [3]" in text
    assert "Day 60 of 60 is 1 March 2012: the last day to register. [3]" in text
    assert "may be suspended from 2 March 2012 on" in text


def test_a_last_day_on_a_closed_day_is_explained():
    text = explained(D(2013, 1, 10), notices_delivered=(D(2013, 1, 1),))

    assert "Day 60 of 60 is 2 March 2013." in text
    assert "the last day to register moves to 4 March 2013" in text
    assert "may be suspended from 5 March 2013 on" in text


def test_a_pause_is_named_and_counted():
    text = explained(D(2012, 3, 15), pauses=((D(2012, 2, 20), D(2012, 3, 10)),))

    assert "From 20 February 2012 to 10 March 2012 the clock is paused" in text
    assert "Day 60 of 60 is 21 March 2012" in text


@pytest.mark.parametrize(
    ("promised", "is_said", "earliest"),
    [
        (D(2012, 2, 29), False, D(2012, 3, 2)),
        (D(2012, 3, 1), False, D(2012, 3, 2)),
        (D(2012, 3, 2), True, D(2012, 3, 5)),  # a Friday; the desks are shut on the two days after it
        (D(2012, 3, 20), True, D(2012, 3, 21)),
    ],
)
def test_a_promised_day_later_than_the_law_s_is_explained_and_kept(promised, is_said, earliest):
    text = explained(D(2012, 1, 10), promised_on=promised)

    assert "Day 60 of 60 is 1 March 2012: the last day to register." in text
    assert (f"But {promised:%-d %B %Y} was promised as the last day." in text) == is_said
    assert f"may be suspended from {earliest:%-d %B %Y} on" in text


def test_a_promised_day_of_a_suspension_moves_its_end_only():
    promised = {"suspended_on": D(2012, 3, 2), "promised_on": D(2012, 4, 20)}

    assert "may be terminated from 23 April 2012 on" in explained(D(2012, 3, 10), **promised)
    assert "20 April 2012" not in explained(D(2012, 3, 1), **promised)


def test_an_open_pause_leaves_no_last_day():
    text = explained(D(2012, 3, 15), pauses=((D(2012, 2, 20), None),), stays=((D(2012, 2, 1), None),))

    assert "From 20 February 2012 on the clock is paused" in text
    assert "From 1 February 2012 on a stay applies to every line" in text
    assert "no last day can be named" in text
    assert "may be suspended" not in text


def test_an_unreachable_subscriber_has_no_clock():
    text = explained(D(2013, 1, 1), notices_delivered=(), notices_bounced=(D(2011, 12, 20),))

    assert "do not count: 20 December 2011. [3]" in text
    assert "no clock runs and the line may not be suspended. [3]" in text


def test_a_notice_of_tomorrow_is_not_known_today():
    assert "no clock runs" in explained(D(2011, 12, 19))


def test_a_suspended_line_learns_what_stays_open_and_when_it_may_end():
    text = explained(D(2012, 3, 10), suspended_on=D(2012, 3, 2))

    assert "suspended on 2 March 2012" in text
    assert "Emergency calls, the care number and registration stay open. [3]" in text
    assert "Day 30 of 30 is 1 April 2012: the last day to register. [3]" in text
    assert "may be terminated from 5 April 2012 on" in text
    assert "may be suspended" not in text


def test_a_late_suspension_counts_from_the_day_it_really_happened():
    text = explained(D(2012, 6, 10), suspended_on=D(2012, 6, 1))

    assert "Day 30 of 30 is 1 July 2012." in text


@pytest.mark.parametrize(
    ("months", "said", "last"),
    [
        (Months(1), "counts a month by the calendar: 30 days,", "Day 30 of 30 is 1 March 2012"),
        (MonthsToLast(1), "counts a month by the calendar: 29 days,", "Day 29 of 29 is 29 February 2012"),
        (Months(3), "counts 3 months by the calendar: 91 days,", "Day 91 of 91 is 1 May 2012"),
        (MonthsToLast(3), "counts 3 months by the calendar: 90 days,", "Day 90 of 90 is 30 April 2012"),
    ],
)
def test_months_of_a_suspension_are_said_with_the_days_that_they_are(months, said, last):
    pack = in_months_from_january(months)
    history = LineHistory(**NOTIFIED, suspended_on=D(2012, 1, 31))

    text = " ".join(one.text for one in explain_history(pack, history, D(2012, 2, 10)))

    assert said in text
    assert last in text
    chinese = " ".join(one.text for one in explain_history(pack, history, D(2012, 2, 10), language="zh-hans"))
    assert ("按历月计算一个月" if months == 1 else f"按历月计算 {months} 个月") in chinese


@pytest.mark.parametrize(
    ("known", "said"), [(True, "for 91 counted days"), (False, "terminated on 4 May 2012.")]
)
def test_an_end_after_months_says_how_many_days_they_were_where_that_is_known(known, said):
    suspended = {"suspended_on": D(2012, 1, 31)} if known else {}
    history = LineHistory(**NOTIFIED | suspended, terminated_on=D(2012, 5, 4), terminated_by="campaign")

    found = explain_history(in_months_from_january(Months(3)), history, D(2012, 5, 4))

    assert said in " ".join(one.text for one in found)


def in_months_from_january(months: Months):
    return load_pack(write_pack(in_months(staged(months, bars=(("suspended", "{}"),)), months)))


def test_one_counted_day_is_no_days():
    pack = load_pack(write_pack(staged(1, bars=(("suspended", "{}"),))))
    history = LineHistory(
        **NOTIFIED, suspended_on=D(2012, 3, 2), terminated_on=D(2012, 3, 6), terminated_by="campaign"
    )

    said = " ".join(one.text for one in explain_history(pack, history, D(2012, 3, 6)))

    assert "suspended for 1 counted day without" in said


def test_a_restored_line_is_explained_without_further_steps():
    text = explained(
        D(2012, 4, 6), suspended_on=D(2012, 3, 2), registered_on=D(2012, 4, 5), restored_on=D(2012, 4, 5)
    )

    assert "Service was restored on 5 April 2012" in text
    assert "may be" not in text


def test_an_ended_line_learns_how_long_its_records_are_kept():
    text = explained(
        D(2012, 5, 1), suspended_on=D(2012, 3, 2), terminated_on=D(2012, 4, 5), terminated_by="campaign"
    )

    assert "terminated on 5 April 2012: it had been suspended for 30 counted days" in text
    assert "kept through 5 April 2013 and erased on the first day after it. [5]" in text


def test_a_legal_hold_is_explained():
    text = explained(
        D(2013, 4, 6), terminated_on=D(2012, 4, 5), terminated_by="subscriber", holds=((D(2013, 1, 1), None),)
    )

    assert "The subscriber terminated the contract on 5 April 2012." in text
    assert "A legal hold since 1 January 2013 delays the erasure" in text


def test_an_erased_line_is_explained_with_its_day():
    text = explained(
        D(2013, 5, 1), terminated_on=D(2012, 4, 5), terminated_by="subscriber", erased_on=D(2013, 4, 6)
    )

    assert "erased on 6 April 2013. [5]" in text


@pytest.mark.parametrize(
    ("activated", "words"),
    [
        (D(2011, 12, 31), "the campaign concerns it"),
        (D(2012, 1, 1), "so not this one"),
        (D(2012, 1, 2), "so not this one"),
        (None, "has not come into service"),
    ],
)
def test_whom_the_campaign_concerns_is_said(activated, words):
    assert words in explained(D(2012, 2, 1), activated_on=activated)


def test_a_law_without_the_duty_suspends_no_line():
    found = explain_history(load_pack("none"), LineHistory(**NOTIFIED), D(2012, 6, 1))

    assert [sentence.text for sentence in found] == [
        "The law in force here requires no registration, so no line is suspended for a missing one."
    ]


def test_the_same_is_said_in_chinese():
    text = explained(D(2012, 3, 10), "zh-hans", suspended_on=D(2012, 3, 2))

    assert "2012年3月2日停机（暂停服务）" in text
    assert "2012年4月5日起可以终止服务" in text


def test_several_days_are_joined_as_the_language_does():
    bounced = {"notices_delivered": (), "notices_bounced": (D(2011, 12, 20), D(2011, 12, 5))}

    assert "5 December 2011, 20 December 2011" in explained(D(2012, 1, 10), **bounced)
    assert "2011年12月5日、2011年12月20日" in explained(D(2012, 1, 10), "zh-hans", **bounced)


def test_the_same_is_said_in_tibetan():
    text = explained(D(2012, 3, 10), "bo", suspended_on=D(2012, 3, 2))

    assert "2012 ལོའི་ཟླ་ 3 པའི་ཚེས་ 2 ཉིན་གནས་སྐབས་མཚམས་བཞག" in text
    assert "2012 ལོའི་ཟླ་ 4 པའི་ཚེས་ 5 ནས་ཁ་པར་ཨང་གྲངས་མཇུག་སྒྲིལ་ཆོག" in text


def test_what_a_language_lacks_is_said_in_english():
    assert explained(D(2012, 3, 10), "ne") == explained(D(2012, 3, 10))


def test_every_language_fills_in_the_same_facts():
    tables = tomllib.loads((files("rollkeeper.law") / "sentences.toml").read_text("utf-8"))
    for table in tables.values():
        assert len(table.pop("months", range(12))) == 12

    for language, table in tables.items():
        lacks = {key for key in tables["en"] if key not in table}
        of_stages = {
            key
            for key in lacks
            if key.startswith(("again_", "bars_", "works_", "may_bar", "barred", "nothing_follows"))
        }
        assert lacks - of_stages == (
            {
                "notified_with_floor",
                "too_old",
                "other_region",
                "not_prepaid",
                "not_postpaid",
                "suspension_clock_month",
                "suspension_clock_months",
            }
            if language == "bo"
            else set()
        )
        assert not of_stages or language == "bo"
        for key, sentence in table.items():
            holes = set(re.findall(r"{(\w+)", sentence))
            assert holes <= set(re.findall(r"{(\w+)", tables["en"][key]))


ASKED_AGAIN = NOTIFIED | {"recorded_on": D(2011, 6, 29)}


def titled(on: dt.date, language: str = "en", **facts) -> str:
    text = staged(20, 30).replace(
        "id: no_calls_out,", "id: no_calls_out, title: {en: Outgoing bar, zh-hans: 限制呼出},"
    )
    found = explain_history(
        load_pack(str(write_pack(text))), LineHistory(**NOTIFIED | facts), on, language=language
    )
    return " ".join(sentence.text for sentence in found)


@pytest.mark.parametrize(
    ("language", "follows", "barred"),
    [
        ("en", "Outgoing bar: Unless the line is registered", "Outgoing bar: On 2 March 2012"),
        ("zh-hans", "限制呼出：如", "限制呼出：因"),
    ],
)
def test_a_stage_that_its_law_names_is_called_by_that_name(language, follows, barred):
    before, after = (
        titled(D(2012, 1, 10), language),
        titled(D(2012, 3, 5), language, suspended_on=D(2012, 3, 2)),
    )

    assert follows in before
    assert barred in after
    # The next stage has no name: what is said of it is as it was.
    assert after.count(barred.split(":")[0].split("：")[0]) == 1


def test_a_name_in_another_language_than_the_sentence_is_left_out():
    text = staged(20, 30).replace("id: no_calls_out,", "id: no_calls_out, title: {zh-hans: 限制呼出},")
    found = explain_history(load_pack(str(write_pack(text))), LineHistory(**NOTIFIED), D(2012, 1, 10))

    assert "限制呼出" not in " ".join(sentence.text for sentence in found)


def asked_again(on: dt.date, language: str = "en", **facts) -> str:
    pack = load_pack(str(write_pack(asking_again())))
    found = explain_history(pack, LineHistory(**ASKED_AGAIN | facts), on, language=language)
    return " ".join(sentence.text for sentence in found)


def test_a_registered_subscriber_learns_what_is_asked_again_and_by_when():
    text = asked_again(D(2012, 1, 10))

    assert "its registration was recorded on 29 June 2011" in text
    assert "Day 60 of 60 is 1 March 2012: the last day to verify the registration again." in text
    assert "Unless the registration is verified again, the line may be suspended from 2 March 2012 on" in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_who_is_registered_is_never_told_that_no_one_is(language):
    text = asked_again(D(2012, 3, 5), language, suspended_on=D(2012, 3, 2))

    assert ("verified again" in text) == (language == "en")
    assert ("再次核验登记" in text) == (language == "zh-hans")
    assert not [
        said for said in ("no one had registered", "Unless the line is registered", "未登记") if said in text
    ]


def test_a_line_whose_registration_is_not_asked_again_hears_of_no_clock():
    text = asked_again(D(2012, 3, 5), recorded_on=None, registered_on=D(2011, 7, 1), notices_delivered=())

    assert "not for this line's" in text
    assert "days have been counted" not in text
