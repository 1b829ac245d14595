# SPDX-License-Identifier: EUPL-1.2
"""The commands `law adopt` and `law history`, next to those that need no instance."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.access.terminal import signed_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, out, read_date, show_table
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.instance import open_instance
from rollkeeper.law.packs import lasting_name
from rollkeeper.law.toolkit import PackArgument
from rollkeeper.lawbook import services
from rollkeeper.lawbook.queries import country_text_of, law_on, periods, text_of


def register(app: typer.Typer) -> None:
    """Add the commands to the group of the package law."""
    group = next(one.typer_instance for one in app.registered_groups if one.name == "law")
    assert group is not None  # noqa: S101 - the package law has added it
    group.command()(adopt)
    group.command()(history)


def adopt(
    pack: PackArgument,
    user: Annotated[
        str, typer.Option("--as", metavar="USER", help="Who adopts it; the password is asked for.")
    ],
    on: DateOption = None,
) -> None:
    """Put a version of the law into force as one of two people. Its text is kept, with its hash.

    A campaign goes on by another version only after that: see 'rollkeeper law diff' for who gains or loses days.

    Example: rollkeeper law adopt /etc/rollkeeper/my-law-2.yaml --as officer-1
    """
    open_instance()
    made = services.adopt_law(signed_in(user), lasting_name(pack), on=on or clock.today())
    said = (
        "That is enough: name it under 'instance.pack' in settings.toml, then run 'rollkeeper campaign plan'."
        if made.enough
        else "One more person must adopt it."
    )
    out.print(f"Adopted by {len(made.people)}. {said}")


def history(
    on: Annotated[
        dt.date | None,
        typer.Option("--on", parser=read_date, metavar="DATE", help="Only what was in force on this day."),
    ] = None,
    text: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.yaml", help="Write the text of that day to a file.")
    ] = None,
    country: Annotated[
        Path | None,
        typer.Option(
            "--country-out", metavar="FILE.yaml", help="Write the country file of that day to a file."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which version of the law was in force here on which days; with --on and --out, write its text.

    Example: rollkeeper law history --on 2012-03-02 --out law-of-that-day.yaml
    """
    open_instance()
    found = periods() if on is None else [law_on(on)]
    if text is not None:
        write_atomically(text, text_of(law_on(on or clock.today()).pack_hash), mode=0o644)
    if country is not None:
        write_atomically(country, country_text_of(law_on(on or clock.today())), mode=0o644)
    if as_json:
        emit([asdict(one) for one in found])
        return
    show_table(
        "The law of this instance",
        ("law", "version", "from", "to", "hash of the text", "hash of the country file"),
        [
            (one.law_id, one.version, one.first_on, one.last_on or "", one.pack_hash, one.country_hash or "")
            for one in found
        ],
    )
