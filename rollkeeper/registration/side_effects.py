# SPDX-License-Identifier: EUPL-1.2
"""Network commands and notices that follow a registration, left in the act's transaction."""

import datetime as dt
from collections.abc import Callable, Mapping

from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.queries import LineView, view_line
from rollkeeper.lines.writes import mark_suspension_wrongful, restore_from_suspension
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import queue_command
from rollkeeper.registration.submissions import RegistrationKind


def notify_registered(
    line_id: LineId,
    *,
    action_kind: RegistrationKind,
    was_restored: bool,
    is_suspended: bool,
    language: str | None,
    pack_hash: str,
    on: dt.date,
    at: dt.datetime,
    document_seen: bool,
    lines_in_force: Callable[[], Mapping[LineId, str | None]],
    self_declared: bool = False,
) -> None:
    """Ask the network to restore the line if no other reason bars it, and queue the notices.

    Law: art. 3 (service comes back the same day). The subscriber's other lines are notified of a new one at once, so that they
    learn of a registration made without their knowledge; an import of old contracts notifies no one. A remote declaration is also
    notified to the line itself: another person may have had its telephone for a moment. `lines_in_force` gives the subscriber's lines.
    """
    if was_restored:
        request_remaining_restriction(line_id, is_suspended=is_suspended, at=at)
        enqueue_notice(
            line_id, kind=NoticeKind.RESTORED, language=language, promised_on=None, pack_hash=pack_hash, on=on
        )
    if self_declared or (
        document_seen and action_kind in {RegistrationKind.CHANGE, RegistrationKind.RELOCATE}
    ):
        enqueue_notice(
            line_id,
            kind=NoticeKind.RECORD_CHANGED,
            language=language,
            promised_on=None,
            pack_hash=pack_hash,
            on=on,
        )
    if self_declared or (
        document_seen and action_kind not in {RegistrationKind.CHANGE, RegistrationKind.RELOCATE}
    ):
        for other, own in lines_in_force().items():
            if other != line_id:
                enqueue_notice(
                    other, kind=NoticeKind.NEW_LINE_IN_YOUR_NAME, language=own or language, promised_on=None,
                    pack_hash=pack_hash, on=on,
                )  # fmt: skip


def request_remaining_restriction(line_id: LineId, *, is_suspended: bool, at: dt.datetime) -> None:
    """Ask the network to restore a line, or to bar it for a reason that remains. Every bar shuts the whole service; a debt is named last."""
    line = view_line(line_id) if is_suspended else None
    if line is None or not line.reasons:
        queue_command(line_id, kind=CommandKind.RESTORE, reason=SuspensionReason.REGISTRATION.value, at=at)
        return
    unpaid = SuspensionReason.UNPAID
    reason = next((one for one in line.reasons if one is not unpaid), unpaid)
    queue_command(line_id, kind=CommandKind.BAR, reason=reason.value, at=at)


def restore_service(line: LineView, *, on: dt.date) -> bool:
    """Restore service that was suspended for a missing registration, as a registration would. A line that is over gets none."""
    if line.is_over or SuspensionReason.REGISTRATION not in line.reasons:
        return False
    left = restore_from_suspension(line.line_id, reason=SuspensionReason.REGISTRATION, on=on)
    request_remaining_restriction(
        line.line_id, is_suspended=left.state is LineState.SUSPENDED, at=clock.now()
    )
    if left.state is not LineState.SUSPENDED:
        language = line.language
        pack_hash = load_pack(instance().pack).hash
        enqueue_notice(
            line.line_id,
            kind=NoticeKind.RESTORED,
            language=language,
            promised_on=None,
            pack_hash=pack_hash,
            on=on,
        )
    return True


def restore_if_declared_in_time(line: LineView, *, said_on: dt.date, first: dt.date | None = None) -> bool:
    """Restore service that was suspended since the day on which a reason against the suspension was declared.

    An offline counter records a hardship or a dispute and submits it days later. Declarations of a day count as made before that day's
    suspensions. A hardship whose `first` day is later changes nothing.
    """
    begun_on = next(
        (one.begun_on for one in line.suspensions if one.reason is SuspensionReason.REGISTRATION), None
    )
    if line.is_over or begun_on is None or begun_on < said_on or (first is not None and first > begun_on):
        return False
    given_back = restore_service(line, on=clock.today())
    mark_suspension_wrongful(line.line_id, lifted_since=said_on)
    return given_back


def notify_terminated(line: LineView, *, on: dt.date) -> None:
    """Queue a notice of termination to the user of a line that was terminated without proof of ownership."""
    enqueue_notice(
        line.line_id, kind=NoticeKind.TERMINATED, language=line.language, promised_on=None,
        pack_hash=load_pack(instance().pack).hash, on=on,
    )  # fmt: skip
