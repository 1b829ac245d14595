# SPDX-License-Identifier: EUPL-1.2
"""Receipts for people: as plain text, as a square to scan, as a PDF with its fonts in it.

One sheet has every language of the instance. Machines check the same text in all three places: after the labels of the plain
text, in the square, and as a file inside the PDF. It contains no personal data except references.
"""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from rollkeeper.kernel.accepted_languages import has_reader, spoken_here
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.extras import needs_extra
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import bracketed, cite, colon, write_day
from rollkeeper.kernel.side_by_side import as_plain_text, no_reader_note
from rollkeeper.ledger import notes
from rollkeeper.ledger.choices import ErasureGround
from rollkeeper.ledger.errors import FontsMissing
from rollkeeper.ledger.labels import action_label
from rollkeeper.ledger.receipts import REGISTRATIONS, LedgerReceipt
from rollkeeper.ledger.verbs import Verb

# Both are loaded when the first sheet or square is asked for: an app that only serves the page has no need of them.
if TYPE_CHECKING:
    import segno
    import typst

MAX_QR_BYTES = 2_900
"""A square holds 2,953 bytes at the most; a longer receipt is in the file, and the square holds its code."""
_MASK = 7
_LATIN, _MONO = "Noto Sans", "Noto Sans Mono"
_SCRIPTS = {"zh": "Noto Sans CJK SC", "bo": "Noto Serif Tibetan"}


@dataclass(frozen=True)
class ReceiptText:
    """A receipt in one language."""

    code: str
    title: str
    done: str
    day: str
    article: str
    more: list[str]
    code_label: str
    line_label: str
    colon: str
    foot: list[str]
    """What to do with it, what it proves, how to check it."""


def receipt_texts(receipt: LedgerReceipt) -> list[ReceiptText]:
    """Say a receipt in every language in which this instance speaks."""
    return [_text_in(language, receipt) for language in spoken_here()]


def plain_text(receipt: LedgerReceipt) -> str:
    """Return a receipt as a text: first for people, then, from its first line on, for machines."""
    said = [
        "\n".join([
            f"{text.title} - {instance().operator_name}", "", text.done,
            " - ".join(filter(None, [text.day, text.article, *text.more])),
            f"{text.code_label}{text.colon}{receipt.code}",
            f"{text.line_label}{text.colon}{receipt.entry.line_id or '-'}", "",
            *text.foot,
        ])
        for text in receipt_texts(receipt)
    ]  # fmt: skip
    return "\n\n\n".join([as_plain_text(one) for one in said] + [receipt.text])


def qr_svg(receipt: LedgerReceipt) -> str:
    """Return the square to scan as SVG, white behind it even on a dark page: the whole receipt, or its code if the receipt is too long."""
    out = io.BytesIO()
    _qr_code(receipt).save(out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, light="white")
    return out.getvalue().decode()


def pdf(receipt: LedgerReceipt) -> bytes:
    """Return a receipt as one sheet with its fonts and, as a file inside, its text. Refuses: FontsMissing."""
    text = receipt_texts(receipt)
    data = {
        "title": text[0].title, "operator": instance().operator_name, "origin": notes.origin(),
        "languages": [vars(one) for one in text], "code": receipt.code,
        "line": str(receipt.entry.line_id or "-"), "qr": qr_svg(receipt), "text": receipt.text,
        "qr_mm": 70 if len(receipt.text) > 1_200 else 60,
        "file": file_name(receipt, "tlog-proof"),
    }  # fmt: skip
    sheet = (files("rollkeeper") / "ledger" / "printouts" / "receipt.typ").read_bytes()
    return render_pdf(sheet, data, languages=spoken_here())


def render_pdf(sheet: bytes, data: Mapping[str, object], *, languages: Sequence[str]) -> bytes:
    """Return sheets as a PDF with the fonts of these languages in it; no file is written. Refuses: FontsMissing."""
    with needs_extra("print"):
        import typst

    fonts = _fonts()
    scripts = [one.partition("-")[0] for one in languages]
    wanted = [_LATIN, *(_SCRIPTS[one] for one in scripts if one in _SCRIPTS)]
    missing = [name for name in wanted if name not in fonts.families()]
    if missing:
        raise FontsMissing(fonts=", ".join(missing))
    chosen = {"fonts": wanted, "mono": _MONO if _MONO in fonts.families() else _LATIN}
    made = typst.Compiler(input=sheet, font_paths=fonts).compile(
        format="pdf", sys_inputs={"data": as_plain_text(json.dumps({**data, **chosen}, ensure_ascii=False))}
    )
    if not isinstance(made, bytes):
        raise TypeError("sheets are one file")
    return made


def file_name(receipt: LedgerReceipt, suffix: str) -> str:
    """Return the file name of a receipt: its code, without personal data."""
    return f"receipt-{receipt.code}.{suffix}"


def _qr_code(receipt: LedgerReceipt) -> "segno.QRCode":
    import segno

    text = receipt.text if len(receipt.text.encode()) <= MAX_QR_BYTES else receipt.code
    # A receipt looks like noise under each mask; comparing all eight, which texts with a pattern need, takes four times as long.
    return segno.make_qr(text, encoding="utf-8", error="L", boost_error=True, mask=_MASK)


@cache
def _fonts() -> "typst.Fonts":
    """Look once for the fonts of this machine."""
    with needs_extra("print"):
        import typst

    return typst.Fonts(include_embedded_fonts=False)


def _text_in(language: str, receipt: LedgerReceipt) -> ReceiptText:
    entry = receipt.entry
    with translation.override(language):
        return ReceiptText(
            code=language.partition("-")[0], title=_("Receipt"), done=action_label(entry.verb, entry.facts), day=_format_day(entry.day),
            article=cite(entry.article), more=_more(receipt), code_label=_("Code of the receipt"),
            line_label=_("Reference of the line"), colon=colon(),
            foot=[*_foot(receipt), *([] if has_reader(language) else [no_reader_note(language, spoken_here())])],
        )  # fmt: skip


def _foot(receipt: LedgerReceipt) -> list[str]:
    keep = _(
        "Keep this receipt. If the register ever says that you are not registered, the receipt outranks it: show it, and your line stays in service while we examine it."
    )
    proven = _("It proves that this act is in the public ledger.")
    signed = _(
        "The operator has signed for it. With the code you get the proof, at any counter, as soon as the ledger is published."
    )
    check = _(
        "To check it yourself, scan the square and give the text to the page for checking receipts: it works without a network."
    )
    standing = proven if receipt.is_proven else signed
    return [keep, standing, check] if receipt.entry.verb in REGISTRATIONS else [standing, check]


def _more(receipt: LedgerReceipt) -> list[str]:
    """Say what a certificate of erasure has beyond other receipts."""
    facts = receipt.entry.facts
    if receipt.entry.verb != Verb.RECORD_ERASED:
        return []
    kept = _("Last day kept: %(day)s.") % {"day": _format_day(str(facts.get("last_day_kept", "")))}
    return [label_of(str(facts.get("ground", "")), ErasureGround), kept]


def _format_day(text: str) -> str:
    try:
        return f"{write_day(dt.date.fromisoformat(text))}{bracketed(text)}"
    except ValueError:
        return text
