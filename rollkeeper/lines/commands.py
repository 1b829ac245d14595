# SPDX-License-Identifier: EUPL-1.2
"""The commands `vault open`, `vault alarms` and `ledger access-history`: here, because vault and ledger do not know lines.

An opened value is shown once, on an alternate terminal screen that is then wiped. The number and the passwords are asked for, or
read from standard input: arguments appear in the process list and in the shell's history.
"""

import dataclasses
import sys
from base64 import b64decode
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from django.utils import translation

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.terminal import ask, signed_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    err,
    group_called,
    out,
    show_table,
)
from rollkeeper.kernel.ids import PersonId
from rollkeeper.kernel.instance import open_instance
from rollkeeper.kernel.menu_input import typed_lines
from rollkeeper.kernel.side_by_side import as_plain_text
from rollkeeper.languages.queries import require_spoken
from rollkeeper.ledger.queries import missing_accesses
from rollkeeper.ledger.queries import receipt as proof_of
from rollkeeper.lines.access_history import accesses_by_number, person_accesses
from rollkeeper.lines.counter_codes import issue_codes
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.canaries import open_alarms, settle_alarms
from rollkeeper.vault.fields import Field, Purpose, field_label, purpose_label
from rollkeeper.vault.staff_sessions import open_vault_session


class PartOption(StrEnum):
    """Whose data, as named in files and forms."""

    SUBSCRIBER = "subscriber"
    USER = "user"
    BEARER = "bearer"
    GUARDIAN = "guardian"


class StaffPurpose(StrEnum):
    """The purposes that a person may give; Rollkeeper itself uses the others."""

    CORRECTION = Purpose.CORRECTION.value
    COMPLAINT = Purpose.COMPLAINT.value
    SUBSCRIBER_REQUEST = Purpose.SUBSCRIBER_REQUEST.value
    REVIEW = Purpose.REVIEW.value


def register(app: typer.Typer) -> None:
    """Add these commands to the vault's and the ledger's own."""
    if vault := group_called(app, "vault"):
        vault.command("open")(open_)
        vault.command("open-copy")(open_copy)
        vault.command("alarms")(alarms)
    app.command("counter-codes")(counter_codes)
    if ledger := group_called(app, "ledger"):
        ledger.command("access-history")(access_history)


def counter_codes() -> None:
    """Issue codes by which a counter finds a line, for the voice or text menu of the care number: a line in, a line out.

    Input: the calling number. Output, one JSON object a line: the code to tell the caller (do not store it) and for how many
    minutes it is valid; no code if the number is not a current line or got too many.

    Example: echo "13900001234" | rollkeeper counter-codes
    """
    open_instance()
    for said in issue_codes(console_authority(), typed_lines(), on=clock.today()):
        sys.stdout.write(canonical_bytes(said).decode() + "\n")
        sys.stdout.flush()


def open_(
    *,
    user: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="USER",
            help="Who opens; the password and the code of the authenticator app are asked for.",
        ),
    ],
    field: Annotated[Field, typer.Option("--field", help="Which one field.")],
    purpose: Annotated[
        StaffPurpose, typer.Option("--purpose", help="The purpose; it is written to the ledger.")
    ],
    part: Annotated[
        PartOption, typer.Option("--part", help="Whose data, on the line of a company or a minor.")
    ] = (PartOption.SUBSCRIBER),
    on: DateOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Open one field of one person, on a line found by its whole number or its reference. The ledger records it first.

    The password, the code of the authenticator app where there is one, and the number are asked for, or are lines of standard input
    in this order. A production instance refuses an account without a second factor. For a disclosure request of an authority use
    'rollkeeper disclosures'. The daily limits are 'vault.opens_per_day' for each person and 'vault.opens_per_day_total' for all,
    in settings.toml.

    Example: rollkeeper vault open --as officer-1 --field name --purpose subscriber_request
    """
    open_instance()
    session = open_vault_session(user)
    line = ask("Number or reference of the line")
    _show_once(
        session.ask(
            "open-field", line=line, field=field.value, purpose=purpose.value, part=_role_of(part).value
        )
    )


def open_copy(
    *,
    user: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="USER",
            help="Who opens; the password and the code of the authenticator app are asked for.",
        ),
    ],
    purpose: Annotated[
        StaffPurpose, typer.Option("--purpose", help="The purpose; it is written to the ledger.")
    ],
    part: Annotated[
        PartOption, typer.Option("--part", help="Whose data, on the line of a company or a minor.")
    ] = (PartOption.SUBSCRIBER),
    page: Annotated[int, typer.Option("--page", min=1, max=4, help="Which page or side.")] = 1,
    on: DateOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Open the copy of one document and write the picture to standard output, which must go to a viewer or a file.

    Works and counts like 'vault open'. The register does not protect what you write to a file.

    Example: rollkeeper vault open-copy --as officer-1 --purpose correction | feh -
    """
    if sys.stdout.isatty():
        raise typer.BadParameter("a picture is not for a terminal: pipe it to a viewer, as in '... | feh -'")
    open_instance()
    session = open_vault_session(user)
    line = ask("Number or reference of the line")
    copy = session.ask(
        "open-copy", line=line, purpose=purpose.value, part=_role_of(part).value, position=page - 1
    )
    sys.stdout.buffer.write(b64decode(copy))


def alarms(
    *,
    settle: Annotated[
        bool, typer.Option("--settle", help="Record that they were examined; needs --as.")
    ] = False,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", help="Who examined them.")] = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """List the alarms. Exit code 1 if any.

    Kinds: `canary`: an invented person was opened, whom staff have no reason to open. `limit`: all staff together reached
    'vault.opens_per_day_total'. `protected`: staff without the permission looked for a protected subscriber. `limit_of_lookups`,
    `limit_of_documents`: an account, or all staff together, reached a daily limit of the table `lines` in settings.toml.

    The ledger entry that is named says who did it. Staff cannot settle an alarm that they raised themselves.

    Example: rollkeeper vault alarms --settle --as officer-1
    """
    open_instance()
    if settle:
        settled = settle_alarms(_signed_in(user), on=on or clock.today())
        out.print(f"{counted(settled, 'alarm is', 'alarms are')} settled.")
        return
    found = open_alarms()
    if as_json:
        emit(
            [
                {
                    "at": a.raised_at.isoformat(),
                    "about": a.about.value,
                    "entry": a.entry_id,
                    "staff": a.staff_id,
                }
                for a in found
            ]
        )
    else:
        show_table(
            "Alarms", ("at", "about", "ledger entry", "reference of who opened"),
            [(f"{a.raised_at:%Y-%m-%d %H:%M} UTC", a.about.value, str(a.entry_id), str(a.staff_id or "no member of staff")) for a in found],
        )  # fmt: skip
    if found:
        raise typer.Exit(1)


def access_history(
    about: Annotated[str, typer.Argument(metavar="PERSON_REF|NUMBER", show_default=False)],
    as_json: JsonOption = False,
    language: Annotated[
        str, typer.Option("--language", metavar="CODE", help="In which language: en, zh-hans or bo.")
    ] = "en",
    on: LookBackOption = None,
) -> None:
    """List every access to one person's data, also by staff: when, in which role, which fields, for which purpose.

    Find the person by reference, or by the whole number of their line; finding by number is itself an access. Access to a line
    counts for the period in which it was the person's. With --json each has the receipt that discloses it and proves that it is
    published. An entry that was removed is named as missing, and the exit code is 1.

    Example: rollkeeper ledger access-history 01900000-0000-7000-8000-000000000000
    """
    open_instance()
    require_spoken(language)
    try:
        found, missing = person_accesses(console_authority(), PersonId(UUID(about))), missing_accesses()
    except ValueError:
        by_number = accesses_by_number(console_authority(), about, on=on or clock.today())
        found, missing = list(by_number.accesses), list(by_number.missing)
    if as_json:
        emit(
            [
                *(dataclasses.asdict(one) | {"receipt": proof_of(one.entry_id)} for one in found),
                *(dataclasses.asdict(one) | {"missing": True} for one in missing),
            ]
        )
        raise typer.Exit(1 if missing else 0)
    with translation.override(language):
        show_table(
            "Access history",
            ("when", "who", "at what", "what for", "in the ledger"),
            [
                (
                    f"{one.at.astimezone(clock.zone()):%Y-%m-%d %H:%M:%S}", as_plain_text(label_of(one.role, StaffRole)),
                    as_plain_text(field_label(one.field)), as_plain_text(purpose_label(one.purpose)),
                    "not published" if one.leaf_index is None else str(one.leaf_index),
                )
                for one in found
            ],
        )  # fmt: skip
    for one in missing:
        err.print(
            f"Entry {one.entry_id:,} of {one.day} is missing: it was removed, and may have been an access."
        )
    raise typer.Exit(1 if missing else 0)


def _role_of(part: PartOption) -> PartyRole:
    return next(one for one in PartyRole if one.key == part.value)


def _signed_in(user: str | None) -> Authority:
    if user is None:
        raise typer.BadParameter("Say who: --as USER.")
    return signed_in(user)


def _show_once(value: str) -> None:
    """Show a value on an alternate terminal screen; if standard output is not a terminal, write it there."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stdout.write(value + "\n")
        return
    with out.screen():
        out.print(value, markup=False, highlight=False)
        typer.prompt("Enter wipes it", default="", show_default=False, hide_input=True)
    err.print("It was shown once and is not stored.", markup=False)
