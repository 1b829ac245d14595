# SPDX-License-Identifier: EUPL-1.2
"""The commands under `ledger`: publish and verify it, receipts and certificates of erasure."""

from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.kernel import opening
from rollkeeper.kernel.console import JsonOption, emit, err, out, progress, show_table
from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger import auditor, paper, publishing, receipts, words
from rollkeeper.ledger import folder as places
from rollkeeper.ledger.paper import page
from rollkeeper.ledger.publishing import Published
from rollkeeper.ledger.receipts import LedgerReceipt

FolderArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", show_default=False, help="By default the folder of the setting 'ledger_folder'."
    ),
]
PublishedArgument = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]
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


WitnessOption = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        metavar="VKEY",
        help="A witness's verifier key, or a file with one a line. May be given often.",
    ),
]
QuorumOption = Annotated[
    int | None, typer.Option("--quorum", min=0, help="Of them, how many must have cosigned; by default all.")
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(
        no_args_is_help=True, help="Publish the ledger, check it, see who looked, give and check receipts."
    )
    room.command()(publish)
    room.command()(verify)
    room.command()(receipt)
    room.command("check-receipt")(check_receipt)
    room.command("check-page")(check_page)
    room.command()(erasure)
    app.add_typer(room, name="ledger")


def publish(folder: FolderArgument = None, as_json: JsonOption = False) -> None:
    """Write the ledger into DIR, for any web server to serve: entries, tiles and a signed checkpoint (c2sp.org/tlog-tiles).

    Nothing is signed that contradicts what was signed before. The witnesses of the settings are asked to cosign; with
    fewer cosignatures than 'ledger_cosignatures' the checkpoint in DIR stays the older one, and the exit code is 1. Run
    it as often as you like; 'rollkeeper work' does it every hour.

    Example: rollkeeper ledger publish /srv/www/ledger
    """
    opening.open_home()
    place = folder or places.public_folder()
    with progress("Publishing entries") as bar:
        done = publishing.publish(place, tell=bar.advance)
    if as_json:
        emit({
            "size": done.size, "root": done.root.hex(), "added": done.added, "folder": str(place), "out": done.out,
            "cosigned": done.cosigned, "needed": done.needed, "published": done.is_out,
            "witnesses": [{"name": one.witness, "verdict": one.verdict.value, "why": one.why} for one in done.answers],
        })  # fmt: skip
    else:
        _tell_published(done, place)
    if not done.is_out:
        raise typer.Exit(1)


def _tell_published(done: Published, place: Path) -> None:
    for one in done.answers:
        if not one.line:
            err.print(f"{one.witness} did not cosign: {one.why}.", markup=False)
    if done.is_out:
        cosigned = f", cosigned by {done.cosigned} of {len(done.answers)} witnesses" if done.answers else ""
        out.print(
            f"{done.added:,} entries are new in {place}; its checkpoint covers {done.size:,}{cosigned}.",
            markup=False,
        )
        return
    stays = "there is none yet" if done.out is None else f"readers go on seeing that over {done.out:,}"
    err.print(
        f"The checkpoint over {done.size:,} entries is signed, but bears {done.cosigned} of the {done.needed}"
        f" cosignatures that it needs: {stays}. Run this again when the witnesses answer.",
        markup=False,
    )


def verify(
    folder: PublishedArgument,
    vkey: VkeyOption = None,
    older: OlderOption = None,
    witness: WitnessOption = None,
    quorum: QuorumOption = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL", help="Bring DIR up to date from there first, then check."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a published ledger: every hash, the signatures, and that older checkpoints are beginnings of it.

    Reads DIR and nothing else; outsiders do the same with the one file auditor.py that lies beside the tiles.

    Example: rollkeeper ledger verify /srv/www/ledger --older checkpoint-of-last-month --witness witnesses.txt --quorum 2
    """
    if source is None and not folder.exists():
        raise typer.BadParameter(f"path '{folder}' does not exist.", param_hint="'DIR'")
    code = auditor.run(
        folder,
        vkey=vkey,
        older=older or [],
        as_json=as_json,
        witness=witness or [],
        quorum=quorum,
        source=source,
    )
    raise typer.Exit(code)


def receipt(
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False)],
    plain: Annotated[
        bool, typer.Option("--plain", help="With its words in every language of the home.")
    ] = False,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write it on a sheet, with its square.")
    ] = None,
    proven: Annotated[
        bool, typer.Option("--proven", help="Exit code 1 until a checkpoint covers the entry.")
    ] = False,
) -> None:
    """Print a receipt by the code that stands on it and in notices, or by the number of the entry alone.

    It proves, offline and for good, that the entry stands in the ledger. Until a checkpoint covers the entry it is a
    promise, signed by the operator, and standard error says so.

    Example: rollkeeper ledger receipt 4711-K2M9QX --pdf receipt.pdf
    """
    opening.open_home()
    found = receipts.receipt_of(EntryId(int(code))) if code.isdecimal() else receipts.find_by_code(code)
    if not found.is_proven:
        err.print(
            "No checkpoint covers that entry yet: this is a promise. 'rollkeeper ledger publish DIR' makes it a proof."
        )
        if proven:
            raise typer.Exit(1)
    if pdf is not None:
        pdf.write_bytes(paper.pdf(found))
        out.print(f"The receipt {found.code} is in {pdf}.", markup=False)
    else:
        typer.echo(paper.plain(found) if plain else found.text, nl=False)


def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="RECEIPT", show_default=False, exists=True, dir_okay=False)],
    vkey: Annotated[str, typer.Option("--vkey", help="The ledger's verifier key: the key itself or a file.")],
    witness: WitnessOption = None,
    quorum: QuorumOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a receipt, without a home, a folder or a network, and show the entry that it proves.

    Example: rollkeeper ledger check-receipt 4711.tlog-proof --vkey /srv/www/ledger/vkey
    """
    code = auditor.run(file, vkey=vkey, older=[], as_json=as_json, witness=witness or [], quorum=quorum)
    raise typer.Exit(code)


def check_page(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", show_default=False, dir_okay=False)],
) -> None:
    """Write the page that checks receipts in a browser, without a server or a network: one file, to be given away.

    Example: rollkeeper ledger check-page check-receipt.html
    """
    file.write_text(page.check_page(), "utf-8")
    out.print(f"{file} checks receipts by itself; open it in any browser.", markup=False)


def erasure(
    shown: Annotated[str, typer.Argument(metavar="CODE|RECEIPT", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Say whether what a receipt is about was erased: when, on what ground, by which article, with the certificate's code.

    Takes the code of a receipt or a file with the whole of it. Exit code 1 while the record is still kept.

    Example: rollkeeper ledger erasure 4711-K2M9QX
    """
    opening.open_home()
    text = Path(shown).read_text("utf-8", "replace") if Path(shown).is_file() else shown
    mark = receipts.check_shown(text)
    found = receipts.erasures_of(mark)
    if as_json:
        emit([_certificate(one) for one in found])
    elif not found:
        out.print(f"Nothing about line {mark.line_id} was erased: what the receipt is about is still kept.")
    else:
        show_table(
            f"Erasures about line {mark.line_id}",
            ("day", "article", "ground", "last day kept", "certificate"),
            [
                (one.mark.day, one.mark.article, words.say_word(facts.get("ground", ""), words.GROUNDS),
                 facts.get("last_day_kept", ""), f"{one.code} ({'published' if one.is_proven else 'promised'})")
                for one in found
                for facts in [one.mark.facts]
            ],
        )  # fmt: skip
    raise typer.Exit(0 if found else 1)


def _certificate(one: LedgerReceipt) -> dict[str, str | bool]:
    facts = one.mark.facts
    return {
        "certificate": one.code, "day": one.mark.day, "article": one.mark.article, "ground": facts.get("ground", ""),
        "last_day_kept": facts.get("last_day_kept", ""), "holding": facts.get("holding", ""),
        "line": str(one.mark.line_id), "is_published": one.is_proven, "receipt": one.text,
    }  # fmt: skip
