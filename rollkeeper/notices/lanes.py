# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: send what is owed, and hear from the message centre, the mail server and the
calls what became of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.lanes import Lane
from rollkeeper.kernel.settings import settings
from rollkeeper.notices.errors import ReportIdsUnknown
from rollkeeper.notices.gateways.base import GatewayBroken

if TYPE_CHECKING:
    from rollkeeper.notices.acts import TakenIn

_MOST = 500
_LISTENS_S = 10.0


def send() -> int:
    """Send a bounded part of what is owed, after whoever the settings name was told of alarms."""
    from rollkeeper.notices.acts import send_due
    from rollkeeper.notices.alarms import mail_alarms, mail_new_deciders

    mail_alarms()
    mail_new_deciders()
    sent = send_due(sweep_authority(), on=clock.today(), limit=_MOST)
    if sent.broken:
        raise GatewayBroken
    return sent.total


def collect() -> int:
    """Listen for some seconds, and take in what is known of whole messages; return how many reports there were."""
    from rollkeeper.notices import collecting

    heard = collecting.collect_short_messages(seconds=_LISTENS_S, on=clock.today(), by=sweep_authority())
    if heard.is_away and not _changed(heard.taken):
        raise ConnectionError("the message centre is out of reach")
    if heard.unknown:
        raise heard.unknown
    return _changed(heard.taken)


def collect_calls() -> int:
    """Ask the program that places calls what became of them."""
    from rollkeeper.notices import collecting

    return _changed(collecting.collect_calls(on=clock.today(), by=sweep_authority()))


def collect_mail() -> int:
    """Read the mailbox to which mail servers report."""
    from rollkeeper.notices import collecting

    folder = Path(str(settings().bounces_folder))
    return _changed(collecting.collect_mail(folder, on=clock.today(), by=sweep_authority()).taken)


def settle_letters() -> int:
    """Take in what the office noted of letters that came back."""
    from rollkeeper.notices import letters_back

    return letters_back.settle_letters(sweep_authority(), on=clock.today())


def _changed(taken: "TakenIn") -> int:
    return taken.delivered + taken.bounced + taken.failed + taken.uncounted


LANES = (
    Lane(
        "send-notices",
        send,
        every_s=lambda: 15.0,
        full_at=_MOST,
        # The other ways go on.
        goes_on_at=frozenset({GatewayBroken.__name__}),
    ),
    Lane(
        "collect-reports",
        collect,
        every_s=lambda: _LISTENS_S,
        opens=lambda: False,
        # Reports are heard and kept all the same: who listens ten seconds in ten minutes loses those of a centre that gives up.
        goes_on_at=frozenset({ReportIdsUnknown.code}),
        is_wanted=lambda: settings().smpp_url is not None,
    ),
    Lane(
        "collect-calls",
        collect_calls,
        every_s=lambda: 60.0,
        opens=lambda: False,
        is_wanted=lambda: settings().voice_program is not None,
    ),
    Lane(
        "collect-mail",
        collect_mail,
        every_s=lambda: 60.0,
        opens=lambda: False,
        is_wanted=lambda: settings().bounces_to is not None and settings().bounces_folder is not None,
    ),
    Lane("settle-letters", settle_letters, every_s=lambda: 15.0, full_at=_MOST, opens=lambda: False),
)
