# SPDX-License-Identifier: EUPL-1.2
"""The commands under `settings languages`."""

import dataclasses
import datetime as dt
import sys
from typing import Annotated

import typer

from rollkeeper.access.terminal import UserOption, signed_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.accepted_languages import SOURCE
from rollkeeper.kernel.console import JsonOption, counted, emit, err, out, read_date, show_table
from rollkeeper.kernel.instance import instance, open_instance
from rollkeeper.languages import queries
from rollkeeper.languages.ages import Age, ages_of
from rollkeeper.languages.services import accept_language, require_translated, withdraw_language

LanguageArgument = Annotated[
    str, typer.Argument(metavar="LANGUAGE", help="As in 'instance.languages', such as bo.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    settings = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Decisions of this instance that a named person answers for.",
    )
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Languages, and the native readers who accepted their texts.",
    )
    group.command("list")(list_)
    group.command()(accept)
    group.command()(withdraw)
    group.command()(report)
    settings.add_typer(group, name="languages")
    app.add_typer(settings, name="settings")


def list_(as_json: JsonOption = False) -> None:
    """List the languages: how many texts, how many changed since a native reader accepted them, who did and when.

    A production instance sends nothing and offers no page in a language whose present texts were not accepted. English is the source.

    Example: rollkeeper settings languages list --json
    """
    open_instance()
    found = queries.list_languages()
    if as_json:
        emit(
            [
                dataclasses.asdict(one) | {"is_configured": one.language in instance().languages}
                for one in found
            ]
        )
        return
    show_table(
        "Languages",
        ("language", "accepted", "texts", "changed since", "stale", "reader", "on", "hash"),
        [
            (one.language, "yes" if one.is_accepted else "no", one.texts, one.changed, one.stale, one.reader or "", one.read_on or "",
             one.texts_hash[:16])
            for one in found
        ],
    )  # fmt: skip
    out.print(f"'{SOURCE}' is the source of all texts and needs no reader.")


def accept(
    language: LanguageArgument,
    *,
    reader: Annotated[
        str,
        typer.Option("--reader", metavar='"NAME, ROLE"', help="The native reader who read all the texts."),
    ],
    read_on: Annotated[
        dt.date,
        typer.Option(
            "--on", parser=read_date, metavar="DATE", help="The day on which the reader accepted them."
        ),
    ],
    user: UserOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Record that a native reader accepted every text of a language as it is now. A text that changes needs acceptance again.

    The reader is named in the register and nowhere in the ledger, which has the hash of the texts. Other processes
    know of it within half a minute.

    Example: rollkeeper settings languages accept bo --reader "Pema, translator" --on 2026-11-28 --as admin-01
    """
    open_instance()
    require_translated(language)
    (shown,) = (one for one in queries.list_languages() if one.language == language)
    err.print(
        f"'{language}': {counted(shown.texts, 'text', 'texts')}, of which {shown.changed:,} are new to this instance or changed since they were accepted,"
        f" and {counted(shown.stale, 'is', 'are')} older than their English. Hash {shown.texts_hash}.",
        markup=False,
    )
    if not yes and not (
        sys.stdin.isatty() and typer.confirm(f"Did {reader} read and accept them all?", err=True)
    ):
        err.print("Nothing was recorded. Where no terminal can be asked, --yes says that it is meant.")
        raise typer.Exit(1)
    accept_language(signed_in(user), language, reader=reader, read_on=read_on, on=clock.today())
    out.print(f"'{language}' is accepted by {reader}.", markup=False)


def withdraw(language: LanguageArgument, *, user: UserOption) -> None:
    """Withdraw the acceptance of a language: a production instance says nothing more in it.

    Example: rollkeeper settings languages withdraw bo --as admin-01
    """
    open_instance()
    withdraw_language(signed_in(user), language, on=clock.today())
    out.print(f"'{language}' is no longer accepted.", markup=False)


def report(
    language: LanguageArgument,
    *,
    only_stale: Annotated[
        bool, typer.Option("--stale", help="Only texts that are older than their English.")
    ] = False,
    only_changed: Annotated[
        bool, typer.Option("--changed", help="Only texts that changed since they were accepted.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List every text of a language: when it was written, and whether its English changed since.

    Example: rollkeeper settings languages report bo --stale
    """
    open_instance()
    require_translated(language)
    changed = queries.changed_since_acceptance(language)
    found = [
        (age, age.key in changed)
        for age in ages_of(language)
        if (not only_stale or age.state is Age.STALE) and (not only_changed or age.key in changed)
    ]
    if as_json:
        emit([dataclasses.asdict(age) | {"is_changed": is_changed} for age, is_changed in found])
        return
    show_table(
        f"Texts in {language}",
        ("text", "written on", "against its English", "since accepted", "English", "translation"),
        [
            (age.key, age.written_on or "", age.state.value, "changed" if is_changed else "as accepted",
             age.english.rpartition("\x04")[2], age.text)
            for age, is_changed in found
        ],
    )  # fmt: skip
