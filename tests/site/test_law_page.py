# SPDX-License-Identifier: EUPL-1.2
"""The law page: open to all in every app, in the reader's language, and the same as the command prints."""

import pytest
from django.test import Client


@pytest.mark.parametrize("name", ["backoffice", "portal", "counter"])
def test_everybody_reads_the_law_without_signing_in(app, name):
    app(name)

    page = Client().get("/law/", headers={"accept-language": "en"})

    assert page.status_code == 200
    said = page.content.decode()
    assert "110: police" in said
    assert "art. 9: What people publish and where they go online is recorded and handed over" in said
    assert "Rollkeeper maintainers" in said


def test_the_law_is_told_in_chinese(app):
    app("portal")

    said = Client().get("/law/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "自2012年1月1日起60日内" in said
    assert "法律有要求而本系统不做的事项" in said
    assert "<p>查验证件；留存的复印件遮盖无关内容" in said
    assert "民法通则，第一百五十四条" in said
    assert ' lang="en"' not in said.split("<article", 1)[1].split("</article>")[0]
    assert "状态：已确认" in said
    assert "110：匪警" in said
    assert "第二条第二款第二句：即时通信" in said
    assert "其下层规定：cn-2013" in said
    assert "<li>登记信息：合同终止后的年数：1（cn-2013：2）</li>" in said
    assert "。 " not in said


def test_a_law_without_a_tibetan_title_is_named_in_chinese_before_english(app):
    app("portal")

    said = Client().get("/law/", headers={"accept-language": "bo"}).content.decode()

    title = said.split("<title>")[1].split("</title>")[0]
    assert title.index("关于实行电话和互联网用户真实身份登记的决定") < title.index(
        "Decision on real-identity registration"
    )
    assert "⟦" not in title


@pytest.mark.parametrize(
    ("language", "said", "left"),
    [
        ("en", "One person: Full name, Address, Kind of document, Number of the document", "Mobile telephone, Data card, Fixed line"),
        ("zh-hans", "个人：姓名（名称）、住址、证件类型、证件号码", "移动电话、数据卡、固定电话"),
    ],
)  # fmt: skip
def test_what_rests_on_an_article_is_told_in_words(app, language, said, left):
    app("portal")

    page = Client().get("/law/", headers={"accept-language": language}).content.decode()

    assert f"<li>{said}</li>" in page
    assert f"<li>{left}</li>" in page
    assert "scope.services[" not in page
    assert "party_kinds[0].attributes" not in page
    assert "duties_of_people[" not in page
    assert "reason abroad" not in page


def test_a_citation_names_the_instrument_where_that_is_not_the_law_itself(app):
    app("portal")

    page = Client().get("/law/", headers={"accept-language": "en"}).content.decode()

    _, guardian = page.split(">The guardian</h3>", 1)
    assert "(operator, art. 3)" in guardian.split("</ul>")[0]


def test_a_tibetan_word_before_the_services_of_a_time_has_one_stroke(app):
    app("portal")

    said = Client().get("/law/", headers={"accept-language": "bo"}).content.decode()

    assert "ཐོ་འགོད་བྱས་པའི་ནང་དོན། དྲ་རྒྱའི་འཇུག་སྒོ་" in said
    assert "།།" not in said
