# SPDX-License-Identifier: EUPL-1.2
"""The texts that subscribers get, from one file for each language, checked when they are read.

Texts are data so that a native reader can improve them without reading code. A text with a missing or unknown placeholder, and
anything that looks like a link, does not load. A text contains no number of the law: the notice supplies the promised day, the
pack the days of suspension.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from django.utils import translation

from rollkeeper.kernel.accepted_languages import SOURCE, spoken_of
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import Count, listed, looks_like_link
from rollkeeper.kernel.side_by_side import CHINESE, ENGLISH, TIBETAN, as_plain_text
from rollkeeper.law.calendars import Term
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.errors import LINK_IN_NOTICE, TEXT_FAULT
from rollkeeper.notices.phrases import NOTHING, OF_CASES, Phrase
from rollkeeper.notices.settings import settings
from rollkeeper.notices.stage_facts import ASKED_AGAIN, STAGED, StageFacts
from rollkeeper.vault.fields import field_label

_STAND_INS: Final = (CHINESE, ENGLISH)
"""The languages in which a text goes out if it has no Tibetan version."""
_OF_EVERY_LANGUAGE: Final = frozenset({"opening", "opening_spoken"})
_EVERYWHERE: Final = frozenset({"operator", "care", "code"})
_ALONE: Final = {
    "receipt_short": frozenset({"receipt"}),
    "receipt_text": frozenset({"receipt"}),
    "voice_text": frozenset({"key"}),
    "code_text": _EVERYWHERE | {"minutes"},
    "letter_subject": frozenset(),
    "letter_text": _EVERYWHERE | {"days"},
    "slip_text": frozenset({"operator"}),
    "cover_text": frozenset({"count"}),
    "again_text": frozenset({"count"}),
    "opening": frozenset({"operator"}),
    "opening_spoken": frozenset({"operator"}),
}
"""Texts that are not notices, each with its required placeholders."""
_PHRASES: Final = {
    **{f"{what}_{level.value}": frozenset[str]() for what in ("bars", "works") for level in BarLevel},
    "later": frozenset[str](), "later_bars": frozenset[str](),
    "later_end": frozenset({"days"}), "later_bars_end": frozenset({"days"}),
    "later_end_months": frozenset({"length"}), "later_bars_end_months": frozenset({"length"}),
    "length_month": frozenset[str](), "length_months": frozenset({"months"}),
    "length_days_month": frozenset({"days"}), "length_days_months": frozenset({"days", "months"}),
    "length_month_days": frozenset({"days"}), "length_months_days": frozenset({"months", "days"}),
    "named": frozenset({"said", "stage"}),
    "then": frozenset[str](), "then_bars": frozenset({"day", "next_bars"}), "then_end": frozenset({"day"}),
}  # fmt: skip
"""The phrases that are put into texts, each with its required placeholders."""


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of notice in one language."""

    subject: str | None
    short: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Language:
    """All texts of one language, and how it writes a day. Tibetan may lack texts: None."""

    language: str
    day: str
    months: tuple[str, ...]
    texts: dict[NoticeKind, Text]
    opening: str
    """The beginning of every short text: the signature of an SMS."""
    opening_spoken: str
    """The beginning of a spoken or printed short text instead."""
    receipt_short: str | None
    """What a short text adds if the notice is about something with a receipt."""
    receipt_text: str | None
    voice_text: str | None
    """The request at the end of a call."""
    code_text: str | None
    """The text with a one-time code to a line."""
    letter_subject: str | None
    letter_text: str | None
    """The letter with a one-time code."""
    slip_text: str | None
    """The text on the slip that is torn off a letter."""
    cover_text: str | None
    again_text: str | None
    """The text on the cover sheet of letters, and about those that may have been printed before."""
    staged: dict[NoticeKind, Text]
    """The texts under a law whose bars leave something, or that has several bars, or no end. Tibetan may lack them."""
    again: dict[NoticeKind, Text]
    """The texts to registered subscribers who must verify their registration again. Tibetan may lack them."""
    over: dict[NoticeKind, Text]
    """The texts to subscribers who have more lines than the law lets one person have. Tibetan may lack them."""
    phrases: dict[str, str]
    """The phrases that are put into these texts: what a bar takes, what it leaves, and what follows."""

    def of(self, kind: NoticeKind, stage: StageFacts | None) -> Text:
        """Return the text of a kind of notice."""
        if stage is not None and stage.lines is not None:
            return self.over[kind]
        return (self.texts if stage is None else self.again if stage.asks_again else self.staged)[kind]

    def write_day(self, day: dt.date) -> str:
        """Write a day as this language does."""
        return self.day.format(d=day.day, month=self.months[day.month - 1], year=day.year)


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text to be sent, in one language."""

    language: str
    subject: str
    text: str


def write_notice(  # noqa: PLR0913 - one text, with all that can be in it
    kind: NoticeKind,
    *,
    language: str,
    brief: bool,
    promised_on: dt.date | None,
    suspension: Term | None,
    code: str,
    operator: str,
    care: str,
    signature: str | None = None,
    named: Mapping[str, str | Phrase] | None = None,
    receipt: str | None = None,
    key: str | None = None,
    stage: StageFacts | None = None,
) -> RenderedText:
    """Write a notice, with the code of its receipt if it has one and the `key` that a call asks for.

    `signature`: of an SMS, empty if its gateway signs it. `named`: what else the text of this kind names: the title of the
    `law` that makes it a duty to inform, the `fields` that were exposed, or the `case` that was decided.

    `stage`: given if the law's stages need more words than that service stops and then the contract ends.

    `brief`: in a sentence or two, as it goes to a telephone. Refuses: LINK_IN_NOTICE, where the operator's name or number would make a
    link of it.
    """
    facts: dict[str, Any] = {
        "operator": operator,
        "care": care,
        "code": code,
        "day": promised_on,
        "days": suspension.days if suspension else None,
        "months": suspension.months if suspension else None,
    } | dict(named or {})
    if stage is not None:
        names = (
            {} if brief else stage.names
        )  # a telephone shows few words: they say what stops, without the law's names
        facts |= {"lines": stage.lines} if stage.lines is not None else {}
        facts |= {name: Phrase(key, names.get(name, {})) for name, key in stage.phrases(kind).items()}
    if brief:
        body = _opened(language, lambda one: one.of(kind, stage).short, signature=signature, facts=facts)
    else:
        body = _written(language, lambda one: one.of(kind, stage).text, facts=facts)
    if receipt is not None and brief:
        body += _written(language, lambda one: one.receipt_short, facts={"receipt": receipt}, between="")
    elif receipt is not None:
        body += "\n\n" + _written(language, lambda one: one.receipt_text, facts={"receipt": receipt})
    if key is not None:
        body += _written(language, lambda one: one.voice_text, facts={"key": key}, between="")
    subject = _written(language, lambda one: one.of(kind, stage).subject, facts=facts, between=" · ")
    written = RenderedText(language, subject, body)
    if looks_like_link(written.subject) or looks_like_link(written.text):
        raise LINK_IN_NOTICE(text=kind.value)
    return written


def write_code(
    code: str, *, language: str, minutes: int, operator: str, care: str, signature: str | None = None
) -> str:
    """Write the message that carries a one-time code. Refuses: LINK_IN_NOTICE."""
    facts = {"code": code, "minutes": minutes, "operator": operator, "care": care}
    written = _opened(language, lambda one: one.code_text, signature=signature, facts=facts)
    if looks_like_link(written):
        raise LINK_IN_NOTICE(text="code_text")
    return written


def write_code_letter(code: str, *, language: str, days: int, operator: str, care: str) -> RenderedText:
    """Write the letter that carries a one-time code. Refuses: LINK_IN_NOTICE."""
    facts = {"code": code, "days": days, "operator": operator, "care": care}
    written = RenderedText(
        language,
        _written(language, lambda one: one.letter_subject, facts=facts, between=" · "),
        _written(language, lambda one: one.letter_text, facts=facts),
    )
    if looks_like_link(written.subject) or looks_like_link(written.text):
        raise LINK_IN_NOTICE(text="letter_text")
    return written


def say_fields(fields: Iterable[str], *, language: str) -> str:
    """Write which fields were exposed, in a language."""
    with translation.override(language):
        return as_plain_text(listed(dict.fromkeys(_within(field_label(one)) for one in fields)))


def _within(label: str) -> str:
    """Write a label inside a sentence; a label that begins with an abbreviation stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def sms_signature() -> str:
    """Return the signature of an SMS, empty if the gateway signs it."""
    chosen = settings()
    return "" if chosen.sms_signed_by_gateway else chosen.sms_signature or instance().operator_name


def _opened(
    language: str, part: Callable[[Language], str | None], *, signature: str | None, facts: dict[str, Any]
) -> str:
    """Write a short text, which begins once: with the signature in an SMS, with the operator's name elsewhere."""
    chosen = read_language(language)
    text = part(chosen)
    if text is None:
        return "\n".join(
            _opened(one, part, signature="" if is_second else signature, facts=facts)
            for is_second, one in enumerate(spoken_of(_STAND_INS))
        )
    opening = chosen.opening_spoken if signature is None else chosen.opening if signature else ""
    begun = opening.format(operator=facts["operator"] if signature is None else signature)
    said = _filled(text.strip().removeprefix(chosen.opening), chosen, facts)
    return begun + said if begun else said[:1].upper() + said[1:]


def _written(
    language: str,
    part: Callable[[Language], str | None],
    *,
    facts: Mapping[str, Any],
    between: str = "\n\n",
) -> str:
    """Write one text in a language; a text without a Tibetan version is written in Chinese and then in English."""
    chosen = read_language(language)
    text = part(chosen)
    if text is None:
        return between.join(
            _written(one, part, facts=facts, between=between) for one in spoken_of(_STAND_INS)
        )
    return _filled(text.strip("\n"), chosen, facts)


def _filled(text: str, chosen: Language, facts: Mapping[str, Any]) -> str:
    known = dict(facts) | {
        name: Count(fact) if isinstance(fact, int) else chosen.write_day(fact)
        for name, fact in facts.items()
        if isinstance(fact, int | dt.date)
    }
    said = {name: fact for name, fact in facts.items() if isinstance(fact, Phrase)}
    # The phrase `follows` comes last, since it may use `next_bars`.
    for name in sorted(said, key=lambda one: one == "follows"):
        known[name] = chosen.phrases[said[name].key].format(**known)
        if called := said[name].names.get(chosen.language):
            known[name] = chosen.phrases["named"].format(said=known[name], stage=called)
    return text.format(**known)


def write_slip(language: str, *, operator: str) -> str:
    """Write what the slip of a letter says."""
    return _written(language, lambda one: one.slip_text, facts={"operator": operator})


def write_cover(language: str, *, count: int, again: int) -> list[str]:
    """Write the cover sheet of `count` letters; `again` of them may have been printed before."""
    chosen = best_language(language, offered=[])
    said = [_written(chosen, lambda one: one.cover_text, facts={"count": count})]
    if again:
        said.append(_written(chosen, lambda one: one.again_text, facts={"count": again}))
    return said


@cache
def languages() -> tuple[str, ...]:
    """Return the languages for which there are texts."""
    names = (entry.name for entry in (files("rollkeeper") / "notices" / "texts").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def best_language(wanted: str, *, offered: Sequence[str]) -> str:
    """Return the language to answer in: the one asked for, else the first offered that can be written in, else English.

    For texts that cannot wait for a native reader, because a person is waiting: a one-time code, a cover sheet.
    """
    return next(iter(_writable([wanted, *offered])), SOURCE)


def languages_to_write_in(wanted: str, *, offered: Sequence[str]) -> list[str]:
    """Return only the subscriber's language; if it is not known or has no texts to send, return each offered language that has.

    Empty if no language was accepted: a notice in English, which was not chosen, would count as proof that the subscriber was
    notified.
    """
    return _writable([wanted]) or _writable(offered)


def _writable(wanted: Sequence[str]) -> list[str]:
    """Return the languages among these whose texts this instance may send."""
    known = languages()
    return spoken_of(one for one in wanted if one in known)


def languages_of(notice_in: str) -> list[str]:
    """Return the languages in which this instance writes a notice stored with this language; none if the notice must wait."""
    return languages_to_write_in(notice_in, offered=settings().languages or instance().languages)


def languages_with(kind: NoticeKind, wanted: Sequence[str]) -> list[str]:
    """Return the languages in which one kind of notice goes out: Chinese and English replace a missing Tibetan text."""
    found = [
        one
        for language in wanted
        for one in (
            (language,) if read_language(language).texts[kind].text is not None else spoken_of(_STAND_INS)
        )
    ]
    return list(dict.fromkeys(found))


@cache
def read_language(language: str) -> Language:
    """Read and check one file. Refuses: TEXT_FAULT, all faults at once."""
    raw = (files("rollkeeper") / "notices" / "texts" / f"{language}.toml").read_text("utf-8")
    return parse_language(raw, file=f"{language}.toml")


def parse_language(raw: str, *, file: str) -> Language:
    """Read and check the text of one file. Refuses: TEXT_FAULT, all faults at once."""
    try:
        table = tomllib.loads(raw)
    except tomllib.TOMLDecodeError as fault:
        raise TEXT_FAULT(file=file, text="(the whole file)", why=f"it is not TOML: {fault}") from fault

    def may_lack(text: object) -> bool:
        return text is None and table.get("language") == TIBETAN

    faults = [
        TEXT_FAULT(file=file, text=f"{kind}.{part}", why=why)
        for kind in NoticeKind
        for part, allowed, needed in _parts(kind)
        if not may_lack(text := table.get(kind.value, {}).get(part))
        and (why := _fault_of(text, allowed=allowed, needed=needed))
    ]
    faults += [
        TEXT_FAULT(file=file, text=part, why=why)
        for part, needed in _ALONE.items()
        if part in _OF_EVERY_LANGUAGE or not may_lack(table.get(part))
        if (why := _fault_of(table.get(part), allowed=needed, needed=needed))
    ]
    faults += [
        TEXT_FAULT(file=file, text=part, why="it does not begin with the opening")
        for part, text in _short_texts(table)
        if not text.startswith(str(table.get("opening")))
    ]
    faults += _stage_faults(table, file=file)
    faults += [
        TEXT_FAULT(file=file, text=f"cases.{key}", why=why)
        for key, needed in (OF_CASES.items() if NoticeKind.CASE_DECIDED.value in table else ())
        if (why := _fault_of(_of_cases(table, key), allowed=needed, needed=needed))
    ]
    if len(table.get("months", ())) != 12:
        faults.append(TEXT_FAULT(file=file, text="months", why="there are twelve"))
    if _placeholders(str(table.get("day"))) != {"d", "month", "year"}:
        faults.append(TEXT_FAULT(file=file, text="day", why="it needs {d}, {month} and {year}"))
    raise_all(faults)
    return _language(table)


def _parts(kind: NoticeKind) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Return the parts of a text, each with the placeholders that it may have and those that it must have."""
    whole = (
        _EVERYWHERE
        | ({"day"} if kind.promises_date else set())
        | ({"days"} if kind.is_statutory else set())
        | ({"case"} if kind is NoticeKind.CASE_DECIDED else set())
    )
    more = {NoticeKind.DATA_EXPOSED: {"fields"}, NoticeKind.CASE_DECIDED: {"complaint"}}.get(
        kind, {"law"} if kind.is_statutory else set()
    )
    subject = whole - {"code", "care", "days", "case"}
    return (
        ("subject", subject, frozenset()),
        ("short", whole, whole),
        ("text", whole | more, whole),
    )


def _stage_faults(table: dict[str, Any], *, file: str) -> Iterator[RollkeeperError]:
    """Yield the faults of the texts for a law with several bars; Tibetan may have no such texts."""
    stages = table.get("stages")
    if stages is None and table.get("language") == TIBETAN:
        return
    stages = stages or {}
    for where, kinds in (("stages", STAGED), ("again", ASKED_AGAIN), ("over", ASKED_AGAIN)):
        said = table.get(where, {})
        for kind in kinds:
            whole = (
                _EVERYWHERE
                if kind not in STAGED
                else _EVERYWHERE | {"bars", "follows"} | ({"day"} if kind.is_statutory else {"works"})
            ) | ({"lines"} if where == "over" else set())
            for part, allowed, needed in (
                ("subject", {"operator", "day"}, ()), ("short", whole, whole), ("text", whole | {"law"}, whole),
            ):  # fmt: skip
                text = said.get(kind.value, {}).get(part)
                if why := _fault_of(text, allowed=frozenset(allowed), needed=frozenset(needed)):
                    yield TEXT_FAULT(file=file, text=f"{where}.{kind}.{part}", why=why)
    for key, needed in _PHRASES.items():
        text = stages.get(key)
        if text != "" and (why := _fault_of(text, allowed=needed | {"care"}, needed=needed)):
            yield TEXT_FAULT(file=file, text=f"stages.{key}", why=why)


def _short_texts(table: dict[str, Any]) -> list[tuple[str, str]]:
    shorts = [
        (f"{kind}.short", one["short"])
        for kind in NoticeKind
        if isinstance(one := table.get(kind.value), dict) and isinstance(one.get("short"), str)
    ]
    code_text = table.get("code_text")
    return [*shorts, ("code_text", code_text)] if isinstance(code_text, str) else shorts


def _fault_of(text: object, *, allowed: frozenset[str], needed: frozenset[str]) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "it is missing"
    found = _placeholders(text)
    if found is None:
        return "its braces do not match"
    if found - allowed:
        return f"nothing is put in for {{{min(found - allowed)}}}"
    if needed - found:
        return f"it lacks {{{min(needed - found)}}}"
    return "it carries something that looks like a link" if looks_like_link(text) else None


def _placeholders(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def _texts_of(table: dict[str, Any]) -> dict[NoticeKind, Text]:
    return {
        kind: Text(said.get("subject"), said.get("short"), said.get("text"))
        for kind in NoticeKind
        for said in [table.get(kind.value, {})]
    }


def _language(table: dict[str, Any]) -> Language:
    return Language(
        language=table["language"],
        day=table["day"],
        months=tuple(table["months"]),
        texts=_texts_of(table),
        opening=table["opening"],
        opening_spoken=table["opening_spoken"],
        receipt_short=table.get("receipt_short"),
        receipt_text=table.get("receipt_text"),
        voice_text=table.get("voice_text"),
        code_text=table.get("code_text"),
        letter_subject=table.get("letter_subject"),
        letter_text=table.get("letter_text"),
        slip_text=table.get("slip_text"),
        cover_text=table.get("cover_text"),
        again_text=table.get("again_text"),
        staged=_texts_of(table.get("stages", {})),
        again=_texts_of(table.get("again", {})),
        over=_texts_of(table.get("over", {})),
        phrases={key: table.get("stages", {}).get(key, "") for key in _PHRASES}
        | {key: _of_cases(table, key) or "" for key in OF_CASES}
        | {NOTHING: ""},
    )


def _of_cases(table: dict[str, Any], key: str) -> str | None:
    found: str | None = table.get("cases", {}).get(key.removeprefix("case_"))
    return found
