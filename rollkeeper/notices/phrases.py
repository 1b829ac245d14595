# SPDX-License-Identifier: EUPL-1.2
"""Phrases, which are parts of a text: about a law's stages, and about the subject of a decided case. Each language's file names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rollkeeper.kernel.phrasing import looks_like_link
from rollkeeper.law.rights import ComplaintBody

CASES: Final = ("not_mine", "dispute", "appeal", "correct", "inherit", "forgery")
"""What a case can be about: `selfcare.choices.CaseKind`, by value."""
OF_CASES: Final = {f"case_{one}": frozenset[str]() for one in CASES} | {"case_complaint": frozenset({"body"})}
"""The phrases of the notice that a case is decided, each with its required placeholders."""
NOTHING: Final = "nothing"
"""The phrase that is empty in every language."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Part of a text, which each language has under this name; the law's own name for it follows in brackets, if there is one."""

    key: str
    names: Mapping[str, str] = field(default_factory=dict)


def case_phrases(about: str | None, body: ComplaintBody | None) -> dict[str, str | Phrase]:
    """Return the phrases of the notice of a decided case: its subject, and the body that decides complaints if the law names one.

    They are the same whether the case was won or lost, so that a stranger learns nothing from them. A body that is named by a link is
    left out, since no notice has a link.
    """
    if about is None:
        return {}
    named = body if body and not looks_like_link(body.text) else None
    return {
        "case": Phrase(f"case_{about}"),
        "complaint": Phrase("case_complaint" if named else NOTHING),
        "body": named.text if named else "",
    }
