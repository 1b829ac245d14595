# SPDX-License-Identifier: EUPL-1.2
"""What the network must do and the holder must hear after a registration, left in the act's transaction."""

import datetime as dt

from rollkeeper.enrolment.submissions import Deed
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.changes import lift_suspension, own_up
from rollkeeper.lines.queries import LineView, living_lines_of, view_line
from rollkeeper.lines.states import RESTRICTIONS, LineState, SuspensionReason
from rollkeeper.network.acts import ask
from rollkeeper.network.kinds import CommandKind
from rollkeeper.notices.acts import owe
from rollkeeper.notices.kinds import NoticeKind


def tell_registered(
    line_id: LineId,
    *,
    deed: Deed,
    was_lifted: bool,
    is_suspended: bool,
    person_id: PersonId,
    language: str | None,
    pack_hash: str,
    on: dt.date,
    at: dt.datetime,
    in_sight: bool,
    by_holder: bool = False,
) -> None:
    """Ask the network to restore what may be restored, and owe the notices.

    Law: art. 3 (service comes back the same day). The holder's other lines hear of a new one at once, so that who is
    registered behind their back learns of it; a file of old contracts tells nobody. What was declared from afar is told to the line
    itself too: a telephone may have been in another hand for a moment.
    """
    if was_lifted:
        ask_for_what_is_left(line_id, is_suspended=is_suspended, at=at)
        owe(
            line_id, kind=NoticeKind.RESTORED, language=language, promised_on=None, pack_hash=pack_hash, on=on
        )
    if by_holder or (in_sight and deed in {Deed.CHANGE, Deed.RELOCATE}):
        owe(
            line_id,
            kind=NoticeKind.RECORD_CHANGED,
            language=language,
            promised_on=None,
            pack_hash=pack_hash,
            on=on,
        )
    if by_holder or (in_sight and deed not in {Deed.CHANGE, Deed.RELOCATE}):
        for other, own in living_lines_of(person_id).items():
            if other != line_id:
                owe(
                    other, kind=NoticeKind.NEW_LINE_IN_YOUR_NAME, language=own or language, promised_on=None,
                    pack_hash=pack_hash, on=on,
                )  # fmt: skip


def ask_for_what_is_left(line_id: LineId, *, is_suspended: bool, at: dt.datetime) -> None:
    """Ask the network to restore a line, or to bar it for the most restrictive reason that is left."""
    line = view_line(line_id) if is_suspended else None
    if line is None or not line.reasons:
        ask(line_id, kind=CommandKind.RESTORE, reason="registration", at=at)
        return
    strictest = max(line.reasons, key=RESTRICTIONS.__getitem__)
    ask(line_id, kind=CommandKind.BAR, reason=strictest.value, at=at)


def give_service_back(line: LineView, *, on: dt.date) -> bool:
    """Give service back where want of registration had taken it, as a registration would. A line that is over has none."""
    if line.is_over or SuspensionReason.REGISTRATION not in line.reasons:
        return False
    left = lift_suspension(line.line_id, reason=SuspensionReason.REGISTRATION, on=on)
    ask_for_what_is_left(line.line_id, is_suspended=left.state is LineState.SUSPENDED, at=clock.now())
    if left.state is not LineState.SUSPENDED:
        language = line.language
        pack_hash = load_pack(settings().pack).hash
        owe(
            line.line_id,
            kind=NoticeKind.RESTORED,
            language=language,
            promised_on=None,
            pack_hash=pack_hash,
            on=on,
        )
    return True


def give_back_to_whom_spoke_in_time(
    line: LineView, *, said_on: dt.date, first: dt.date | None = None
) -> bool:
    """Give service back that was taken since the day on which somebody said what forbids it, or moves the day on which it may be.

    A counter without a network takes down a hardship or a dispute, and hands it in days later. What happens on a day comes
    before the night that takes service on it. A hardship whose `first` day is later moves nothing.
    """
    begun_on = next(
        (one.begun_on for one in line.suspensions if one.reason is SuspensionReason.REGISTRATION), None
    )
    if line.is_over or begun_on is None or begun_on < said_on or (first is not None and first > begun_on):
        return False
    given_back = give_service_back(line, on=clock.today())
    own_up(line.line_id, lifted_since=said_on)
    return given_back


def tell_ended(line: LineView, *, on: dt.date) -> None:
    """Owe word of its end to whoever has a line that somebody had ended without showing that it is theirs."""
    owe(
        line.line_id, kind=NoticeKind.ENDED, language=line.language, promised_on=None,
        pack_hash=load_pack(settings().pack).hash, on=on,
    )  # fmt: skip
