# SPDX-License-Identifier: EUPL-1.2
"""The reference pack with an invented body that decides complaints."""

from typing import Final

from tests.builders.packs import REFERENCE

BODY: Final = {
    "en": "The Telephone Ombudsman of Example Province, 1 Invented Road, Example City",
    "zh-hans": "示例省电话申诉中心，示例市虚构路 1 号",
}


def complaining(*, text: str | None = None, is_confirmed: bool = True) -> str:
    """Return the text of the reference pack with rights that name this body, or with `text` for them."""
    said = ", ".join(f'{language}: "{name}"' for language, name in BODY.items()) if text is None else text
    because = '{article: "12"}' if is_confirmed else '{article: "12", confirmed: false}'
    chapter = f"\nrights: {{complain_to: {{{said}}}, because: {because}}}\nnumber_reuse:"
    changed = REFERENCE.replace("\nnumber_reuse:", chapter, 1)
    assert changed != REFERENCE
    return changed
