"""The Tibetan keeps to one word for one thing, and a notice says in it as much as in English."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import rollkeeper
from rollkeeper.notices.choices import NoticeKind

PACKAGE = Path(rollkeeper.__file__).parent
CATALOGUE = PACKAGE / "site/locale/bo/LC_MESSAGES/django.po"
TABLES = ("law/sentences.toml", "reporting/labels.toml")
LISTS = ("agents/requirements.toml", "reporting/metrics.toml")
LETTER = "[\u0f40-\u0fbc]"

RETIRED = {
    "སྒེར་ཁང": "a private dwelling, not a shop: ཚོང་གཉེར་ཁང",
    "(?<!གཉེར་)ཚོང་ཁང|ཚོང་ཁང(?!་)": "one word for a shop: ཚོང་གཉེར་ཁང",
    "ལས་སྒོ": "one word for a shop: ཚོང་གཉེར་ཁང",
    "སྐུད་ལམ": "a wire: ཁ་པར་ཨང་གྲངས",
    f"(?<!{LETTER})(?<!ཆག་)ཐིག(?!{LETTER})": "a drawn line: ཁ་པར་ཨང་གྲངས",
    "ལག་གི་ལམ": "a road: ཁ་པར",
    "དམ་བཅའ": "a vow: རྒྱས་བཏབ",
    "དམ་རྒྱ": "one word for sealed: རྒྱས་བཏབ",
    "གྱོད་(གཞི|དོན)": "a lawsuit: ལས་དོན",
    "དཔང་འཛིན་ཁང": "a hall of witnesses: གཙོ་གཉེར་སྡེ་ཁག",
    "སྒྲིག་འཛུགས": "an organisation: སྒྲིག་སྦྱོར",
    "བརྗེད": "forgetful: སུབ",
    "ལས་འགུལ": "a movement: བྱེད་སྒོ",
    "ཉེན་རྟོག": "not the region's word for the police: སྤྱི་བདེ་ལས་ཁུངས",
    "གློག་འཕྲིན(?!་གཉེར་ལས)": "a telegram: གློག་རྡུལ་སྦྲག་ཡིག",
    "ཁྱེར་ཤོག": "an order: ཁྱེར་ཕེབས་རོགས",
    "མངག་ཉོ": "somebody who orders goods: སྤྱོད་མཁན",
    "འཛིན་བྱང|བྱུང་འཛིན": "one word for a receipt: འབྱོར་འཛིན",
    "ཚབ་ལས": "one word for an agent: བཅོལ་བའི་གཉེར་མཁན",
    "འགག་ལྡེ": "one word for a passkey: འཇུག་ལྡེ",
    "(?<!གནས་སྐབས་)(?<!ལག་བསྟར་)མཚམས་(མི་|མ་)?(འཇོག|བཞག|གཞག)": "stop: suspended is གནས་སྐབས་མཚམས་འཇོག, "
    "ended མཇུག་སྒྲིལ, and the clock does not count: དུས་མི་རྩི",
    "ཞབས་ཞུ་མཇུག་བསྡུ": "one word for the end: མཇུག་སྒྲིལ",
    r"\)s གོང|\}གོང": "before a day, which is itself the last: ཚུན",
    "[\u0f20-\u0f33]": "digits are 0 to 9 everywhere",
    f"{LETTER}[་།]? ?[,;:?!.]": "Latin punctuation",
    f"[,;?!]{LETTER}": "Latin punctuation",
}
"""What is out, each with why."""


def catalogue():
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id:
                yield from ((str(message.id), text) for text in texts if text)


def toml(path):
    return tomllib.loads((PACKAGE / path).read_text("utf-8"))


def tables():
    for path in TABLES:
        yield from ((f"{path} {key}", text) for key, text in toml(path)["bo"].items())
    for path in LISTS:
        raw = (PACKAGE / path).read_text("utf-8")
        yield from ((f"{path} {text}", text) for text in re.findall(r'\bbo = "([^"]*)"', raw))


def notices():
    for key, said in toml("notices/texts/bo.toml").items():
        if isinstance(said, dict):
            yield from ((f"notice {key}.{part}", text) for part, text in said.items())
        elif isinstance(said, str):
            yield f"notice {key}", said


def places(text):
    # English writes {days:day|days}, Tibetan has no plural.
    return Counter(re.findall(r"\{(\w+)(?::[^{}]*)?\}", text))


def sentences(text, end):
    return len([one for one in re.split(end, text) if len(one.strip()) > 3])


@pytest.mark.parametrize("term", RETIRED)
def test_a_retired_term_stays_out(term):
    pattern = re.compile(term)

    found = {
        where: RETIRED[term]
        for source in (catalogue, tables, notices)
        for where, text in source()
        if pattern.search(text)
    }

    assert not found


def test_detained_is_said_of_people_alone():
    found = {where for where, text in catalogue() if "བཀག་ཉར" in text}

    assert found <= {"In detention"}


def test_a_day_ends_in_its_tsheg_and_what_follows_touches_it():
    assert toml("notices/texts/bo.toml")["day"].endswith("་")

    for where, text in notices():
        assert "{day} " not in text, where
        assert not re.search(r"\{day\}(?!ཚུན|འདས|ཡིན)", text), where


@pytest.mark.parametrize("kind", [kind.value for kind in NoticeKind])
def test_a_notice_says_as_much_in_tibetan_as_in_english(kind):
    own, english = toml("notices/texts/bo.toml").get(kind, {}), toml("notices/texts/en.toml")[kind]

    assert places(own.get("text", english["text"])) == places(english["text"])
    assert places(own.get("short", english["short"])).keys() == places(english["short"]).keys()
    for part, said in own.items():
        needed = sentences(english[part], r"[.?!:]\s")
        assert sentences(said, r"།|ག ") >= 0.7 * needed, part
    if "text" in own:
        assert own["text"].count("\n\n") == english["text"].count("\n\n")
