# SPDX-License-Identifier: EUPL-1.2
"""The commands under `disclosures`.

Numbers, references and passwords are asked for, or are lines of standard input: arguments appear in the process list and in the
shell's history.
"""

import dataclasses
import datetime as dt
import sys
from base64 import b64decode
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.access.terminal import ask, signed_in
from rollkeeper.disclosures import authorities as services
from rollkeeper.disclosures import queries
from rollkeeper.disclosures.answers import write_new
from rollkeeper.disclosures.choices import DeferralReason, Instrument, RefusalReason
from rollkeeper.disclosures.due_actions import run_due_disclosures
from rollkeeper.disclosures.statistics import year_table
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    out,
    read_date,
    show_table,
)
from rollkeeper.kernel.instance import open_instance
from rollkeeper.vault.fields import Field
from rollkeeper.vault.staff_sessions import open_vault_session

UserOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="USER",
        help="Who does it; the password and the code of the authenticator app are asked for.",
    ),
]
DisclosureArgument = Annotated[UUID, typer.Argument(metavar="REQUEST", show_default=False)]
AuthorityArgument = Annotated[UUID, typer.Argument(metavar="AUTHORITY", show_default=False)]
HeldOption = Annotated[
    dt.date,
    typer.Option(
        "--held-on", parser=read_date, metavar="DATE", help="The day for which the subscriber is asked."
    ),
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Disclosure requests by authorities about one person.",
    )
    group.command()(authorities)
    group.command("propose-authority")(propose_authority)
    group.command("approve-authority")(approve_authority)
    group.command("remove-authority")(remove_authority)
    group.command()(enter)
    group.command("list")(list_)
    group.command()(document)
    group.command()(approve)
    group.command()(refuse)
    group.command("defer")(defer)
    group.command()(answer)
    group.command("delivered")(delivered)
    group.command("run")(run_due)
    group.command()(count)
    app.add_typer(group, name="disclosures")


def authorities(as_json: JsonOption = False) -> None:
    """List the authorities: which are approved, and until when their keys are used.

    Example: rollkeeper disclosures authorities
    """
    open_instance()
    found = queries.authorities(console_authority())
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Authorities", ("authority", "kind", "key until", "status", "reference"),
        [
            (one.title, one.kind, str(one.valid_until),
             f"ended on {one.removed_on}" if one.removed_on else "approved" if one.is_approved else "proposed",
             str(one.authority_id))
            for one in found
        ],
    )  # fmt: skip


def propose_authority(
    title: Annotated[str, typer.Argument(help="The authority's name; an office, never a person.")],
    *,
    user: UserOption,
    kind: Annotated[str, typer.Option("--kind", help="Its kind in the pack (disclosure[].to).")],
    key: Annotated[
        str, typer.Option("--key", metavar="AGE1...", help="Its public key, made with age-keygen.")
    ],
    until: Annotated[
        dt.date, typer.Option("--until", parser=read_date, metavar="DATE", help="Last day of the key.")
    ],
    on: DateOption = None,
) -> None:
    """Add an authority with its key; another person approves it. The password is asked for.

    Example: rollkeeper disclosures propose-authority "People's Court" --as super-1 --kind court --key age1... --until 2013-12-31
    """
    open_instance()
    made = services.propose_authority(
        signed_in(user),
        title=title,
        kind=kind,
        public_key=key,
        valid_until=until,
        on=on or clock.today(),
    )
    out.print(
        f"{made}: proposed. Another person approves it with the fingerprint that the authority reads out:",
        markup=False,
    )
    out.print(f"  printf '%s' {key.strip()} | sha256sum", markup=False)


def approve_authority(authority: AuthorityArgument, *, user: UserOption, on: DateOption = None) -> None:
    """Approve an authority, as the second person. The password and then the fingerprint as it was read out are asked for.

    Get the fingerprint by another channel than the key: call a number that you know from another source.

    Example: rollkeeper disclosures approve-authority 01900000-0000-7000-8000-000000000000 --as officer-1
    """
    open_instance()
    who = signed_in(user)
    services.approve_authority(
        who, authority, read_out=ask("Fingerprint as read out"), on=on or clock.today()
    )
    out.print("Approved.")


def remove_authority(authority: AuthorityArgument, *, user: UserOption, on: DateOption = None) -> None:
    """Remove an authority at once: its key is no longer used. The password is asked for.

    Example: rollkeeper disclosures remove-authority 01900000-0000-7000-8000-000000000000 --as officer-1
    """
    open_instance()
    services.remove_authority(signed_in(user), authority, on=on or clock.today())
    out.print("Ended.")


def enter(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="The instrument, scanned. It is sealed as it is.",
            exists=True,
            dir_okay=False,
        ),
    ],
    *,
    user: UserOption,
    authority: Annotated[UUID, typer.Option("--authority", help="Its reference in the list.")],
    instrument: Annotated[Instrument, typer.Option("--instrument", help="What was shown.")],
    field: Annotated[list[Field], typer.Option("--field", help="A field that it names; repeat for more.")],
    held_on: HeldOption,
    expires: Annotated[
        dt.date, typer.Option("--expires", parser=read_date, metavar="DATE", help="Its last day.")
    ],
    received: Annotated[
        dt.date | None,
        typer.Option(
            "--received", parser=read_date, metavar="DATE", help="The day on which it came; default: today."
        ),
    ] = None,
    held_at: Annotated[
        dt.datetime | None, typer.Option("--held-at", formats=["%H:%M"], help="The time, if it names one.")
    ] = None,
    on: DateOption = None,
) -> None:
    """Enter a disclosure request about the subscriber of one number on one day. A request that the law does not allow is entered
    as refused.

    The password, the instrument's own reference and the whole number are asked for, or are lines of standard input in this
    order. The person who enters a request does not decide it. Delete the scan afterwards.

    Example: rollkeeper disclosures enter order.pdf --as clerk-1 --authority 01900000-0000-7000-8000-000000000000
    --instrument warrant --field name --held-on 2012-03-02 --expires 2012-06-30
    """
    from rollkeeper.disclosures import services

    open_instance()
    day, who = on or clock.today(), signed_in(user)
    made = services.enter_disclosure(
        who, authority, instrument=instrument, reference=ask("Reference of the instrument"), file=file.read_bytes(),
        fields=field, number=ask("Whole number"), held_on=held_on, held_at=held_at.time() if held_at else None,
        received_on=received or day, expires_on=expires, on=day,
    )  # fmt: skip
    out.print(f"{made}: entered; a supervisor and a data protection officer decide.", markup=False)


def list_(as_json: JsonOption = False) -> None:
    """List the stored disclosure requests with their status: no numbers, no names.

    Example: rollkeeper disclosures list
    """
    open_instance()
    found = queries.disclosures(console_authority())
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    show_table(
        "Disclosure requests", ("disclosure", "authority", "fields", "answer by", "status", "notified"),
        [
            (str(one.disclosure_id), one.authority, ", ".join(one.fields), str(one.reply_by or ""),
             one.refused_because or one.outcome or one.state.value, str(one.notified_on or ""))
            for one in found
        ],
    )  # fmt: skip


def document(
    disclosure: DisclosureArgument,
    into: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The file to write; it must not exist yet. Delete it after reading."
        ),
    ],
    *,
    user: UserOption,
    on: DateOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Write the instrument to a file unchanged, to be read before deciding. The ledger records the access first.

    The file comes from outside and may be malicious: open it where it can do no harm. The password is asked for.

    Example: rollkeeper disclosures document 01900000-0000-7000-8000-000000000000 order.pdf --as officer-1
    """
    open_instance()
    session = open_vault_session(user)
    write_new(into, lambda: b64decode(session.ask("read-instrument", disclosure=str(disclosure))))
    out.print("Written. Delete it when you have read it.")


def approve(
    disclosure: DisclosureArgument, *, user: UserOption, held_on: HeldOption, on: DateOption = None
) -> None:
    """Approve a disclosure request after reading the instrument; two people must approve. The password and the number that it
    names are asked for.

    Example: rollkeeper disclosures approve 01900000-0000-7000-8000-000000000000 --as officer-1 --held-on 2012-03-02
    """
    from rollkeeper.disclosures import services

    open_instance()
    who = signed_in(user)
    enough = services.approve_disclosure(
        who,
        disclosure,
        number=ask("Whole number, as the instrument has it"),
        held_on=held_on,
        on=on or clock.today(),
    )
    out.print(
        "Both have decided; the two open it."
        if enough
        else "Your approval is recorded; a second person must approve."
    )


def refuse(
    disclosure: DisclosureArgument,
    *,
    user: UserOption,
    because: Annotated[RefusalReason, typer.Option("--because", help="The reason; it is counted.")],
    on: DateOption = None,
) -> None:
    """Refuse a disclosure request; one person is enough. The password is asked for.

    Example: rollkeeper disclosures refuse 01900000-0000-7000-8000-000000000000 --as officer-1 --because not_genuine
    """
    from rollkeeper.disclosures import services

    if not because.is_chosen_by_people:
        raise typer.BadParameter("only the law refuses for this reason.", param_hint="'--because'")
    open_instance()
    services.refuse_disclosure(signed_in(user), disclosure, because=because, on=on or clock.today())
    out.print("Refused.")


def defer(
    disclosure: DisclosureArgument,
    *,
    user: UserOption,
    until: Annotated[
        dt.date,
        typer.Option("--until", parser=read_date, metavar="DATE", help="Last day without notification."),
    ],
    because: Annotated[
        DeferralReason, typer.Option("--because", help="The reason; it is written to the ledger.")
    ],
    on: DateOption = None,
) -> None:
    """Defer the notification of the person to a day; a second person approves it by typing the same. The password is asked for.

    Two people must approve it before anything is opened, for no longer than the pack allows. Then the person is notified
    automatically.

    Example: rollkeeper disclosures defer 01900000-0000-7000-8000-000000000000 --as super-1 --until 2012-06-30 --because court_forbids
    """
    from rollkeeper.disclosures import services

    open_instance()
    agreed = services.defer_notification(
        signed_in(user), disclosure, until=until, because=because, on=on or clock.today()
    )
    out.print(
        "Agreed: the person is notified the day after."
        if agreed
        else "Recorded; a second person must type the same."
    )


def answer(
    disclosure: DisclosureArgument,
    into: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file for the encrypted answer; it must not exist yet.")
    ],
    *,
    user: UserOption,
    second: Annotated[str, typer.Option("--second", metavar="USER", help="The second approver.")],
    held_on: HeldOption,
    on: DateOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Open the requested fields of the subscriber of that day, and write them encrypted to the authority's key.

    Both passwords and the whole number are asked for, in this order. The authority opens the file with 'age --decrypt'.

    Example: rollkeeper disclosures answer 01900000-0000-7000-8000-000000000000 answer.age --as officer-1 --second super-1
    --held-on 2012-03-02
    """
    open_instance()
    session, other = open_vault_session(user), open_vault_session(second)
    number, said = ask("Whole number, as the instrument has it"), dict[str, str]()

    def answered() -> bytes:
        said.update(
            session.ask(
                "answer-disclosure",
                disclosure=str(disclosure),
                second=other.token,
                number=number,
                held_on=held_on,
            )
        )
        return b64decode(said["sealed"])

    write_new(into, answered)
    out.print(f"Sealed: {said['outcome']}. SHA-256 {said['answer_hash']}", markup=False)
    out.print("Give it to the authority, then run: rollkeeper disclosures delivered.")


def delivered(disclosure: DisclosureArgument, *, user: UserOption, on: DateOption = None) -> None:
    """Record that the encrypted answer was delivered to the authority. The request then opens nothing more. The password is asked for.

    Example: rollkeeper disclosures delivered 01900000-0000-7000-8000-000000000000 --as officer-1
    """
    from rollkeeper.disclosures import services

    open_instance()
    out.print(
        f"Noted: {services.record_delivery(signed_in(user), disclosure, on=on or clock.today())}",
        markup=False,
    )


def run_due(as_json: JsonOption = False, on: DateOption = None) -> None:
    """Notify people, end expired requests, erase what is due. 'notices send' does it too.

    Example: rollkeeper disclosures run
    """
    open_instance()
    done = run_due_disclosures(console_authority(), on=on or clock.today())
    said = f"{counted(done.notified, 'person is', 'people are')} notified, {counted(done.expired, 'disclosure request', 'disclosure requests')} ran out, {counted(done.erased, 'is', 'are')} erased."
    emit(dataclasses.asdict(done)) if as_json else out.print(said)


def count(
    year: Annotated[int, typer.Argument(min=1900, max=9999, help="A past year.")],
    on: LookBackOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Write the year's public figures as CSV: disclosure requests by kind and outcome, small numbers hidden.

    Example: rollkeeper disclosures count 2012 > disclosures-2012.csv
    """
    open_instance()
    sys.stdout.write(year_table(console_authority(), year))
