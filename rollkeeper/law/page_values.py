# SPDX-License-Identifier: EUPL-1.2
"""The values that rest on each article, as the page of a law lists them: in words where the page has words for them, otherwise as the pack
writes them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from pydantic import BaseModel

from rollkeeper.law.confirmations import citations
from rollkeeper.law.schema import PackFile
from rollkeeper.law.schema_people import PartyKind
from rollkeeper.law.strict_yaml import leaf_name, written_value

type Worded = Callable[[BaseModel, PartyKind | None], tuple[str, str] | None]
"""Returns the subject of a value and the value, both in words; None if the page has no words for it."""


def values_by_article(
    file: PackFile, *, worded: Worded, listed: Callable[[Iterable[str]], str], colon: str, mark: str
) -> dict[tuple[str, str], list[str]]:
    """Return for each article, with its instrument, a piece of HTML for each value that rests on it; values in words come first."""
    first = file.sources[0].id
    in_words: dict[tuple[str, str], list[_Words]] = {}
    in_fields: dict[tuple[str, str], list[str]] = {}
    for path, because in citations(file):
        parts: list[Any] = [file]
        for step in path[:-1]:
            parts.append(parts[-1][step] if isinstance(step, int) else getattr(parts[-1], step))
        article = because.source or first, because.article
        unread = "" if because.confirmed else f" [{mark}]"
        of, said = worded(parts[-1], next((one for one in parts if isinstance(one, PartyKind)), None)) or (
            "",
            "",
        )
        lines = in_words.setdefault(article, [])
        if said and of and lines and (lines[-1].of, lines[-1].mark) == (of, unread):
            lines[-1].said.append(said)
        elif said:
            lines.append(_Words(of, [said], unread))
        else:
            plain = ", ".join(_said(parts[-1]))
            field = f"{leaf_name(path[:-1])}{f': {plain}' if plain else ''}{unread}"
            in_fields.setdefault(article, []).append(f'<code class="govuk-body-s">{escape(field)}</code>')
    return {
        article: [
            *(escape((f"{one.of}{colon}" if one.of else "") + listed(one.said) + one.mark) for one in lines),
            *in_fields.get(article, ()),
        ]
        for article, lines in in_words.items()
    }


@dataclass(frozen=True, slots=True)
class _Words:
    """The values of one subject, in words, on one line."""

    of: str
    said: list[str]
    mark: str


def _said(part: BaseModel) -> Iterator[str]:
    """Yield the plain values of a part; the items of its lists are listed under their own articles."""
    for name, value in part:
        if name in {"because", "purpose", "what"} or value in (None, (), {}):
            continue
        if isinstance(value, BaseModel):
            inner = ", ".join(_said(value))
            yield f"{name} ({inner})" if inner else name
        elif isinstance(value, tuple):
            plain = [str(one) for one in value if not isinstance(one, BaseModel)]
            if plain:
                yield f"{name} {' '.join(plain)}"
        elif isinstance(value, dict):
            yield f"{name} {value.get('en') or next(iter(value.values()))}"
        else:
            yield f"{name} {written_value(value)}"
