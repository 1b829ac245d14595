# SPDX-License-Identifier: EUPL-1.2
"""An operator's wording in place of a standard text on one occasion: it obeys the rules of texts, and is written before anything is sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import looks_like_link, looks_like_number
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.texts import RenderedText, languages, read_language, say_fields

MARKS: Final = ("fields", "care", "code", "operator")
"""The marks that are filled in for each person; no text may leave one out."""
MOST: Final = 3_000
"""A letter of one page."""
_CALLABLE_FIGURES: Final = 7


def is_brief(channel: Channel, languages: Sequence[str]) -> bool:
    """Tell whether a notice is said in a sentence or two. A letter has one page, for any number of languages."""
    return channel.uses_line or (channel is Channel.POST and len(languages) > 1)


def standard_wordings() -> dict[str, str]:
    """Return the standard text of a notice that data was exposed, with its marks, in each language that has one."""
    found = {one: read_language(one).texts[NoticeKind.DATA_EXPOSED].text for one in languages()}
    return {language: text.strip("\n") for language, text in found.items() if text}


def missing_marks(text: str) -> list[str]:
    """Return the marks that a text lacks."""
    return [f"{{{one}}}" for one in MARKS if f"{{{one}}}" not in text]


def is_deceptive(text: str) -> bool:
    """Tell whether a text has what subscribers are told never to follow: a link, or a telephone number of someone else."""
    plain = re.sub("|".join(rf"\{{{one}\}}" for one in MARKS), " ", text)
    return (
        looks_like_link(plain)
        or "{" in plain
        or "}" in plain
        or looks_like_number(plain, figures=_CALLABLE_FIGURES)
    )


def is_usable(text: str) -> bool:
    """Tell whether a text may go out."""
    return len(text) <= MOST and not missing_marks(text) and not is_deceptive(text)


def keep_wording(wording_id: UUID, *, language: str, text: str) -> None:
    """Save the wording in one language. The caller has the authority, and makes sure that nothing was sent yet."""
    run(
        "INSERT INTO notices_wording (wording_id, language, text) VALUES (%s, %s, %s)"
        " ON CONFLICT (wording_id, language) DO UPDATE SET text = excluded.text",
        [wording_id, language, text.replace("\r\n", "\n").strip()],
    )


def wordings(wording_id: UUID) -> dict[str, str]:
    """Return the wording by language."""
    found = rows("SELECT language, text FROM notices_wording WHERE wording_id = %s", [wording_id])
    return {row.language: row.text for row in found}


def reworded(said: Sequence[RenderedText], row: Any, channel: Channel) -> tuple[RenderedText, ...]:
    """Return the texts of a notice in the operator's wording; short texts stay as they are."""
    if not row.wording or is_brief(channel, [one.language for one in said]):
        return tuple(said)
    return tuple(filled(one, row.wording, code=row.code, exposed=row.exposed or ()) for one in said)


def filled(
    one: RenderedText, wording: Mapping[str, str], *, code: str, exposed: Iterable[str]
) -> RenderedText:
    """Return a text in the operator's wording, if there is one in its language."""
    here, text = instance(), wording.get(one.language)
    if text is None:
        return one
    fields = say_fields(exposed, language=one.language)
    known = {"fields": fields, "care": here.care_number, "code": code, "operator": here.operator_name}
    return replace(one, text=re.sub(r"\{(fields|care|code|operator)\}", lambda mark: known[mark[1]], text))
