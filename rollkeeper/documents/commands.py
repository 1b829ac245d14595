# SPDX-License-Identifier: EUPL-1.2
"""`rollkeeper documents`: check a number, a zone or a picture, redact a picture, draw specimens. Needs no instance."""

import datetime as dt
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rollkeeper.documents.errors import IMAGE_NOT_READABLE, NOTHING_TO_CHECK, OUTPUT_FILE_EXISTS
from rollkeeper.documents.image_intake import CopyRules, Mark, read_and_redact, read_document, worker_report
from rollkeeper.documents.mrz import check_mrz, looks_like_mrz
from rollkeeper.documents.reading.file_types import MAX_BYTES
from rollkeeper.documents.rules import check_number, normalise_number, normalise_type
from rollkeeper.documents.verdicts import PASSPORT, RESIDENT_CARD, Checked, Verdict
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import JsonOption, LookBackOption, emit, err, out, progress
from rollkeeper.kernel.instance import instance

PICTURES = (
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".heic",
    ".heif",
    ".pdf",
    ".tif",
    ".tiff",
    ".gif",
    ".bmp",
    ".avif",
    ".svg",
)
_SHOWN = ("name", "address", "document_type", "document_number")


class Attribute(StrEnum):
    """What a copy can show. Other values are refused, so that a misspelling does not hide a wanted field."""

    NAME = "name"
    ADDRESS = "address"
    DOCUMENT_TYPE = "document_type"
    DOCUMENT_NUMBER = "document_number"
    DOCUMENT_VALID_UNTIL = "document_valid_until"
    BIRTH_DATE = "birth_date"


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    documents = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None,
        help="Documents: check a number, a zone or a picture, redact a picture, draw specimens.",
    )  # fmt: skip
    documents.command("check")(check)
    documents.command("redact")(redact)
    documents.command("specimen")(specimen)
    documents.command("worker")(worker)
    app.add_typer(documents, name="documents")


def check(
    value: Annotated[
        str,
        typer.Argument(help="A number, the lines of a zone, or a picture's file; '-' reads standard input."),
    ],
    *,
    document_type: Annotated[
        str | None,
        typer.Option("--type", help="cn-resident-card, passport, passport-npl, in-aadhaar, mrz, …"),
    ] = None,
    as_json: JsonOption = False,
    on: LookBackOption = None,
) -> None:
    """Check an identity number, a machine-readable zone or a picture of a document (JPEG, PNG, WebP, HEIC, PDF).

    Prints valid, doubtful (check again) or invalid. For a picture it also prints what was read; the file is opened in a sandboxed
    process and not kept. Exit codes: 0 valid, 1 doubtful or invalid, 2 the call was wrong.

    Example: rollkeeper documents check --type cn-resident-card 11010519491231002X
    """
    day = on or clock.today()
    given, read = _given(value), dict[str, str]()
    if isinstance(given, str):
        kind, checked = _checked(given, document_type, day)
    else:
        kind, checked, read = _read(given, name="" if value == "-" else Path(value).name, on=day)
    answer: dict[str, Any] = {
        "type": kind,
        "verdict": checked.verdict.value,
        "normalised": checked.normalised,
        "reasons": [reason.value for reason in checked.reasons],
        "sentences": [reason.sentence for reason in checked.reasons],
    }
    if as_json:
        emit(answer | ({} if isinstance(given, str) else {"read": read}))
    else:
        out.print(f"{checked.verdict.value}: {checked.normalised}".rstrip(": "), markup=False)
        for reason in checked.reasons:
            out.print(f"  {reason.sentence}", markup=False)
        for name, said in read.items():
            out.print(f"  {name}: {said}", markup=False)
    raise typer.Exit(0 if checked.verdict is Verdict.VALID else 1)


def redact(
    picture: Annotated[Path, typer.Argument(help="A picture of a document.")],
    copy: Annotated[Path, typer.Argument(help="The copy to write (JPEG); it must not exist yet.")],
    *,
    purpose: Annotated[str, typer.Option(help="What the copy is for; written across it.")],
    show: Annotated[
        list[Attribute] | None, typer.Option(help="An attribute that the copy may show; repeat it.")
    ] = None,
    hide_middle: Annotated[bool, typer.Option(help="Hide the middle of the number.")] = False,
    on: LookBackOption = None,
) -> None:
    """Make a redacted copy of a document: it shows only the requested fields, with the purpose written across.

    If the positions of the fields are uncertain, no copy is made (exit code 1).

    Example: rollkeeper documents redact card.jpg copy.jpg --purpose "SIM registration" --hide-middle
    """
    day = on or clock.today()
    if copy.exists():
        raise OUTPUT_FILE_EXISTS(file=copy.name)
    intake = read_and_redact(
        _picture(picture), asked=(), copy=CopyRules(frozenset(show or _SHOWN), not hide_middle),
        mark=Mark(instance().operator_name, purpose, day), on=day, name=picture.name,
    )  # fmt: skip
    if intake.no_copy:
        err.print(f"No copy is made: {intake.no_copy.sentence}", markup=False)
        raise typer.Exit(1)
    for number, made in enumerate(intake.copies, start=1):
        file = copy if number == 1 else copy.with_stem(f"{copy.stem}-{number}")
        try:
            with file.open("xb") as written:
                written.write(made)
        except FileExistsError as fault:
            raise OUTPUT_FILE_EXISTS(file=file.name) from fault
        out.print(str(file), markup=False)


def specimen(
    folder: Annotated[Path, typer.Argument(help="The directory to write to; made if missing.")],
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="passport, identity-card, identity-card-large, visa, visa-small, cn-card-front, cn-card-back or all."
        ),
    ] = "all",
    seed: Annotated[
        int, typer.Option(min=0, help="Which invented person: the same seed, the same specimen.")
    ] = 1,
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many people, from this seed on.")] = 1,
    form: Annotated[str, typer.Option("--format", help="png, jpeg, webp or pdf.")] = "png",
    photographed: Annotated[
        bool, typer.Option(help="Like photographs at a counter: turned, skewed, blurred, half in shadow.")
    ] = False,
) -> None:
    """Draw specimen documents of people who do not exist, for tests and training. Each says SPECIMEN.

    Each picture has a JSON file with the printed text. Fonts come from Debian's packages fonts-ocr-b,
    fonts-noto-core and fonts-noto-cjk.

    Example: rollkeeper documents specimen specimens/ --kind passport --seed 7 --photographed
    """
    # Imported here because only this command draws.
    from rollkeeper.documents.specimens.files import kinds_called, write_specimens

    kinds = kinds_called(kind)
    with progress("Drawing specimens", total=count * len(kinds)) as bar:
        for file in write_specimens(
            folder, kinds=kinds, seeds=range(seed, seed + count), form=form, photographed=photographed
        ):
            bar.advance()
            out.print(str(file), markup=False)


def worker(*, as_json: JsonOption = False) -> None:
    """Start the sandboxed process that reads pictures and print the kernel restrictions that apply to it.

    Example: rollkeeper documents worker
    """
    held = worker_report()
    if as_json:
        emit({"enforced": list(held)})
    else:
        out.print("Enforced: " + ", ".join(held) + ".", markup=False)


def _given(value: str) -> str | bytes:
    """Return the given text, or the bytes of the named or piped picture."""
    given: str | bytes = value.replace("\\n", "\n")
    if value == "-":
        given = _piped()
    elif value.lower().endswith(PICTURES) or (
        len(value) < 200 and "\n" not in value and Path(value).is_file()
    ):
        given = _picture(Path(value))
    if isinstance(given, str) and not given.strip():
        raise NOTHING_TO_CHECK()
    return given


def _picture(path: Path) -> bytes:
    """Return a picture's bytes; for one that is too large, only enough to detect that."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise IMAGE_NOT_READABLE(why=(fault.strerror or "it cannot be opened").lower()) from fault


def _piped() -> str | bytes:
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        return data if len(data) > 10_000 or data.startswith(b"%PDF-") else data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def _read(data: bytes, *, name: str, on: dt.date) -> tuple[str, Checked, dict[str, str]]:
    asked = (*_SHOWN, "birth_date", "document_valid_until")
    proposed = read_document(data, asked=asked, on=on, name=name)
    return proposed.shape, proposed.checked, dict(proposed.values)


def _checked(text: str, document_type: str | None, on: dt.date) -> tuple[str, Checked]:
    kind = normalise_type(document_type) if document_type else None
    if kind == "mrz" or (kind is None and looks_like_mrz(text)):
        return "mrz", check_mrz(text, on=on)
    if kind is None:
        kind = RESIDENT_CARD if len(normalise_number(text)) in {15, 18} else PASSPORT
    return kind, check_number(kind, text, on)
