# SPDX-License-Identifier: EUPL-1.2
"""`rollkeeper documents check`: a number or a machine-readable zone, checked. Needs no home, keeps nothing."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.documents.reasons import Checked, Verdict
from rollkeeper.kernel.console import DateOption, JsonOption, emit, out

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".pdf", ".tif", ".tiff", ".gif", ".bmp")


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    documents = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Documents: check a number or a zone."
    )
    documents.command("check")(check)
    app.add_typer(documents, name="documents")


def check(
    value: Annotated[str, typer.Argument(help="A number or the lines of a zone; '-' reads standard input.")],
    *,
    document_type: Annotated[
        str | None,
        typer.Option("--type", help="cn-resident-card, passport, passport-nep, in-aadhaar, mrz, …"),
    ] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Check an identity number or a machine-readable zone: valid, doubtful (a second look) or invalid.

    Exit codes: 0 valid, 1 doubtful or invalid, 2 the call was wrong. Pictures are not read yet.

    Example: rollkeeper documents check --type cn-resident-card 11010519491231002X
    """
    from rollkeeper.kernel import clock

    kind, checked = _checked(_text(value), document_type, on or clock.today())
    answer = {
        "type": kind,
        "verdict": checked.verdict.value,
        "normalised": checked.normalised,
        "reasons": [reason.value for reason in checked.reasons],
        "sentences": [reason.sentence for reason in checked.reasons],
    }
    if as_json:
        emit(answer)
    else:
        out.print(f"{checked.verdict.value}: {checked.normalised}".rstrip(": "), markup=False)
        for reason in checked.reasons:
            out.print(f"  {reason.sentence}", markup=False)
    raise typer.Exit(0 if checked.verdict is Verdict.VALID else 1)


def _text(value: str) -> str:
    from rollkeeper.documents.errors import NothingToCheck, PictureNotRead

    if value.lower().endswith(PICTURES) or (len(value) < 200 and "\n" not in value and Path(value).is_file()):
        raise PictureNotRead
    text = sys.stdin.read(10_000) if value == "-" else value.replace("\\n", "\n")
    if not text.strip():
        raise NothingToCheck
    return text


def _checked(text: str, document_type: str | None, on: dt.date) -> tuple[str, Checked]:
    from rollkeeper.documents.mrz import check_mrz, looks_like_mrz
    from rollkeeper.documents.rules import (
        PASSPORT,
        RESIDENT_CARD,
        check_number,
        normalise_number,
        normalise_type,
    )

    kind = normalise_type(document_type) if document_type else None
    if kind == "mrz" or (kind is None and looks_like_mrz(text)):
        return "mrz", check_mrz(text, on=on)
    if kind is None:
        kind = RESIDENT_CARD if len(normalise_number(text)) in {15, 18} else PASSPORT
    return kind, check_number(kind, text, on)
