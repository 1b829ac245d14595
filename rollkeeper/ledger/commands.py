# SPDX-License-Identifier: EUPL-1.2
"""The commands `ledger publish`, `verify`, `who-looked`, `receipt` and `check-receipt`."""

import dataclasses
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import JsonOption, emit, err, out, progress, show_table

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]
PublishedArgument = Annotated[Path, typer.Argument(metavar="DIR", show_default=False, exists=True)]
VkeyOption = Annotated[
    str | None,
    typer.Option("--vkey", help="The verifier key, from elsewhere than DIR: the key itself or a file."),
]
OlderOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--older", metavar="CHECKPOINT", help="A checkpoint, or a folder, that you kept. May be given often."
    ),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(no_args_is_help=True, help="Publish the ledger, check it, and see who looked.")
    room.command()(publish)
    room.command()(verify)
    room.command("who-looked")(who_looked)
    room.command()(receipt)
    room.command("check-receipt")(check_receipt)
    app.add_typer(room, name="ledger")


def publish(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Write the ledger into DIR, for any web server to serve: entries, tiles and a signed checkpoint (c2sp.org/tlog-tiles).

    Nothing is signed that contradicts what was signed before. Run it as often as you like, into the same folder.

    Example: rollkeeper ledger publish /srv/www/ledger
    """
    from rollkeeper.ledger import publishing

    opening.open_home()
    with progress("Publishing entries") as bar:
        done = publishing.publish(folder, tell=bar.advance)
    if as_json:
        emit({"size": done.size, "root": done.root.hex(), "added": done.added, "folder": str(folder)})
    else:
        out.print(f"{done.added:,} entries are new in {folder}; its checkpoint covers {done.size:,}.")


def verify(
    folder: PublishedArgument, vkey: VkeyOption = None, older: OlderOption = None, as_json: JsonOption = False
) -> None:
    """Check a published ledger: every hash, the signature, and that older checkpoints are beginnings of it.

    Reads DIR and nothing else; outsiders do the same with the one file rollkeeper/ledger/auditor.py.

    Example: rollkeeper ledger verify /srv/www/ledger --older checkpoint-of-last-month
    """
    from rollkeeper.ledger import auditor

    raise typer.Exit(auditor.run(folder, vkey=vkey, older=older or [], as_json=as_json))


def who_looked(
    person: Annotated[UUID, typer.Argument(metavar="PERSON_REF", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """List who opened what is sealed about one person: when, in which role, which field, what for.

    Example: rollkeeper ledger who-looked 01900000-0000-7000-8000-000000000000
    """
    from rollkeeper.kernel.ids import PersonId
    from rollkeeper.ledger import queries

    opening.open_home()
    found = queries.looks(PersonId(person))
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    zone = clock.zone()
    show_table(
        f"Openings of what is sealed about {person}",
        ("when", "role", "field", "purpose", "leaf"),
        [
            (
                f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", one.role, one.field, one.purpose,
                "not published" if one.leaf_index is None else str(one.leaf_index),
            )
            for one in found
        ],
    )  # fmt: skip


def receipt(entry: Annotated[int, typer.Argument(metavar="ENTRY", min=1, show_default=False)]) -> None:
    """Print the receipt of an entry: a text that proves, offline and for good, that the entry stands in the ledger.

    Exit code 1 while no checkpoint covers the entry: publish first.

    Example: rollkeeper ledger receipt 4711 > 4711.tlog-proof
    """
    from rollkeeper.kernel.ids import EntryId
    from rollkeeper.ledger import queries

    opening.open_home()
    text = queries.receipt(EntryId(entry))
    if text is None:
        err.print("No checkpoint covers that entry yet. Publish first: rollkeeper ledger publish DIR")
        raise typer.Exit(1)
    typer.echo(text, nl=False)


def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="RECEIPT", show_default=False, exists=True, dir_okay=False)],
    vkey: Annotated[str, typer.Option("--vkey", help="The ledger's verifier key: the key itself or a file.")],
    as_json: JsonOption = False,
) -> None:
    """Check a receipt, without a home, a folder or a network, and show the entry that it proves.

    Example: rollkeeper ledger check-receipt 4711.tlog-proof --vkey /srv/www/ledger/vkey
    """
    from rollkeeper.ledger import auditor

    raise typer.Exit(auditor.run(file, vkey=vkey, older=[], as_json=as_json))
