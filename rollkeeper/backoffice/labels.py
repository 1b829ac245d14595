# SPDX-License-Identifier: EUPL-1.2
"""The choices that the pages of the back office show, and their additions: a note to a stage or a step, a state's colour."""

from collections.abc import Mapping
from itertools import groupby

from django.db.models import TextChoices
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.access.choices import RequestState
from rollkeeper.agents.choices import AgentState, Pattern, SuspensionCause
from rollkeeper.agents.rules import DAYS, parse_hours
from rollkeeper.campaign.choices import (
    Action,
    BatchState,
    SkipReason,
    Stage,
    StopReason,
    WaiverReason,
    WorkKind,
)
from rollkeeper.disclosures.choices import DisclosureState, Instrument, RefusalReason
from rollkeeper.disclosures.choices import Outcome as DisclosureOutcome
from rollkeeper.imports.choices import UploadState
from rollkeeper.incidents.choices import About, Severity, Step, StepState
from rollkeeper.kernel.choices import BarLevel, Channel, Service, label_of
from rollkeeper.kernel.side_by_side import named
from rollkeeper.law.choices import IncidentDuty
from rollkeeper.lines.choices import LineState
from rollkeeper.notices.choices import NO_LANGUAGE, LetterVerdict, NoticeState, Outcome
from rollkeeper.provisioning.gateways.registry import ELEMENT_GROUPS
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.selfcare.choices import DisputeReason, ForgerySign
from rollkeeper.vault.fields import Field, LineField, Paper

STAGE_NOTES: dict[str, Promise] = {
    "out_of_scope": _("No longer part of the campaign."),
    "terminated": _("By an approved batch; records wait for their last day."),
    "suspended": _("Emergency calls, the care number and registration still work."),
    "running": _("There is proof that the subscriber was notified; the days to register are counted."),
    "not_notified": _("No proof yet, so no clock runs and nothing can fall due."),
}
STATE_COLOURS = {
    "waiting": "yellow",
    "approved": "blue",
    "running": "blue",
    "stopped": "red",
    "done": "green",
    "undo_requested": "orange",
    "undone": "grey",
}
STEP_NOTES: dict[str, Promise] = {
    "scope": _("By reference alone; nothing is opened. The notice to each person is drafted with it."),
    "suspend_accounts": _("The accounts concerned can no longer sign in."),
    "sign_out_everyone": _(
        "Every session of staff and of subscribers ends, and every open invitation; everyone may sign in again."
    ),
    "rotate_keys": _("A new epoch begins, everything is sealed to it, and the older keys are destroyed."),
    "reseal": _("Continues an interrupted key renewal, or starts a new one."),
    "notify_people": _("Each person is notified once, in their language, by the channels of notices."),
}
LANGUAGE_NAMES: dict[str, Promise | str] = {
    "en": "English", "zh-hans": "中文", "bo": "བོད་ཡིག", NO_LANGUAGE: _("no language named"),
}  # fmt: skip
AUTHORITY_KINDS: dict[str, Promise] = {
    "court": _("Court"),
    "police": _("Police"),
    "prosecutor": _("Prosecutor"),
}
"""The usual kinds of authorities; for another kind, the law's own word is shown."""
OTHER_EXPOSED: dict[str, Promise] = {
    "record": _("the whole record, as it was recorded offline"),
    "other": _("another field"),
}
JOBS: dict[str, Promise] = {
    "answer-portal": _("Answer what subscribers ask on the portal"),
    "campaign-requests": _("Carry out what was asked for on campaign pages"),
    "collect-calls": _("Collect the results of calls"),
    "collect-mail": _("Read bounced e-mails"),
    "collect-reports": _("Read delivery reports of text messages"),
    "end-long-transactions": _("End transactions that block the database"),
    "erase-due": _("Erase what the law no longer allows to keep"),
    "examine": _("Examine the health of this instance"),
    "follow-agents": _("Watch the deadlines and figures of agents"),
    "forget-portal": _("Erase codes and sessions of the portal"),
    "forget-staff-requests": _("Erase requests of staff after a day"),
    "import-uploads": _("Read and import files handed in"),
    "incident-key-steps": _("Do the steps of incidents that need keys"),
    "incident-steps": _("Do the steps of incidents"),
    "integrate-ledger": _("Add new entries to the ledger"),
    "mail-due-cases": _("Remind staff of cases that are due soon"),
    "note-law": _("Keep the text of the law in force"),
    "offline-housekeeping": _("Renew the keys for offline registrations"),
    "prepare-batches": _("Prepare the batches of the day"),
    "prepare-notices": _("Prepare notices for sending"),
    "print-portal-letters": _("Print letters with codes for the portal"),
    "process-offline": _("Process registrations made without a network"),
    "publish-ledger": _("Publish the ledger"),
    "remind-of-last-days": _("Remind subscribers of the last day of their registration"),
    "run-batches": _("Run approved batches"),
    "run-disclosures": _("Notify people of disclosures"),
    "send-alarms": _("Mail alarms to the operator"),
    "send-email": _("Send e-mails"),
    "send-invitations": _("Mail invitations to staff"),
    "send-portal-codes": _("Send codes for the portal"),
    "send-post": _("Print letters"),
    "send-sms": _("Send text messages"),
    "send-voice": _("Place calls"),
    "settle-letters": _("Record returned letters"),
    "staff-requests": _("Carry out what staff asked for on pages"),
    "undo-batches": _("Undo batches"),
    **{f"push-{group}": _("Send commands to the network") for group in ELEMENT_GROUPS},
    **{
        f"check-floor-{group}": _("Check that barred lines reach emergency numbers")
        for group in ELEMENT_GROUPS
    },
}
"""What each job does; a job that is missing here is shown by its name."""
CHOICES: Mapping[str, tuple[type[TextChoices], ...]] = {
    "about": (About,),
    "duty": (IncidentDuty,),
    "severity": (Severity,),
    "step": (Step,),
    "step_state": (StepState,),
    "agent_state": (AgentState,),
    "suspension_cause": (SuspensionCause,),
    "pattern": (Pattern,),
    "refusal_reason": (RefusalReason,),
    "disclosure_state": (DisclosureState,),
    "instrument": (Instrument,),
    "outcome": (DisclosureOutcome,),
    "sample_kind": (SampledAction,),
    "field": (Field, LineField, Paper, DisputeReason, ForgerySign),
    "stop_reason": (StopReason,),
    "work": (WorkKind,),
    "work_state": (RequestState,),
    "upload_state": (UploadState,),
    "stage": (Stage,),
    "action": (Action,),
    "level": (BarLevel,),
    "state": (BatchState,),
    "service": (Service,),
    "line_state": (LineState,),
    "reason": (SkipReason,),
    "channel": (Channel,),
    "waive": (WaiverReason,),
    "notice_state": (NoticeState,),
    "letter_verdict": (LetterVerdict,),
    "letter_outcome": (Outcome,),
}
"""The choices behind each name that a template may write: ``{{ line.service|say:"service" }}``."""
NOTES: Mapping[str, Mapping[str, Promise | str]] = {
    "step_note": STEP_NOTES,
    "language": LANGUAGE_NAMES,
    "stage_note": STAGE_NOTES,
    "job": JOBS,
    "authority_kind": AUTHORITY_KINDS,
    "field": OTHER_EXPOSED,
}
"""Texts of the pages besides the labels of choices, under the same kind of name."""


def opening_hours(text: str) -> str:
    """Return opening hours with the names of days in the reader's language; days with the same hours together."""
    said, hours = list[str](), parse_hours(text)
    for spans, days in groupby(enumerate(DAYS), key=lambda one: hours.get(one[1])):
        if spans:
            numbers = [number for number, _ in days]
            ends = dict.fromkeys((numbers[0], numbers[-1]))
            said.append(
                f"{'–'.join(str(WEEKDAYS_ABBR[one]) for one in ends)} {' '.join('–'.join(span) for span in spans)}"
            )
    return " · ".join(said)


def say_stage(action: str, level: str | None, title: Mapping[str, str] | None) -> str:
    """Return what a stage of a law does, after the law's name of the stage, if it has one."""
    return named(
        title, f"{say(action, 'action')} · {say(level, 'level')}" if level else say(action, "action")
    )


def say(value: str | None, name: str) -> str:
    """Return the label of a stored value in the reader's language; if it has no label, the value itself."""
    if not value:
        return ""
    note = NOTES.get(name, {}).get(str(value))
    return str(note) if note is not None else label_of(str(value), *CHOICES.get(name, ()))
