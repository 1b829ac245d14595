# SPDX-License-Identifier: EUPL-1.2
"""The commands under `reports` about audit samples: show records to which the subscriber consented, and repeat the draw of a
sample as an outsider.
"""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.terminal import ask
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, out
from rollkeeper.kernel.instance import open_instance
from rollkeeper.ledger import auditor
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.redraw import redraw as draw_again
from rollkeeper.reporting.audit_samples.services import quarter_named
from rollkeeper.vault.staff_sessions import open_vault_session


def see(
    consent: Annotated[UUID, typer.Argument(metavar="CONSENT", help="As shown on the page of the sample.")],
    *,
    user: Annotated[str, typer.Option("--as", metavar="USER", help="The auditor who asked.")],
    on: DateOption = None,  # noqa: ARG001 - the option gives the day by itself
) -> None:
    """Show the entries that one person allowed one auditor to see. The ledger records the access first, and the person sees it.

    The password and the code of the authenticator app are asked for, or are lines of standard input. Without a consent that is valid today nothing is shown.

    Example: rollkeeper reports show-sample 0193a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b --as auditor-1
    """
    open_instance()
    for field, value in open_vault_session(user).ask("open-with-consent", consent=str(consent)).items():
        out.print(f"{field}: {value}", markup=False, highlight=False)


def redraw(
    ledger: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, show_default=False)],
    quarter: Annotated[str, typer.Argument(metavar="QUARTER", help="As 2012-Q1.")],
    kind: Annotated[SampledAction, typer.Argument(help="What happened to the lines.")],
    *,
    size: Annotated[
        int, typer.Option("--size", min=1, help="Number of entries at the draw, as shown on the page.")
    ],
    evidence: Annotated[
        Path,
        typer.Option(
            "--evidence", exists=True, dir_okay=False, help="What 'reports disclose' wrote for you."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Repeat the draw of a sample from a copy of the published ledger and the evidence, with the text that the auditor brought.

    Needs no database. The text is asked for, or is a line of standard input. The copy is checked like 'ledger verify', with the key
    in it. It lists the leaves in the order of the draw: the sample skips an entry only if its line was drawn before.

    Example: rollkeeper reports redraw-sample copy 2012-Q1 suspended --size 120345 --evidence 2012-Q1.jsonl < text.txt
    """
    period = quarter_named(quarter)
    try:
        head = auditor.audit(ledger, key=auditor.read_key((ledger / "vkey").read_text("utf-8")))
    except (auditor.AuditError, OSError) as fault:
        raise typer.BadParameter(f"the copy is invalid: {fault}", param_hint="'DIR'") from None
    if size > head.size:
        raise typer.BadParameter(
            f"the copy has {counted(head.size, 'entry', 'entries')}.", param_hint="'--size'"
        )
    drawn = draw_again(ledger, evidence, period, kind, text=ask("Text"), size=size, head_size=head.size)
    if as_json:
        emit([{"leaf": leaf} for leaf in drawn])
        return
    for leaf in drawn:
        out.print(f"{leaf:>12,}", highlight=False)
