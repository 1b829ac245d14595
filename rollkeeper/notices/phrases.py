# SPDX-License-Identifier: EUPL-1.2
"""Parts of a text, which each language has under a name of its file: of a law's stages, and of what a decided case was about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rollkeeper.kernel.phrasing import looks_like_link
from rollkeeper.law.rights import ComplaintBody

CASES: Final = ("not_mine", "dispute", "appeal", "correct", "inherit", "forgery")
"""What a case can be about: `selfcare.choices.CaseKind`, by value."""
OF_CASES: Final = {f"case_{one}": frozenset[str]() for one in CASES} | {"case_complaint": frozenset({"body"})}
"""What is put into the notice that a case is decided, each with its required placeholders."""
NOTHING: Final = "nothing"
"""The phrase that is empty in every language."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Part of a text, which each language has under this name; with what the law calls it in brackets, where it has a name there."""

    key: str
    names: Mapping[str, str] = field(default_factory=dict)


def case_phrases(about: str | None, body: ComplaintBody | None) -> dict[str, str | Phrase]:
    """Return what the notice of a decided case names: what the case was about, and who decides a complaint where the law names them.

    The same whether the case was won or lost, so that a stranger learns nothing from it. A body that is named by a link is left out:
    no notice has one.
    """
    if about is None:
        return {}
    named = body if body and not looks_like_link(body.text) else None
    return {
        "case": Phrase(f"case_{about}"),
        "complaint": Phrase("case_complaint" if named else NOTHING),
        "body": named.text if named else "",
    }
