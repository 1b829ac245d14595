# SPDX-License-Identifier: EUPL-1.2
"""Which choices the pages of the back office show, and what they add: a note to a stage or a step, a state's colour."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.agents.choices import AgentState, Pattern, SuspensionCause
from rollkeeper.campaign.choices import (
    Action,
    BatchState,
    SkipReason,
    Stage,
    StopReason,
    WaiverReason,
    WorkKind,
    WorkState,
)
from rollkeeper.disclosures.choices import DisclosureState, Instrument, RefusalReason
from rollkeeper.disclosures.choices import Outcome as DisclosureOutcome
from rollkeeper.imports.choices import UploadState
from rollkeeper.incidents.choices import About, Severity, Step, StepState
from rollkeeper.kernel.choices import Channel, Service, label_of
from rollkeeper.law.choices import IncidentDuty
from rollkeeper.lines.choices import LineState
from rollkeeper.notices.choices import NO_LANGUAGE, LetterVerdict, NoticeState, Outcome
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.selfcare.choices import DisputeReason, ForgerySign
from rollkeeper.vault.fields import Field, LineField, Paper

STAGE_NOTES: dict[str, Promise] = {
    "out_of_scope": _("No longer part of the campaign."),
    "terminated": _("By an approved batch; records wait for their last day."),
    "suspended": _("Emergency calls, the care number and registration still work."),
    "running": _("Proof that the subscriber was notified; the days of grace are counted."),
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
    "sign_out_everyone": _("Every session of staff and of subscribers ends; everyone may sign in again."),
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
"""The usual kinds of authorities; of another, a law's own word is shown."""
OTHER_EXPOSED: dict[str, Promise] = {
    "record": _("the whole record, as it was recorded offline"),
    "other": _("another field"),
}
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
    "work_state": (WorkState,),
    "upload_state": (UploadState,),
    "stage": (Stage,),
    "action": (Action,),
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
    "authority_kind": AUTHORITY_KINDS,
    "field": OTHER_EXPOSED,
}
"""Texts of the pages besides the labels of choices, under the same kind of name."""


def say(value: str | None, name: str) -> str:
    """Return the label of a stored value in the reader's language; of one that has none, its own words."""
    if not value:
        return ""
    note = NOTES.get(name, {}).get(str(value))
    return str(note) if note is not None else label_of(str(value), *CHOICES.get(name, ()))
