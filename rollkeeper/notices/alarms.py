# SPDX-License-Identifier: EUPL-1.2
"""Mails the configured contacts about alarms, about what the doctor finds broken, and about roles granted to approvers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rollkeeper.access.queries import (
    mark_approvers_notified,
    mark_factor_changes_notified,
    new_approvers,
    unnotified_factor_changes,
)
from rollkeeper.kernel import clock, room
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import data_dir
from rollkeeper.notices.gateways.base import Answer, Message
from rollkeeper.notices.gateways.smtp import SmtpGateway
from rollkeeper.notices.settings import settings
from rollkeeper.notices.texts import RenderedText
from rollkeeper.vault.canaries import AlarmAbout, mark_notified, unnotified_alarms
from rollkeeper.vault.secret_value import SecretValue

_SUBJECT: Final = "Alarm of the register"
_WHAT: Final = {
    AlarmAbout.CANARY: "The record of an invented person was opened; no one has a reason to do that.",
    AlarmAbout.WORKER: "A worker asked the vault for values without a row that justifies it, or for more than its daily limit.",
    AlarmAbout.LIMIT: "All staff together reached the daily limit of openings, and one more was requested.",
    AlarmAbout.PROTECTED: "Staff without the permission looked for a protected subscriber, or acted on their line.",
    AlarmAbout.LIMIT_OF_LOOKUPS: "An account, or all staff together, reached the daily limit of lookups by number.",
    AlarmAbout.LIMIT_OF_DOCUMENTS: "An account, or all staff together, reached the daily limit of compared documents.",
}
_TEXT: Final = """\
{what}
Ledger entries that say by whom: {entries}.

docs/runbook/alarm.md says what to do. 'rollkeeper vault alarms' lists what is open.\
"""
_A_DAY_S: Final = 86_400
_ROOM_SUBJECT: Final = "The register: the disk is nearly full"
_ROOM: Final = """\
{free} are left on the disk of the instance. When they are used up nothing can be registered until there is room again.

docs/runbook/disk.md says what to do.\
"""
_BROKEN_SUBJECT: Final = "The register: something must be fixed"
_BROKEN: Final = """\
The doctor of the register found:
{named}

'rollkeeper doctor' says whether it still is so, and what else.\
"""
_DECIDERS_SUBJECT: Final = "The register: a new approver"
_DECIDERS: Final = """\
Roles were granted with which people approve batches, disclosure requests and other acts that take two people:
{named}

If you did not expect this, close the account before its role counts: 'rollkeeper staff suspend USER'.\
"""

_FACTORS_SUBJECT: Final = "The register: a changed password or second factor"
_FACTORS: Final = """\
At the back office the password or the second factor of these accounts was changed:
{named}

If its owner did not do it, close the account before the change counts: 'rollkeeper staff suspend USER'.\
"""


def mail_alarms() -> int:
    """Mail the alarms that were not sent yet, all in one message; return how many: 0 if this instance mails no alarms."""
    alarms = unnotified_alarms()
    abouts = {alarm.about for alarm in alarms}
    text = _TEXT.format(
        what="\n".join(_WHAT[about] for about in AlarmAbout if about in abouts),
        entries=", ".join(str(alarm.entry_id) for alarm in alarms),
    )
    if not alarms or not mail_contacts(_SUBJECT, text):
        return 0
    mark_notified(alarms)
    return len(alarms)


def mail_new_approvers() -> int:
    """Mail the names of staff who were lately given a role that decides with others, all in one message; return how many."""
    not_notified = [one for one in new_approvers() if not one.is_notified]
    text = _DECIDERS.format(named="\n".join(f"- {one.username}: {one.role}" for one in not_notified))
    if not not_notified or not mail_contacts(_DECIDERS_SUBJECT, text):
        return 0
    mark_approvers_notified([one.grant_id for one in not_notified])
    return len(not_notified)


def mail_changed_factors() -> int:
    """Mail whose password or second factor was changed at the back office, all in one message; return how many."""
    changed = unnotified_factor_changes()
    text = _FACTORS.format(named="\n".join(f"- {username}" for _, username in changed))
    if not changed or not mail_contacts(_FACTORS_SUBJECT, text):
        return 0
    mark_factor_changes_notified([staff_id for staff_id, _ in changed])
    return len(changed)


def mail_low_room() -> int:
    """Mail that the disk of this machine is nearly full, once a day while it is; return how many mails went out."""
    mark = data_dir() / "run" / "room.alarm"
    if not room.is_low():
        mark.unlink(missing_ok=True)
        return 0
    if _is_of_today(mark):
        return 0
    free = f"{room.free_bytes() / 1024**2:,.0f} MiB"
    if not mail_contacts(_ROOM_SUBJECT, _ROOM.format(free=free)):
        return 0
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    return 1


def mail_broken(found: Sequence[tuple[str, str, str]]) -> int:
    """Mail all broken checks, each with a sentence and a remedy: at once if one is new, else once a day; return how many mails went out."""
    mark = data_dir() / "run" / "broken.alarm"
    if not found:
        mark.unlink(missing_ok=True)
        return 0
    checks = {check for check, _, _ in found}
    if _is_of_today(mark) and checks <= set(mark.read_text("utf-8").splitlines()):
        return 0
    named = "\n".join(f"- {check}: {sentence} {remedy}".rstrip() for check, sentence, remedy in found)
    if not mail_contacts(_BROKEN_SUBJECT, _BROKEN.format(named=named)):
        return 0
    mark.parent.mkdir(exist_ok=True)
    mark.write_text("\n".join(sorted(checks)), "utf-8")
    return 1


def _is_of_today(mark: Path) -> bool:
    return mark.exists() and abs(clock.true_seconds() - mark.stat().st_mtime) < _A_DAY_S


def mail_contacts(subject: str, text: str) -> bool:
    """Send one mail to the configured contacts; tell whether it was accepted: never if this instance mails no alarms."""
    chosen = settings()
    if chosen.alarms_to is None or chosen.smtp_url is None:
        return False
    message = Message(
        reference=new_uuid(), channel=Channel.EMAIL, address=SecretValue(chosen.alarms_to),
        texts=(RenderedText("en", subject, text),),
    )  # fmt: skip
    (result,) = SmtpGateway.of_this_instance().send([message])
    return result.answer is Answer.ACCEPTED
