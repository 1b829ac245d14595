# SPDX-License-Identifier: EUPL-1.2
"""The commands under `ledger`: publish and verify it, receipts and certificates of erasure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.kernel.choices import label_of
from rollkeeper.kernel.console import JsonOption, counted, emit, err, out, progress, show_table
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.ids import EntryId
from rollkeeper.kernel.instance import open_instance
from rollkeeper.ledger import auditor, checks, printouts, publication, queries, receipts
from rollkeeper.ledger.choices import ErasureGround
from rollkeeper.ledger.printouts import receipt_checker
from rollkeeper.ledger.publication import PublicationResult
from rollkeeper.ledger.receipts import LedgerReceipt
from rollkeeper.ledger.settings import public_folder

FolderArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", show_default=False, help="Default: the directory in the setting 'ledger.folder'."
    ),
]
PublishedArgument = Annotated[Path, typer.Argument(metavar="DIR", show_default=False)]
VkeyOption = Annotated[
    str | None,
    typer.Option("--vkey", help="The verifier key, from a source other than DIR: the key itself or a file."),
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
    int | None, typer.Option("--quorum", min=0, help="How many of them must have cosigned; default: all.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Publish the ledger, check it, see who accessed what, give and check receipts.",
    )
    group.command()(publish)
    group.command()(verify)
    group.command()(check)
    group.command()(receipt)
    group.command("check-receipt")(check_receipt)
    group.command("check-page")(check_page)
    group.command()(erasure)
    app.add_typer(group, name="ledger")


def publish(folder: FolderArgument = None, as_json: JsonOption = False) -> None:
    """Write the ledger into DIR, for any web server to serve: leaves, tiles and a signed checkpoint (c2sp.org/tlog-tiles).

    A checkpoint that contradicts an earlier one is never signed. The configured witnesses are asked to cosign; with fewer
    cosignatures than 'ledger.cosignatures', DIR keeps the older checkpoint and the exit code is 1. It is also 1 if an entry does
    not match its leaf. Run it as often as you like; 'rollkeeper worker' runs it every minute.

    Example: rollkeeper ledger publish /srv/www/ledger
    """
    open_instance()
    place = folder or public_folder()
    with progress("Publishing entries") as bar:
        done = publication.publish(place, progress=bar.advance)
    if as_json:
        emit({
            "size": done.size, "root": done.root.hex(), "added": done.added, "folder": str(place), "out": done.public_size,
            "cosigned": done.cosigned, "needed": done.needed, "published": done.is_public,
            "witnesses": [{"name": one.witness, "verdict": one.verdict.value, "why": one.why} for one in done.answers],
            "faults": [_fault(one) for one in done.faults],
        })  # fmt: skip
    else:
        _print_result(done, place)
        _print_faults(done.faults)
    if not done.is_public or done.faults:
        raise typer.Exit(1)


def check(as_json: JsonOption = False) -> None:
    """Check every entry of the register against its leaf: none may be removed, changed, or without the secret of its leaf.

    'rollkeeper worker' does the same in turn, all of it within a week. Exit code 1 if something is wrong; the first wrong ones
    are named.

    Example: rollkeeper ledger check
    """
    open_instance()
    size = queries.tree_size()
    with progress("Checking entries") as bar:
        checks.check_leaves(0, size, bar.advance)
    faults = checks.standing_faults()
    if as_json:
        emit({"size": size, "faults": [_fault(one) for one in faults]})
    elif not faults:
        out.print(f"{counted(size, 'entry is', 'entries are')} what the leaves say.")
    _print_faults(() if as_json else faults)
    raise typer.Exit(1 if faults else 0)


def _fault(one: checks.EntryFault) -> dict[str, str | int | None]:
    return {"entry": one.entry_id, "leaf": one.leaf_index, "fault": one.kind.value}


def _print_faults(faults: Sequence[checks.EntryFault]) -> None:
    for one in faults[:10]:
        leaf = "" if one.leaf_index is None else f" (leaf {one.leaf_index:,})"
        err.print(f"Entry {one.entry_id:,}{leaf} {one.kind.label}.", markup=False)
    if len(faults) > 10:
        err.print(f"And {len(faults) - 10} more.")


def _print_result(done: PublicationResult, place: Path) -> None:
    for one in done.answers:
        if not one.line:
            err.print(f"{one.witness} did not cosign: {one.why}.", markup=False)
    if done.is_public:
        cosigned = f", cosigned by {done.cosigned} of {len(done.answers)} witnesses" if done.answers else ""
        out.print(
            f"{counted(done.added, 'entry is', 'entries are')} new in {place}; its checkpoint covers {done.size:,}{cosigned}.",
            markup=False,
        )
        return
    stays = (
        "there is none yet"
        if done.public_size is None
        else f"readers still see the one over {done.public_size:,}"
    )
    err.print(
        f"The checkpoint over {counted(done.size, 'entry', 'entries')} is signed, but has {done.cosigned} of the {done.needed}"
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
    """Check a published ledger: every hash, the signatures, and that older checkpoints are prefixes of it.

    Reads only DIR; outsiders can do the same with the single file auditor.py next to the tiles.

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
        bool, typer.Option("--plain", help="With labels in every language of the instance.")
    ] = False,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF sheet, with its QR code.")
    ] = None,
    proven: Annotated[
        bool, typer.Option("--proven", help="Exit code 1 until a checkpoint covers the entry.")
    ] = False,
) -> None:
    """Print a receipt by its code, which is on the receipt and in notices, or by the entry's number alone.

    It discloses the entry and proves, offline and permanently, that it is in the ledger. Until a checkpoint covers the entry, it is only an entry
    signed by the operator, and standard error says so.

    Example: rollkeeper ledger receipt 4711-K2M9QX --pdf receipt.pdf
    """
    open_instance()
    found = receipts.receipt_of(EntryId(int(code))) if code.isdecimal() else receipts.find_by_code(code)
    if not found.is_proven:
        err.print(
            "No checkpoint covers that entry yet: this is a signed entry. 'rollkeeper ledger publish DIR' makes it a proof."
        )
        if proven:
            raise typer.Exit(1)
    if pdf is not None:
        write_atomically(pdf, printouts.pdf(found))
        out.print(f"The receipt {found.code} is in {pdf}.", markup=False)
    else:
        typer.echo(printouts.plain_text(found) if plain else found.text, nl=False)


def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="RECEIPT", show_default=False, exists=True, dir_okay=False)],
    vkey: Annotated[str, typer.Option("--vkey", help="The ledger's verifier key: the key itself or a file.")],
    witness: WitnessOption = None,
    quorum: QuorumOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a receipt, without an instance or a network, and show the entry that it proves.

    Example: rollkeeper ledger check-receipt 4711.tlog-proof --vkey /srv/www/ledger/vkey
    """
    code = auditor.run(file, vkey=vkey, older=[], as_json=as_json, witness=witness or [], quorum=quorum)
    raise typer.Exit(code)


def check_page(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", show_default=False, dir_okay=False)],
) -> None:
    """Write the page that checks receipts in a browser, without a server or a network: a single file to hand out.

    It is in the languages in which this instance speaks.

    Example: rollkeeper ledger check-page check-receipt.html
    """
    open_instance()
    write_atomically(file, receipt_checker.check_page().encode(), mode=0o644)
    out.print(f"{file} checks receipts offline; open it in any browser.", markup=False)


def erasure(
    shown: Annotated[str, typer.Argument(metavar="CODE|RECEIPT", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Tell whether the record of a receipt was erased: when, on which ground, by which article, with the certificate's code.

    Takes the code of a receipt or a file with the whole of it. Exit code 1 while the record is still kept.

    Example: rollkeeper ledger erasure 4711-K2M9QX
    """
    open_instance()
    text = Path(shown).read_text("utf-8", "replace") if Path(shown).is_file() else shown
    entry = receipts.verify_receipt(text)
    found = receipts.erasures_of(entry)
    if as_json:
        emit([_certificate(one) for one in found])
    elif not found:
        out.print(f"Nothing about line {entry.line_id} was erased: the record is still kept.")
    else:
        show_table(
            f"Erasures about line {entry.line_id}",
            ("day", "article", "ground", "last day kept", "certificate"),
            [
                (one.entry.day, one.entry.article, label_of(facts.get("ground", ""), ErasureGround),
                 facts.get("last_day_kept", ""), f"{one.code} ({'published' if one.is_proven else 'signed'})")
                for one in found
                for facts in [one.entry.facts]
            ],
        )  # fmt: skip
    raise typer.Exit(0 if found else 1)


def _certificate(one: LedgerReceipt) -> dict[str, str | bool]:
    facts = one.entry.facts
    return {
        "certificate": one.code, "day": one.entry.day, "article": one.entry.article, "ground": facts.get("ground", ""),
        "last_day_kept": facts.get("last_day_kept", ""), "tenure": facts.get("tenure", ""),
        "line": str(one.entry.line_id), "is_published": one.is_proven, "receipt": one.text,
    }  # fmt: skip
